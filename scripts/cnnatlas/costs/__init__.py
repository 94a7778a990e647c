"""What a run costs, before it runs: from what was measured on a named machine, and what its configuration asks for."""
