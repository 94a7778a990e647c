"""The audit of a data set: composition, duplicates and suspected label errors."""
