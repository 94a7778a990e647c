"""One method a file: `(network, images, targets, *, options) -> arrays`."""
