"""Interpretation of trained networks: methods, their declarations, sentences and figures, and their reliability."""
