"""SGD, Adam and AdamW with torch's meaning of every argument; the rate is given at each step.

Written out because building one of `torch.optim`'s imports torch's compiler: four seconds in every job, more than many
a training on the embedded data takes. The tests hold these to torch's own.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn

BETAS, EPSILON = (0.9, 0.999), 1e-8  # of Adam: torch's and the paper's


class Optimiser:
    """Updates parameters by their gradients, but for frozen ones.

    Weight decay applies to all of them, biases and normalisation included.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float):
        self.parameters = [p for p in parameters if p.requires_grad]
        self.weight_decay = weight_decay
        self.steps = 0  # taken

    def zero_gradients(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def gradients(self) -> list[Tensor]:
        """Each parameter's gradient, plus the L2 term `weight_decay` times the parameter."""
        gradients = [p.grad for p in self.parameters]
        return list(torch._foreach_add(gradients, self.parameters, alpha=self.weight_decay))

    def state(self) -> list[Tensor]:
        """A zero for each parameter."""
        return [torch.zeros_like(p) for p in self.parameters]

    def averages(self) -> dict[str, list[Tensor]]:
        """What it remembers of earlier gradients: one tensor per parameter and kind."""
        raise NotImplementedError

    def memory(self) -> dict[str, Tensor]:
        """The averages by name, as the tensors that `step` changes."""
        return {f"{kind}/{i}": tensor for kind, all in self.averages().items() for i, tensor in enumerate(all)}


class Sgd(Optimiser):
    """Stochastic gradient descent with momentum, Nesterov's if wanted. Sutskever et al. (2013), torch's form."""

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float, momentum: float, nesterov: bool):
        super().__init__(parameters, weight_decay)
        self.momentum, self.nesterov, self.velocity = momentum, nesterov, self.state()

    def averages(self) -> dict[str, list[Tensor]]:
        """The velocities."""
        return {"velocity": self.velocity}

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update with learning rate `rate`."""
        self.steps += 1
        gradients = self.gradients()
        torch._foreach_mul_(self.velocity, self.momentum)
        torch._foreach_add_(self.velocity, gradients)
        direction = self.velocity
        if self.nesterov:
            direction = torch._foreach_add(gradients, self.velocity, alpha=self.momentum)
        torch._foreach_add_(self.parameters, direction, alpha=-rate)


class Adam(Optimiser):
    """Adam (Kingma and Ba, 1412.6980); `decoupled` weight decay makes it AdamW (Loshchilov and Hutter, 1711.05101)."""

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float, decoupled: bool):
        super().__init__(parameters, 0.0 if decoupled else weight_decay)
        self.decay = weight_decay if decoupled else 0.0
        self.mean, self.square = self.state(), self.state()

    def averages(self) -> dict[str, list[Tensor]]:
        """The running means of gradients and of their squares."""
        return {"mean": self.mean, "square": self.square}

    @torch.no_grad()
    def step(self, rate: float) -> None:
        """One update with learning rate `rate`."""
        self.steps += 1
        gradients = self.gradients()
        torch._foreach_mul_(self.parameters, 1 - rate * self.decay)
        torch._foreach_lerp_(self.mean, gradients, 1 - BETAS[0])
        torch._foreach_mul_(self.square, BETAS[1])
        torch._foreach_addcmul_(self.square, gradients, gradients, 1 - BETAS[1])
        scale = torch._foreach_sqrt(self.square)
        torch._foreach_div_(scale, (1 - BETAS[1] ** self.steps) ** 0.5)
        torch._foreach_add_(scale, EPSILON)
        torch._foreach_addcdiv_(self.parameters, self.mean, scale, -rate / (1 - BETAS[0] ** self.steps))


def build(network: nn.Module, spec: dict) -> Sgd | Adam:
    """The optimiser of a spec's `optimiser`, over all parameters of a network that are not frozen."""
    if spec["name"] == "sgd":
        return Sgd(network.parameters(), spec["weight_decay"], spec["momentum"], spec["nesterov"])
    return Adam(network.parameters(), spec["weight_decay"], decoupled=spec["name"] == "adamw")
