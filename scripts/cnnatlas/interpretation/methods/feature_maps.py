"""Feature maps: the output of every channel of a layer for an image."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.architectures.layers import ACTIVATIONS
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, class_indices, executed, hooked, named_module, prepared, untouched

MOST = 3  # layers
BATCH = 16


def feature_maps(
    network: nn.Module, images: Images, targets: Sequence[int], *, layers: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """The outputs of up to three layers: layer -> (N, channels, h, w) float32. Zeiler and Fergus (1311.2901).

    A key is the name of the module whose output the maps are. By default these are the first, the middle and the last
    convolution, each after its activation: the key is the ReLU or GELU that runs before the next convolution and has as
    many channels, or the convolution itself where there is none. `layers` may name any modules with a 4-D output.
    `targets` are checked, and change nothing: the maps do not depend on a class.

    Raises AtlasError for a layer that is not there, does not run or has no maps, and for more than three.
    """
    x = prepared(network, images)
    with untouched(network), torch.no_grad():
        class_indices(targets, len(x), network(x[:1]).shape[1])
        names = list(layers) if layers is not None else default_layers(network, x[:1])
        check_number(names)
        batches = [_outputs(network, names, batch) for batch in x.split(BATCH)]
    return {name: np.concatenate([batch[name] for batch in batches]) for name in names}


def default_layers(network: nn.Module, x: Tensor) -> list[str]:
    """First, middle and last convolution with their activations, in the order in which they run on `x`."""
    ran = executed(network, x)
    starts = [i for i, (_, module, _) in enumerate(ran) if isinstance(module, nn.Conv2d)]
    if not starts:
        raise AtlasError("layers: the network has no convolution; name the modules whose output is wanted")
    ends = [*starts[1:], len(ran)]
    found = [_activation(ran[start:end]) for start, end in zip(starts, ends, strict=True)]
    return first_middle_last(list(dict.fromkeys(found)))


def first_middle_last(names: Sequence[str]) -> list[str]:
    """Up to three of `names`, in their order."""
    return [names[i] for i in sorted({0, (len(names) - 1) // 2, len(names) - 1})] if names else []


def check_number(names: Sequence[str]) -> None:
    """Raises AtlasError unless there are one to MOST names, each once."""
    if not 1 <= len(set(names)) <= MOST or len(set(names)) < len(names):
        raise AtlasError(f"layers: {len(names)} given ({', '.join(names)}); name one to {MOST}, each once")


def _activation(part: list[tuple[str, nn.Module, Tensor]]) -> str:
    """Of a convolution and all that runs before the next one: the name of its activation, else its own."""
    convolution, _, maps = part[0]
    for name, module, output in part[1:]:
        if isinstance(module, tuple(ACTIVATIONS.values())) and output.ndim == 4 and output.shape[1] == maps.shape[1]:
            return name
    return convolution


def _outputs(network: nn.Module, names: Sequence[str], x: Tensor) -> dict[str, np.ndarray]:
    modules = {named_module(network, name): name for name in names}
    found: dict[str, np.ndarray] = {}

    def keep(module: nn.Module, _: tuple, output: Tensor) -> None:
        name = modules[module]
        if not isinstance(output, Tensor) or output.ndim != 4:
            raise AtlasError(f"layer: `{name}` gives no maps of channels; choose a convolution or a block")
        found[name] = output.to("cpu", torch.float32, copy=True).numpy()  # an in-place module may follow

    with hooked(list(modules), keep):
        network(x)
    absent = [name for name in names if name not in found]
    if absent:
        raise AtlasError(f"layer: `{absent[0]}` does not run on images; choose another")
    return found
