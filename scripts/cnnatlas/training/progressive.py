"""Progressive resizing: training starts on small images, which are cheap, and ends at full size.

Howard (fast.ai's DAWNBench entry, 2018) and Tan and Le, "EfficientNetV2" (2104.00298). A network that ends in global
pooling takes images of any size.
"""

FULL_FROM = 0.75  # share of the run after which images have their full size, so that the last weights fit that size
MULTIPLE = 8  # of pixels: few different sizes, and all of them divide well


def side(full: int, start: float, progress: float) -> int:
    """The side in pixels of training images after the share `progress` of a run that begins at `start` times `full`."""
    share = min(1.0, start + (1 - start) * progress / FULL_FROM)
    return full if share == 1 else max(MULTIPLE, round(full * share / MULTIPLE) * MULTIPLE)
