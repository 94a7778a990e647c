"""What a run is told: strict YAML, checked before anything is planned."""
