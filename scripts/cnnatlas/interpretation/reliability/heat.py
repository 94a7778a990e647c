"""One non-negative map per image from what an attribution method gives."""

import numpy as np

from cnnatlas.errors import AtlasError

SIGNED = ("gradient", "smooth_grad", "integrated_gradients", "guided_backpropagation")  # either sign is relevance
EVIDENCE = ("cam", "grad_cam", "occlusion")  # only what speaks for the class


def heat(method: str, attribution: np.ndarray) -> np.ndarray:
    """Heat maps (N, H, W) float64, not negative, of an attribution (N, C, H, W).

    Signed gradients: the sum of absolute values over channels, since the sign of a pixel's gradient says only whether
    brightening or darkening it helps. CAM, Grad-CAM and occlusion: the positive part, what speaks for the class.
    Raises AtlasError for a method of neither kind.
    """
    values = np.asarray(attribution, np.float64)
    if method in SIGNED:
        return np.abs(values).sum(1)
    if method in EVIDENCE:
        return np.maximum(values, 0).sum(1)
    raise AtlasError(f"method: `{method}` gives no heat map; choose one of {', '.join((*SIGNED, *EVIDENCE))}")
