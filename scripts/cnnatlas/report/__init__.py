"""From executed notebooks to PDF, HTML and clean notebooks."""
