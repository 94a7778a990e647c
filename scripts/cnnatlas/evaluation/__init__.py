"""Numbers from saved scores: metrics, confusion, statistics. No torch."""
