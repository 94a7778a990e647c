"""Archives and folders in, arrays out: a reader for each data set, splits, and masks of objects."""
