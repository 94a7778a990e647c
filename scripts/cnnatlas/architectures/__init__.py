"""One file per family of networks, loaded by name through `registry`."""
