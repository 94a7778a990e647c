"""The report's text on each kind of method, computed from its arrays: one module a kind."""
