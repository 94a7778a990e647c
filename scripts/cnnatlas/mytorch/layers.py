"""Layers other than convolution and pooling, and the base class of all layers.

A layer's `forward(x)` returns its output and keeps what `backward(gradient)` needs; `backward` takes the loss's
gradient with respect to that output, sets the gradients of the layer's parameters, and returns that with respect to x.
Layers keep x itself, not a copy: it must not be changed in between.
"""

from dataclasses import dataclass
from math import prod

import numpy as np

from cnnatlas.mytorch import checks


@dataclass
class Parameter:
    """A learned parameter: its value, and the gradient that the last backward pass set (None before the first)."""

    value: np.ndarray
    gradient: np.ndarray | None = None


class Layer:
    """A step of a network. `saved` is what its backward pass needs of its last forward pass."""

    saved: tuple | None = None

    @property
    def parameters(self) -> list[Parameter]:
        """The layer's learned parameters."""
        return [value for value in vars(self).values() if isinstance(value, Parameter)]

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The layer's output."""
        raise NotImplementedError

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient with respect to the input, of one with respect to the output."""
        raise NotImplementedError

    def recall(self, gradient: np.ndarray) -> tuple:
        """What forward saved after the output's shape and dtype, once `gradient` has both; ValueError otherwise."""
        name = type(self).__name__
        if self.saved is None:
            checks.refuse(f"{name}.backward", "a forward pass before it", "none")
        shape, dtype, *rest = self.saved
        checks.like(f"{name}.backward: gradient", gradient, shape, dtype)
        return tuple(rest)


class Linear(Layer):
    """x W^T + b: input (N, in_features), output (N, out_features); weight (out_features, in_features) as in torch."""

    def __init__(self, in_features: int, out_features: int, rng: np.random.Generator, dtype=np.float32):
        shape = (checks.count("Linear: out_features", out_features), checks.count("Linear: in_features", in_features))
        self.weight = Parameter((rng.standard_normal(shape) * in_features**-0.5).astype(dtype))
        self.bias = Parameter(np.zeros(out_features, dtype))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Output (N, out_features); raises ValueError on another shape or dtype than the weight's."""
        checks.floats("Linear: input", x, 2, "images, features")
        weight = self.weight.value
        checks.like("Linear: input", x, (len(x), weight.shape[1]), weight.dtype)
        output = x @ weight.T + self.bias.value
        self.saved = (output.shape, output.dtype, x)
        return output

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """Gradient (N, in_features) with respect to the input; sets those of weight and bias."""
        (x,) = self.recall(gradient)
        self.weight.gradient = gradient.T @ x
        self.bias.gradient = gradient.sum(axis=0)
        return gradient @ self.weight.value


class ReLU(Layer):
    """max(x, 0), of any shape; as in torch the gradient at 0 is 0."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Output of the input's shape."""
        positive = x > 0
        self.saved = (x.shape, x.dtype, positive)
        return np.where(positive, x, x.dtype.type(0))

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient where the input was positive, 0 elsewhere."""
        (positive,) = self.recall(gradient)
        return np.where(positive, gradient, gradient.dtype.type(0))


class Flatten(Layer):
    """(N, ...) to (N, product of the rest)."""

    def forward(self, x: np.ndarray) -> np.ndarray:
        """The input with all axes after the first flattened."""
        output = x.reshape(len(x), prod(x.shape[1:]))
        self.saved = (output.shape, output.dtype, x.shape)
        return output

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """The gradient in the input's shape."""
        (shape,) = self.recall(gradient)
        return gradient.reshape(shape)
