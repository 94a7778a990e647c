"""The methods, one per file, with one signature: `(network, images, targets, *, options) -> arrays`."""
