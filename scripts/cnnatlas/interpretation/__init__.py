"""What trained networks look at and look for: one method per file, one signature."""
