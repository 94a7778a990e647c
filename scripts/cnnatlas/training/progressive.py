"""Progressive resizing: training starts on small images, which are cheap, and ends at full size.

Howard (fast.ai's DAWNBench entry, 2018) and Tan and Le, "EfficientNetV2" (2104.00298). A network that ends in global
pooling takes images of any size.
"""

from typing import TYPE_CHECKING

from cnnatlas.errors import AtlasError

if TYPE_CHECKING:
    from torch import nn

FULL_FROM = 0.75  # share of the run after which images have their full size, so that the last weights fit that size
MULTIPLE = 8  # of pixels: few different sizes, and all of them divide well


def side(full: int, start: float, progress: float) -> int:
    """The side in pixels of training images after the share `progress` of a run that begins at `start` times `full`."""
    share = min(1.0, start + (1 - start) * progress / FULL_FROM)
    return full if share == 1 else min(full, max(MULTIPLE, round(full * share / MULTIPLE) * MULTIPLE))


def mean_area(start: float) -> float:
    """The area of a run's images in full ones, in the mean of all steps: before sides become multiples."""
    growing = (1 + start + start**2) / 3  # of a side that grows evenly from `start` to 1
    return FULL_FROM * growing + 1 - FULL_FROM


def check(network: "nn.Module", size: int, start: float) -> None:
    """Raise AtlasError where a network takes images of one size only, or none as small as training starts with."""
    if not _takes(network, 2 * size):
        raise AtlasError("progressive: this architecture takes images of one size only; write `progressive: 1.0`, or "
                         "name a network that ends in global average pooling")  # fmt: skip
    smallest = side(size, start, 0)
    if not _takes(network, smallest):
        raise AtlasError(f"progressive: {start} starts with images of {smallest} pixels, too small for this "
                         "architecture; write a larger share")  # fmt: skip


def _takes(network: "nn.Module", side: int) -> bool:
    import torch  # seconds, which the console does not wait for: it asks for areas alone

    try:
        with torch.inference_mode():
            network.eval()(torch.zeros(1, 3, side, side))
    except RuntimeError:
        return False
    return True
