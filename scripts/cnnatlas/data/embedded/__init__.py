"""Drawn data sets: objects with masks over cluttered backgrounds, in the four upstream archive formats."""
