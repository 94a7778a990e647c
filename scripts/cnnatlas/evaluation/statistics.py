"""Intervals and paired tests over images and seeds.

Significance is claimed only by the exact sign-flip test over seeds after Holm's correction, and only from SEEDS_NEEDED
seeds on: with fewer, its smallest p is 0.0625 or more.
"""

from collections.abc import Sequence

import numpy as np
from scipy import stats

SEEDS_NEEDED = 6
LEVEL = 0.05
DRAWS = 2000


def t_interval(values: Sequence[float], confidence: float = 0.95) -> tuple[float, float] | None:
    """Student's t interval of the mean of `values`, one per seed; None for fewer than two."""
    if len(values) < 2:
        return None
    error = stats.sem(values)
    if error == 0:
        return float(np.mean(values)), float(np.mean(values))
    low, high = stats.t.interval(confidence, len(values) - 1, loc=np.mean(values), scale=error)
    return float(low), float(high)


def bootstrap(differences: np.ndarray, rng: np.random.Generator, confidence: float = 0.95) -> tuple[float, float]:
    """Percentile interval of the mean of `differences` (seeds, images), both resampled with replacement.

    Seeds and images are crossed factors, so both are resampled, each independently (Owen 2007, "The pigeonhole
    bootstrap"). With one seed only images are, and the interval is about these two trained networks alone.
    """
    seeds, images = differences.shape
    values = differences.astype(np.float32)
    means = np.empty(DRAWS)
    for start in range(0, DRAWS, 100):  # a hundred draws at a time bound the memory
        weights = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size=100) / seeds
        drawn = rng.integers(images, size=(100, images))
        rows = weights.astype(np.float32) @ values
        means[start : start + 100] = np.take_along_axis(rows, drawn, axis=1).mean(axis=1)
    low, high = np.quantile(means, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high)


def sign_flip(differences: Sequence[float]) -> float:
    """Exact two-sided p of the mean of paired `differences`, one per seed, over all assignments of signs."""
    values = np.asarray(differences, dtype=float)
    exact = stats.permutation_test((values,), np.mean, permutation_type="samples", n_resamples=np.inf, vectorized=True)
    return float(exact.pvalue)


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p values of one family of comparisons, in its order (Holm 1979).

    The smallest of n is multiplied by n, the next by n - 1, and so on; none falls below a smaller one's, or exceeds 1.
    """
    values = np.asarray(p, dtype=float)
    order = values.argsort()
    adjusted = np.empty_like(values)
    adjusted[order] = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)).clip(max=1)
    return adjusted.tolist()


def paired_difference(a: np.ndarray, b: np.ndarray, seed: int = 0) -> dict:
    """The accuracy of `b` minus that of `a`: hits (seeds, images) on the same images, seeds paired by row.

    Returns what mean_difference does.
    """
    return mean_difference(b.astype(np.int8) - a.astype(np.int8), seed)


def mean_difference(differences: np.ndarray, seed: int = 0) -> dict:
    """The mean of `differences` (seeds, images) between networks, with its interval and test.

    Returns difference, its bootstrap interval `low` and `high`, the numbers of `seeds` and `images`, and `p` of the
    sign-flip test over seeds, None where there are fewer than SEEDS_NEEDED.
    """
    low, high = bootstrap(differences, np.random.default_rng(seed))
    seeds, images = differences.shape
    return {
        "difference": float(differences.mean()),
        "low": low,
        "high": high,
        "seeds": seeds,
        "images": images,
        "p": sign_flip(differences.mean(axis=1)) if seeds >= SEEDS_NEEDED else None,
    }
