"""How a kind of method is drawn, from its arrays and record."""
