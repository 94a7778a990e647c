"""The layers of a network in the order in which they run, with shapes, parameters and multiply-adds."""

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod

import torch
from torch import Tensor, nn


def describe(network: nn.Module, size: int) -> dict:
    """Parameters, multiply-adds per image and layers of a network that takes images of (3, size, size).

    Returns {parameters, multiply_adds, layers: [{name, type, input, output, kernel, stride, padding, parameters,
    multiply_adds}]}; shapes omit the batch; kernel, stride and padding are None where a layer has none. Only
    convolutions and dense layers count as multiply-adds, as usual. Dropout of rate 0 is left out, as what does nothing.
    The network is left unchanged.
    """
    layers: list[dict] = []
    training = network.training
    parameter = next(network.parameters())
    try:
        with _recorded(network.eval(), layers), torch.inference_mode():
            network(torch.zeros(1, 3, size, size, device=parameter.device, dtype=parameter.dtype))
    finally:
        network.train(training)
    return {
        "parameters": sum(p.numel() for p in network.parameters()),
        "multiply_adds": sum(layer["multiply_adds"] for layer in layers),
        "layers": layers,
    }


@contextmanager
def _recorded(network: nn.Module, layers: list[dict]) -> Iterator[None]:
    """While open, every layer without submodules adds itself to `layers` when it runs."""
    leaves = [(name, module) for name, module in network.named_modules() if not list(module.children())]
    hooks = [
        module.register_forward_hook(
            lambda m, inputs, output, name=name: layers.append(_layer(name, m, inputs[0], output))
        )
        for name, module in leaves
        if not _idle(module)
    ]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _idle(module: nn.Module) -> bool:
    """Whether a layer passes its input on in training too: an empty container, or dropout of rate 0."""
    dropout = isinstance(module, nn.modules.dropout._DropoutNd) and module.p == 0
    return dropout or isinstance(module, nn.Identity | nn.Sequential)


def _layer(name: str, module: nn.Module, x: Tensor, y: Tensor) -> dict:
    return {
        "name": name,
        "type": type(module).__name__,
        "input": list(x.shape[1:]),
        "output": list(y.shape[1:]),
        **{
            key: _pair(getattr(module, attribute, None))
            for key, attribute in (("kernel", "kernel_size"), ("stride", "stride"), ("padding", "padding"))
        },
        "parameters": sum(p.numel() for p in module.parameters()),
        "multiply_adds": _multiply_adds(module, y),
    }


def _pair(value: int | tuple | None) -> list[int] | None:
    return [value, value] if isinstance(value, int) else list(value) if value is not None else None


def _multiply_adds(module: nn.Module, y: Tensor) -> int:
    if isinstance(module, nn.Conv2d | nn.Linear):
        return prod(y.shape[1:]) * prod(module.weight.shape[1:])  # each output is one dot product with a filter
    return 0
