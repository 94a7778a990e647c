"""Means over images with their 95 % intervals, and paired differences.

Student's t: the percentile bootstrap of 5 to 12 images covers 80 to 90 %, t 90 to 95 % (tests, by simulation). Where
each image only hits or misses, a few equal values would have an interval without width; one image of either end is
then added, as Agresti and Caffo (2000) add successes and failures.
"""

import numpy as np
from scipy import stats

from cnnatlas.evaluation.statistics import t_interval

CONFIDENCE = 0.95


def mean(values: np.ndarray, ends: tuple[float, float] | None = None) -> dict:
    """The mean of one value per image, (N,), N > 1, and its interval over images: value, low, high.

    `ends` are the values of a miss and of a hit, where there is little between them; they also limit the interval.
    """
    low, high = _interval(np.asarray(values, float), ends)
    return {"value": float(np.mean(values)), "low": low, "high": high}


def difference(values: np.ndarray, others: np.ndarray, ends: tuple[float, float] | None = None) -> dict:
    """The mean of `values` less `others`, paired by image, and its interval as `mean` has it: difference, low, high."""
    found = mean(np.asarray(values, float) - np.asarray(others, float), ends)
    return {"difference": found["value"], "low": found["low"], "high": found["high"]}


def kept(values: np.ndarray, nulls: np.ndarray) -> dict:
    """How far the mean of `values` (N,) lies from that of `nulls` (N,), 0, to 1: value, low, high over images.

    A ratio of means, whose standard error is that of its linear approximation.
    """
    room = max(1 - nulls.mean(), 1e-9)
    share = (values.mean() - nulls.mean()) / room
    low, high = t_interval(share + (values - nulls - share * (1 - nulls)) / room, CONFIDENCE)
    return {"value": float(share), "low": low, "high": high}


def unpaired(a: np.ndarray, b: np.ndarray, family: int = 1) -> tuple[float, float]:
    """Welch's interval of mean(b) - mean(a) of two groups of images, each of at least two.

    All intervals of a `family` of so many comparisons hold together (Bonferroni).
    """
    level = 1 - (1 - CONFIDENCE) / family
    interval = stats.ttest_ind(b, a, equal_var=False).confidence_interval(level)
    return float(interval.low), float(interval.high)


def _interval(values: np.ndarray, ends: tuple[float, float] | None) -> tuple[float, float]:
    if ends is None:
        return t_interval(values, CONFIDENCE)
    low, high = t_interval(np.append(values, ends), CONFIDENCE)
    return max(low, ends[0]), min(high, ends[1])
