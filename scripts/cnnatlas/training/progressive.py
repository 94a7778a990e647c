"""Progressive resizing: training starts on small images, which are cheap, and ends at full size.

Howard (fast.ai's DAWNBench entry, 2018) and Tan and Le, "EfficientNetV2" (2104.00298). A network that ends in global
pooling takes images of any size.
"""

import torch
from torch import nn

from cnnatlas.errors import AtlasError

FULL_FROM = 0.75  # share of the run after which images have their full size, so that the last weights fit that size
MULTIPLE = 8  # of pixels: few different sizes, and all of them divide well


def side(full: int, start: float, progress: float) -> int:
    """The side in pixels of training images after the share `progress` of a run that begins at `start` times `full`."""
    share = min(1.0, start + (1 - start) * progress / FULL_FROM)
    return full if share == 1 else min(full, max(MULTIPLE, round(full * share / MULTIPLE) * MULTIPLE))


def check(network: nn.Module, size: int, start: float) -> None:
    """Raise AtlasError where a network takes images of one size only, or none as small as training starts with."""
    if not _takes(network, 2 * size):
        raise AtlasError("progressive: this architecture takes images of one size only; write `progressive: 1.0`, or "
                         "name a network that ends in global average pooling")  # fmt: skip
    smallest = side(size, start, 0)
    if not _takes(network, smallest):
        raise AtlasError(f"progressive: {start} starts with images of {smallest} pixels, too small for this "
                         "architecture; write a larger share")  # fmt: skip


@torch.inference_mode()
def _takes(network: nn.Module, side: int) -> bool:
    try:
        network.eval()(torch.zeros(1, 3, side, side))
    except RuntimeError:
        return False
    return True
