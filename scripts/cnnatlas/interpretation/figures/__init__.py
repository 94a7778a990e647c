"""The figures of each kind of method, drawn from its arrays and record: one module a kind, and what they share."""
