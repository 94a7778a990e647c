"""The drawn counterparts of data sets, one file each, found by its name."""
