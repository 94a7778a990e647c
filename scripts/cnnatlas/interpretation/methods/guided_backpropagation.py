"""Guided backpropagation: gradients pass an activation only where both the signal and they themselves are positive."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.architectures.layers import ACTIVATIONS
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, hooked, prepared, untouched
from cnnatlas.interpretation.methods.gradient import logit_gradient, target_indices

KINDS = tuple(ACTIVATIONS.values())


class Guided(torch.autograd.Function):
    """An activation whose backward pass lets only positive gradients through, where its input is positive."""

    @staticmethod
    def forward(ctx, x: Tensor, output: Tensor) -> Tensor:
        """The activation's own output."""
        ctx.save_for_backward(x > 0)
        return output.clone()

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        """The gradient where it and the input are positive, else zero."""
        (active,) = ctx.saved_tensors
        return gradient.clamp(min=0) * active, None


def guided_backpropagation(network: nn.Module, images: Images, targets: Sequence[int]) -> dict[str, np.ndarray]:
    """Guided gradient of the target logit with respect to the image in [0, 1], with its sign.

    Springenberg et al., "Striving for simplicity" (1412.6806), for ReLUs; a GELU is passed backwards as a ReLU is, and
    keeps its values forwards. What every module computes is replaced, and not the gradient of its input, which also
    contains what flows past it over a shortcut: captum rectifies the latter and is wrong in pre-activation blocks.
    Gives {"attribution": (N, 3, H, W)}. Raises AtlasError on unusable images or targets, and where the network has an
    activation that is no module, which nothing could replace.
    """
    x = prepared(network, images)
    activations = [module for module in network.modules() if isinstance(module, KINDS)]
    with untouched(network):
        indices = target_indices(network, x, targets)
        with hooked(activations, lambda module, inputs, output: Guided.apply(inputs[0], output.detach())):
            _refuse_functions(network, x[:1])
            attribution = logit_gradient(network, x, indices)
    return {"attribution": attribution.cpu().numpy()}


def _refuse_functions(network: nn.Module, x: Tensor) -> None:
    """Raise AtlasError where an ordinary ReLU or GELU is left in the guided network's graph, other than in-place ones.

    An in-place module has overwritten the input that it is replaced on; its own backward pass then comes after the
    guided one and changes nothing.
    """
    in_place = [module for module in network.modules() if isinstance(module, nn.ReLU) and module.inplace]
    calls: list[nn.Module] = []
    with torch.enable_grad(), hooked(in_place, lambda module, inputs, output: calls.append(module)):
        logits = network(x.detach().requires_grad_())
    left = sum(node.name().startswith(("ReluBackward", "GeluBackward")) for node in _graph(logits)) - len(calls)
    if left > 0:
        raise AtlasError(
            f"guided_backpropagation: {left} ReLU or GELU of the network are functions and would keep their plain "
            "gradient; make each an nn.ReLU or nn.GELU module"
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
