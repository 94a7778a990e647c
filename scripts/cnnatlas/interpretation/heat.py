"""One non-negative map per image from what an attribution method gives."""

import numpy as np


def heat(attribution: np.ndarray, sign: str) -> np.ndarray:
    """Relevance (N, H, W), not negative, of an attribution (N, C, H, W), in its own type.

    `sign` "either": the sum of absolute values over channels, since the sign of a pixel's gradient says only whether
    brightening or darkening it helps; "positive": the sum of positive values, the evidence for the class.
    """
    relevance = {"either": np.abs, "positive": lambda values: values.clip(min=0)}[sign]
    return relevance(attribution).sum(1)
