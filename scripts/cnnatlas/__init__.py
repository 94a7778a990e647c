"""CNN Atlas: the library behind the workflow."""
