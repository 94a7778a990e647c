"""Stochastic gradient descent."""

from collections.abc import Sequence

import numpy as np

from cnnatlas.mytorch.layers import Parameter


class SGD:
    """Descent with momentum, in torch's form: velocity = momentum velocity + gradient; value -= rate velocity."""

    def __init__(self, parameters: Sequence[Parameter], learning_rate: float, momentum: float = 0.0):
        self.parameters, self.learning_rate, self.momentum = list(parameters), learning_rate, momentum
        self.velocities = [np.zeros_like(parameter.value) for parameter in self.parameters]

    def step(self) -> None:
        """Update every parameter, in place, by the gradient of the last backward pass."""
        for parameter, velocity in zip(self.parameters, self.velocities, strict=True):
            velocity *= self.momentum
            velocity += parameter.gradient
            parameter.value -= self.learning_rate * velocity
