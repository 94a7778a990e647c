"""The objects that can be drawn: one file a family, each with its SUBJECTS by class name."""
