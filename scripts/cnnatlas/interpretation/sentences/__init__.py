"""What the report says of a kind of method, computed from its arrays."""
