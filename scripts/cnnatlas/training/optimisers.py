"""SGD, Adam and AdamW by torch's functional forms; the learning rate is given at each step.

On a GPU it is a tensor, and the fused forms are used, which read it there: a CUDA graph repeats a step, and a number
would be the first step's for ever.

Building one of the classes of `torch.optim` imports torch's compiler, more than a second in every job; their functional
forms do the same arithmetic, in the same time, and import nothing.
"""

from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.optim.adam import adam
from torch.optim.sgd import sgd


class Optimiser:
    """Updates parameters by their gradients, except frozen ones.

    Weight decay applies to all of them, biases and normalisation included.
    """

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float):
        self.parameters = [p for p in parameters if p.requires_grad]
        self.weight_decay = weight_decay
        self.fused = any(p.is_cuda for p in self.parameters)
        self.state: dict[str, list[Tensor]] = {}  # one tensor per parameter and kind, changed in place by `step`

    def zero_gradients(self) -> None:
        """Forget all gradients."""
        for parameter in self.parameters:
            parameter.grad = None

    def zeros(self) -> list[Tensor]:
        """A zero for each parameter."""
        return [torch.zeros_like(p) for p in self.parameters]

    def named_state(self) -> dict[str, Tensor]:
        """The tensors of the state by name."""
        return {f"{kind}/{i}": tensor for kind, each in self.state.items() for i, tensor in enumerate(each)}


class Sgd(Optimiser):
    """Stochastic gradient descent with momentum or Nesterov's momentum. Sutskever et al. (2013), torch's form.

    Parameters of batch normalisation have `normalisation_rate` times the learning rate and as much less weight decay,
    so that a step decays all alike: Page, "How to train your ResNet" (2018).
    """

    def __init__(
        self,
        network: nn.Module,
        weight_decay: float,
        momentum: float,
        nesterov: bool,
        normalisation_rate: float,
    ):
        super().__init__(network.parameters(), weight_decay)
        self.momentum, self.nesterov = momentum, nesterov
        self.state = {"velocity": self.zeros()}
        normalising = {id(p) for m in network.modules() if isinstance(m, nn.BatchNorm2d) for p in m.parameters()}
        self.groups: dict[float, list[int]] = {}  # by factor of the rate: the numbers of the parameters
        for number, parameter in enumerate(self.parameters):
            factor = normalisation_rate if id(parameter) in normalising else 1.0
            self.groups.setdefault(factor, []).append(number)

    @torch.no_grad()
    def step(self, rate: float | Tensor) -> None:
        """One update with learning rate `rate`."""
        for factor, numbers in self.groups.items():
            sgd(
                [self.parameters[n] for n in numbers],
                [self.parameters[n].grad for n in numbers],
                [self.state["velocity"][n] for n in numbers],
                lr=rate * factor,
                weight_decay=self.weight_decay / factor,
                momentum=self.momentum,
                nesterov=self.nesterov,
                dampening=0.0,
                maximize=False,
                foreach=not self.fused,
                fused=self.fused,
            )


class Adam(Optimiser):
    """Adam (Kingma and Ba, 1412.6980); `decoupled` weight decay makes it AdamW (Loshchilov and Hutter, 1711.05101)."""

    def __init__(self, parameters: Iterable[nn.Parameter], weight_decay: float, decoupled: bool):
        super().__init__(parameters, weight_decay)
        self.decoupled = decoupled
        steps = [torch.tensor(0.0, device=p.device if self.fused else None) for p in self.parameters]
        self.state = {"mean": self.zeros(), "square": self.zeros(), "steps": steps}

    @torch.no_grad()
    def step(self, rate: float | Tensor) -> None:
        """One update with learning rate `rate`; the other numbers are torch's and the paper's."""
        adam(
            self.parameters,
            [p.grad for p in self.parameters],
            self.state["mean"],
            self.state["square"],
            [],
            self.state["steps"],
            lr=rate,
            beta1=0.9,
            beta2=0.999,
            eps=1e-8,
            weight_decay=self.weight_decay,
            decoupled_weight_decay=self.decoupled,
            amsgrad=False,
            maximize=False,
            foreach=not self.fused,
            fused=self.fused,
        )


def build(network: nn.Module, spec: dict) -> Sgd | Adam:
    """The optimiser of a spec's `optimiser`, over all parameters of a network that are not frozen."""
    if spec["name"] == "sgd":
        values = (spec[key] for key in ("weight_decay", "momentum", "nesterov", "normalisation_rate"))
        return Sgd(network, *values)
    return Adam(network.parameters(), spec["weight_decay"], decoupled=spec["name"] == "adamw")
