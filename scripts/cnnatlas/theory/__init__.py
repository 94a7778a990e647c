"""The theoretical questions (B1, C0): each answer computed by formula and in a second way."""
