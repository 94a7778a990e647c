"""Filters: the weights of convolutions."""

from collections.abc import Sequence

import numpy as np
from torch import nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, named_module
from cnnatlas.interpretation.methods.feature_maps import check_number, first_middle_last


def filters(
    network: nn.Module, images: Images, targets: Sequence[int], *, layers: Sequence[str] | None = None
) -> dict[str, np.ndarray]:
    """The weights of up to three convolutions: layer -> (filters, input channels, k, k) float32.

    As in Zeiler and Fergus (1311.2901), Figure 6, and Krizhevsky et al. (2012), Figure 3. A grouped convolution's
    filters see only their group's channels. By default the first, the middle and the last convolution that are larger
    than one pixel, in the order of their definition; a filter of one pixel has nothing to show. `images` and `targets`
    are not used: weights depend on neither.

    Raises AtlasError for a layer that is no convolution or not there, and for more than three.
    """
    names = list(layers) if layers is not None else default_layers(network)
    check_number(names)
    return {name: _weights(network, name) for name in names}


def default_layers(network: nn.Module) -> list[str]:
    """First, middle and last convolution that are larger than one pixel. Raises AtlasError where there is none."""
    found = [
        name for name, m in network.named_modules() if isinstance(m, nn.Conv2d) and max(m.kernel_size) > 1 and name
    ]
    if not found:
        raise AtlasError("layers: the network has no convolution larger than one pixel; it has no filters to show")
    return first_middle_last(found)


def _weights(network: nn.Module, name: str) -> np.ndarray:
    module = named_module(network, name)
    if not isinstance(module, nn.Conv2d):
        raise AtlasError(f"layer: `{name}` is a {type(module).__name__}, not a convolution; name one")
    return module.weight.detach().float().cpu().numpy().copy()
