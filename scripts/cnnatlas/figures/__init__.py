"""Drawing only: arrays and tables in, figures out. No torch."""
