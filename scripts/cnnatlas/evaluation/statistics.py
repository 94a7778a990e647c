"""Intervals over images and seeds, and the test over seeds."""

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit  # scipy.stats takes more than a second to import, in each of some hundred jobs

from cnnatlas.evaluation.verdicts import enough

DRAWS = 2000
CONFIDENCE = 0.95
FLIPS = 2**15  # all assignments of signs up to 16 seeds; of more seeds, so many random ones


def t_interval(values: Sequence[float], confidence: float = CONFIDENCE) -> tuple[float, float] | None:
    """Student's t interval of the mean of `values`, one per seed; None for fewer than two."""
    if len(values) < 2:
        return None
    mean, error = np.mean(values), np.std(values, ddof=1) / np.sqrt(len(values))
    half = stdtrit(len(values) - 1, (1 + confidence) / 2) * error
    return float(mean - half), float(mean + half)


def bootstrap(differences: np.ndarray, rng: np.random.Generator) -> tuple[float, float]:
    """Percentile interval of the mean of `differences` (seeds, images) over resampled images, and over seeds if enough.

    With seeds enough for a verdict, both are resampled, each independently, since they are crossed factors (Owen 2007,
    "The pigeonhole bootstrap"). With fewer, the seeds are kept, and the interval is about these trained networks alone.
    """
    seeds, images = differences.shape
    values = differences.astype(np.float32)
    means = np.empty(DRAWS)
    for start in range(0, DRAWS, 100):  # a hundred draws at a time bound the memory
        size = min(100, DRAWS - start)
        counts = rng.multinomial(seeds, np.full(seeds, 1 / seeds), size) if enough(seeds) else np.ones(seeds)
        rows = np.atleast_2d(counts / seeds).astype(np.float32) @ values
        drawn = rng.integers(images, size=(size, images))
        means[start : start + size] = np.take_along_axis(rows, drawn, axis=1).mean(axis=1)
    low, high = np.quantile(means, [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    return float(low), float(high)


def max_sign_flip(differences: np.ndarray) -> list[float]:
    """Two-sided p of the mean of each row of paired `differences` (comparisons, seeds), corrected for their number.

    If two designs do not differ, the difference of each seed is as probable with either sign. The signs of a seed are
    flipped in all comparisons at once, and the absolute mean of a comparison is set against the largest of all
    comparisons whose own is not larger (step-down maxima: Westfall and Young 1993, "Resampling-Based Multiple Testing",
    section 2.6; sign flips: Winkler et al. 2014, "Permutation inference for the general linear model"). The chance of
    any false rejection is at most the level, also for dependent comparisons. Unlike Holm's correction of single tests,
    whose smallest p after correction of n tests over six seeds is n/32, it can reject whatever their number; its
    smallest p is 2 / 2^seeds. One comparison alone gets Fisher's exact test. NaN marks a seed that a comparison lacks.
    """
    values = np.nan_to_num(differences) / (~np.isnan(differences)).sum(axis=1, keepdims=True)
    means = np.abs(_signs(differences.shape[1]) @ values.T)  # (flips, comparisons)
    order = np.argsort(means[0])  # the first flip changes no sign
    largest = np.maximum.accumulate(means[:, order], axis=1)
    p = (largest >= means[0, order] - 1e-12).mean(axis=0)
    corrected = np.empty_like(p)
    corrected[order] = np.maximum.accumulate(p[::-1])[::-1]
    return corrected.tolist()


def _signs(seeds: int) -> np.ndarray:
    """Assignments of signs (flips, seeds), of which one of each pair of opposites; the first changes none."""
    if 2 ** (seeds - 1) <= FLIPS:
        numbers = np.arange(2 ** (seeds - 1))
        return 1.0 - 2.0 * (numbers[:, None] >> np.arange(seeds) & 1)
    drawn = np.random.default_rng(0).choice([-1.0, 1.0], size=(FLIPS, seeds))
    drawn[0] = 1
    return drawn


def holm(p: Sequence[float]) -> list[float]:
    """Holm's adjusted p values of one family of comparisons, in its order (Holm 1979).

    The smallest of n is multiplied by n, the next by n - 1, and so on; none falls below a smaller one's, or exceeds 1.
    """
    values = np.asarray(p, dtype=float)
    order = values.argsort()
    adjusted = np.empty_like(values)
    adjusted[order] = np.maximum.accumulate(values[order] * np.arange(len(values), 0, -1)).clip(max=1)
    return adjusted.tolist()


def mean_difference(differences: np.ndarray) -> dict:
    """The mean of `differences` (seeds, images) between networks, and its interval.

    Returns difference, its bootstrap interval `low` and `high`, and the numbers of `seeds` and `images`.
    """
    low, high = bootstrap(differences, np.random.default_rng(0))
    seeds, images = differences.shape
    mean = float(differences.mean(dtype=np.float64))  # the same digits for a pair and for the contrast that equals it
    return {"difference": mean, "low": low, "high": high, "seeds": seeds, "images": images}
