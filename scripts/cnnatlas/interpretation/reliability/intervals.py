"""Means over images with their intervals, and paired differences."""

import numpy as np

from cnnatlas.evaluation.statistics import DRAWS, bootstrap, mean_difference


def mean(values: np.ndarray) -> dict:
    """The mean of one value per image, (N,), and its 95 % bootstrap interval over images: value, low, high."""
    low, high = bootstrap(np.asarray(values)[None], np.random.default_rng(0))
    return {"value": float(np.mean(values)), "low": low, "high": high}


def difference(values: np.ndarray, others: np.ndarray) -> dict:
    """The mean of `values` less `others`, paired by image, and its interval: difference, low, high."""
    found = mean_difference((np.asarray(values) - np.asarray(others))[None])
    return {key: found[key] for key in ("difference", "low", "high")}


def kept(values: np.ndarray, nulls: np.ndarray) -> dict:
    """How far the mean of `values` (N,) lies from that of `nulls` (N,), 0, to 1: value, low, high over images."""
    drawn = np.random.default_rng(0).integers(len(values), size=(DRAWS, len(values)))
    shares = _share(values[drawn].mean(1), nulls[drawn].mean(1))
    low, high = np.quantile(shares, [0.025, 0.975])
    return {"value": float(_share(values.mean(), nulls.mean())), "low": float(low), "high": float(high)}


def _share(value: np.ndarray, null: np.ndarray) -> np.ndarray:
    return (value - null) / np.maximum(1 - null, 1e-9)
