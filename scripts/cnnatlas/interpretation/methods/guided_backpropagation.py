"""Guided backpropagation: gradients that pass a ReLU only where both the signal and they themselves are positive."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, hooked, prepared, untouched
from cnnatlas.interpretation.methods.gradient import logit_gradient, target_indices


class GuidedReLU(torch.autograd.Function):
    """A ReLU whose backward pass lets only positive gradients through, where its input is positive."""

    @staticmethod
    def forward(ctx, x: Tensor) -> Tensor:
        """The ordinary ReLU."""
        y = x.clamp(min=0)
        ctx.save_for_backward(y > 0)
        return y

    @staticmethod
    def backward(ctx, gradient: Tensor) -> Tensor:
        """The gradient where it and the input are positive, else zero."""
        (active,) = ctx.saved_tensors
        return gradient.clamp(min=0) * active


def guided_backpropagation(network: nn.Module, images: Images, targets: Sequence[int]) -> dict[str, np.ndarray]:
    """Guided gradient of the target logit with respect to the image in [0, 1], with its sign.

    Springenberg et al., "Striving for simplicity" (1412.6806). What every nn.ReLU computes is replaced, and not the
    gradient of its input, which also contains what flows past the ReLU over a shortcut: captum rectifies the latter
    and is wrong in pre-activation blocks. Gives {"attribution": (N, 3, H, W)}. Raises AtlasError on unusable images or
    targets, and where the network has a ReLU that is no module, which nothing could replace.
    """
    x = prepared(network, images)
    relus = [module for module in network.modules() if isinstance(module, nn.ReLU)]
    with untouched(network):
        indices = target_indices(network, x, targets)
        with hooked(relus, lambda module, inputs, output: GuidedReLU.apply(inputs[0])):
            _refuse_functions(network, x[:1])
            attribution = logit_gradient(network, x, indices)
    return {"attribution": attribution.cpu().numpy()}


def _refuse_functions(network: nn.Module, x: Tensor) -> None:
    """Raise AtlasError where an ordinary ReLU is left in the graph of the guided network, other than in-place ones.

    An in-place module has overwritten the input that it is replaced on; its own backward pass then comes after the
    guided one and changes nothing.
    """
    in_place = [module for module in network.modules() if isinstance(module, nn.ReLU) and module.inplace]
    calls: list[nn.Module] = []
    with torch.enable_grad(), hooked(in_place, lambda module, inputs, output: calls.append(module)):
        logits = network(x.detach().requires_grad_())
    left = sum(node.name().startswith("ReluBackward") for node in _graph(logits)) - len(calls)
    if left > 0:
        raise AtlasError(
            f"guided_backpropagation: {left} ReLU of the network are functions and would keep their plain gradient; "
            "make each an nn.ReLU module"
        )


def _graph(output: Tensor) -> set:
    """All nodes of the graph that computed `output`."""
    found, pending = set(), [output.grad_fn]
    while pending:
        node = pending.pop()
        if node is not None and node not in found:
            found.add(node)
            pending += [parent for parent, _ in node.next_functions]
    return found
