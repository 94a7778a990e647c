"""MyTorch (A1): the layers of a small convolutional network, forward and backward, in NumPy alone."""
