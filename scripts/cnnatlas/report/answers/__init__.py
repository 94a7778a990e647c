"""The answers to what the assignments ask, each in the module named as the notebook that shows it."""
