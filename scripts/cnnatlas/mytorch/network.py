"""A sequence of layers."""

import numpy as np

from cnnatlas.mytorch.layers import Layer, Parameter


class Sequential(Layer):
    """Layers applied one after the other; backward in the opposite order."""

    def __init__(self, *layers: Layer):
        self.layers = layers

    @property
    def parameters(self) -> list[Parameter]:
        """The parameters of all layers, in their order."""
        return [parameter for layer in self.layers for parameter in layer.parameters]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The last layer's output."""
        for layer in self.layers:
            x = layer.forward(x)
        return x

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient with respect to the first layer's input; every layer sets those of its parameters."""
        for layer in reversed(self.layers):
            gradient = layer.backward(gradient)
        return gradient
