"""Archives in, arrays out: one reader per upstream format, splits, and the drawn data."""
