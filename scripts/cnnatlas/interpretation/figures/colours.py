"""The colours of an attribution, alone or over its image; without what draws figures, which takes long to import."""

import numpy as np
from matplotlib import colormaps

DIVERGING = "RdBu_r"  # blue below, white at and red above zero
ROBUST = 99  # percentile of a pixelwise gradient's absolute values that has full colour; single pixels lie far above


def full_colour(values: np.ndarray, *, pixelwise: bool) -> float:
    """The absolute value that gets full colour: a map's largest, or a high percentile of a gradient's."""
    sizes = np.abs(values)
    return float(np.percentile(sizes, ROBUST) if pixelwise else 0) or float(sizes.max()) or 1.0


def coloured(image: np.ndarray, values: np.ndarray, display: str, limit: float) -> np.ndarray:
    """The picture (H, W, 3) in [0, 1] of an attribution (C, H, W) whose values at `limit` have full colour."""
    if display == "colours":
        return np.clip(0.5 + 0.5 * values.transpose(1, 2, 0) / limit, 0, 1)
    share = np.clip(values.sum(0) / limit, -1, 1)
    colours = colormaps[DIVERGING](0.5 + 0.5 * share)[..., :3]
    if display != "overlay":
        return colours
    grey = np.repeat(image.mean(2, keepdims=True) / 255, 3, axis=2)
    opacity = 0.85 * np.abs(share)[..., None]
    return (1 - opacity) * grey + opacity * colours
