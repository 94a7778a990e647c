"""What every method shares: checked input, a network that is left as it was, and hooks that end with their use."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.errors import AtlasError

Images = np.ndarray | Tensor


@contextmanager
def untouched(network: nn.Module) -> Iterator[nn.Module]:
    """While open, `network` is in evaluation mode, and its weights collect no gradients.

    Every module's mode and every parameter's `requires_grad` are afterwards as they were, also where the body raises.
    Gradients with respect to the input flow as usual.
    """
    modes = {module: module.training for module in network.modules()}
    wanted = {parameter: parameter.requires_grad for parameter in network.parameters()}
    network.eval().requires_grad_(False)
    try:
        yield network
    finally:
        for module, training in modes.items():
            module.training = training
        for parameter, requires_grad in wanted.items():
            parameter.requires_grad_(requires_grad)


@contextmanager
def hooked(modules: Sequence[nn.Module], hook: Callable) -> Iterator[None]:
    """While open, `hook(module, inputs, output)` runs after each module; what it returns replaces the output."""
    with ExitStack() as stack:
        for module in modules:
            stack.callback(module.register_forward_hook(hook).remove)
        yield


def prepared(network: nn.Module, images: Images) -> Tensor:
    """Images as the network takes them: float32 (N, 3, H, W) in [0, 1] on its device.

    `images` are uint8 (N, H, W, 3), or floats (N, 3, H, W) in [0, 1]. Raises AtlasError on other shapes or types, on no
    image at all, and on values that are not numbers or lie outside.
    """
    values = torch.as_tensor(np.ascontiguousarray(images) if isinstance(images, np.ndarray) else images)
    if values.dtype == torch.uint8:
        _check(
            values.ndim == 4 and values.shape[3] == 3, f"images: uint8 of shape {_shape(values)} is not (N, H, W, 3)"
        )
        values = values.permute(0, 3, 1, 2).float() / 255
    _check(values.is_floating_point(), f"images: {values.dtype} is neither uint8 nor a float type; convert them")
    _check(values.ndim == 4 and values.shape[1] == 3, f"images: floats {_shape(values)} are not (N, 3, H, W)")
    _check(len(values) > 0, "images: there is none; give at least one")
    bad = ~torch.isfinite(values).flatten(1).all(1)
    _check(not bad.any(), f"images: number {int(bad.int().argmax())} holds values that are not finite; leave it out")
    low, high = values.min().item(), values.max().item()
    _check(low >= 0 and high <= 1, f"images: values from {low:g} to {high:g} are not in [0, 1]; divide by 255 or clip")
    device = next(network.parameters()).device
    return values.detach().to(device, torch.float32).contiguous()


def class_indices(targets: Sequence[int] | np.ndarray | Tensor, images: int, classes: int) -> Tensor:
    """Targets, one class index per image, as int64 (N,). Raises AtlasError on a wrong number or value."""
    indices = torch.as_tensor(np.asarray(targets))
    _check(
        indices.ndim == 1 and len(indices) == images, f"targets: {_shape(indices)} for {images} images; give one each"
    )
    _check(not indices.is_floating_point(), "targets: class indices are whole numbers")
    wrong = [int(i) for i in indices if not 0 <= i < classes]
    _check(not wrong, f"targets: {wrong[:1]} is no class; the network has {classes}, numbered from 0")
    return indices.long()


def named_module(network: nn.Module, name: str) -> nn.Module:
    """The module of this name below `network`. Raises AtlasError, listing those with weights, where there is none."""
    modules = dict(network.named_modules())
    if name not in modules or not name:
        known = [key for key, module in modules.items() if key and not list(module.children())]
        raise AtlasError(f"layer: `{name}` is not in the network; choose one of {', '.join(known)}")
    return modules[name]


def executed(network: nn.Module, x: Tensor) -> list[tuple[str, nn.Module, Tensor]]:
    """Name, module and output of each module without parts, in the order in which they run on `x`."""
    names = {module: name for name, module in network.named_modules() if not list(module.children())}
    found: list[tuple[str, nn.Module, Tensor]] = []
    with torch.no_grad(), hooked(list(names), lambda m, _, y: found.append((names[m], m, y))):
        network(x)
    return found


def _shape(values: Tensor) -> tuple[int, ...]:
    return tuple(values.shape)


def _check(holds: bool, message: str) -> None:
    if not holds:
        raise AtlasError(message)
