"""The theoretical questions (B1, C0): each answer computed by hand formula, and a second way."""
