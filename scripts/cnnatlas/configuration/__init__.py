"""A run's configuration: strict YAML, checked before anything is planned."""
