"""A network applied as a fully convolutional one: the evidence for a class at each position of a larger image."""

from collections.abc import Sequence

import numpy as np
from torch import Tensor, nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, prepared, untouched
from cnnatlas.interpretation.methods.cam import class_maps


def response(
    network: nn.Module, images: Images, targets: Sequence[int], *, scales: Sequence[float] = (1.0,)
) -> dict[str, np.ndarray]:
    """Response of the target class at every position of the last maps, for the images enlarged by each of `scales`.

    Long, Shelhamer and Darrell, "Fully convolutional networks" (1411.4038), section 3.1: the dense layer behind global
    average pooling is a 1x1 convolution of the maps, so that a network trained on small images can be applied to each
    position of larger ones. Gives {"response_{k}": (N, h, w) for scale number k, "bias": (N,)} in logits: a response's
    mean plus bias is the logit of the whole image at that scale. Raises AtlasError on unusable images, targets or
    scales, and for networks with another head (see `cam`).
    """
    x = prepared(network, images)
    if not scales or min(scales) <= 0:
        raise AtlasError(f"response: scales {list(scales)} are not positive numbers; give at least one")
    with untouched(network):
        maps = [_mapped(network, x, targets, scale) for scale in scales]
    found = {f"response_{k}": values.cpu().numpy() for k, (values, _) in enumerate(maps)}
    return {**found, "bias": maps[0][1].cpu().numpy()}


def _mapped(network: nn.Module, x: Tensor, targets: Sequence[int], scale: float) -> tuple[Tensor, Tensor]:
    scaled = _scaled(x, scale)
    try:
        return class_maps(network, scaled, targets)
    except RuntimeError as error:  # too small for its layers, or for a dense layer that is not on an average
        height, width = scaled.shape[2:]
        raise AtlasError(f"response: at scale {scale:g} this network does not run on {height} x {width} pixels "
                         f"({str(error).splitlines()[0]}); leave that scale out") from error  # fmt: skip


def _scaled(x: Tensor, scale: float) -> Tensor:
    """Images enlarged or reduced bilinearly, with antialiasing, which keeps them in [0, 1]."""
    size = [max(1, round(side * scale)) for side in x.shape[2:]]
    return x if scale == 1 else nn.functional.interpolate(x, size, mode="bilinear", antialias=True)
