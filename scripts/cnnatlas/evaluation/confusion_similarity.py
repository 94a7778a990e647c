"""Whether the confusion matrices of two splits are similar (D1.4).

Two questions, each answered "similar", "different" or "cannot be told":

*How often does the network err?* The difference of the two error rates with Newcombe's 95 % score interval (1998,
method 10). Similar: the interval lies within RATE_MARGIN on both sides of 0, a test of equivalence (Schuirmann 1987) at
2.5 %. Different: it excludes 0.

*Which classes does it confuse, however often?* The cosine of the off-diagonal cells of the row-normalised matrices: 1
where the mistakes are distributed over the pairs of classes in the same proportions. Cells of few images are noisy,
and the cosine of two samples is below that of their sources; so squares are replaced by their unbiased estimates,
x (x - 1) / (n (n - 1)) for x of n images, and the interval is that of the jackknife over mistakes, its lower limit that
of the root of 1 - cosine, since the variance of the cosine falls towards 1. The estimate may exceed 1, which no
cosine does: it is reported as 1 then, and the interval is clipped likewise. Similar: the lower limit is
at least PATTERN_MARGIN. Different: a permutation test, which assigns the pooled mistakes to the two splits at random
(Good 2005), finds the cosine in the lowest 5 %; it takes both splits to hold the classes in the same proportions.

An interval that meets both conditions, as that of a small difference in many images may, counts as similar: the margins
say what is too small to matter. Everything else cannot be told: no significant difference is no evidence of
similarity. The power that is given with it is the share of random pairs of splits with the same numbers of images,
drawn from the pooled counts, whose similarity would have been shown.

Similar patterns say little where chance gives them too: a network that predicts few classes confuses the same ones in
every split. So each split is also compared with errors drawn at random by the other's margins, how often each class is
mistaken and mistakenly predicted; where more than one in twenty of these is as similar, they are so by their `margins`
alone.

PATTERN_MARGIN is reached where about three in ten mistakes of one split follow a pattern unrelated to the other's.
Each verdict holds its level on its own; levels are not corrected for the number of pairs.
"""

from itertools import combinations
from statistics import NormalDist

import numpy as np

from cnnatlas.evaluation.confusion import by_margins
from cnnatlas.evaluation.metrics import newcombe

DRAWS = 500
SCATTERED = 200  # draws of errors at random
LEVEL = 0.05
Z = NormalDist().inv_cdf(1 - LEVEL / 2)
RATE_MARGIN = 0.05  # difference of error rates
PATTERN_MARGIN = 0.9  # cosine
TINY = 1e-12


def similarity(matrices: dict[str, np.ndarray], seed: int = 0) -> dict:
    """Compare the confusion matrices (C, C) of the splits pair by pair, by the rules above.

    Returns {"margins": {rates, pattern}, "pairs": [{a, b, rates: of `rates`, pattern: of `pattern`}]}.
    """
    rng = np.random.default_rng(seed)
    pairs = [{"a": a, "b": b} | compare(matrices[a], matrices[b], rng) for a, b in combinations(matrices, 2)]
    return {"margins": {"rates": RATE_MARGIN, "pattern": PATTERN_MARGIN}, "pairs": pairs}


def compare(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> dict:
    """Both answers for two confusion matrices (C, C): {rates, pattern}."""
    return {"rates": rates(a, b, rng), "pattern": pattern(a, b, rng)}


def rates(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> dict:
    """Error rates a and b, their difference with low and high, the power to show similarity, and the verdict.

    Both splits have images.
    """
    images = [int(m.sum()) for m in (a, b)]
    errors = [_errors(m) for m in (a, b)]
    low, high = newcombe(errors, images)
    drawn = rng.binomial(images, sum(errors) / sum(images), size=(DRAWS, 2))
    shown = [_within(*newcombe(pair, images)) for pair in drawn.tolist()]
    first, second = (error / n for error, n in zip(errors, images, strict=True))
    verdict = "similar" if _within(low, high) else "different" if low > 0 or high < 0 else "cannot be told"
    return {
        "a": first,
        "b": second,
        "difference": second - first,
        "low": low,
        "high": high,
        "power": float(np.mean(shown)),
        "verdict": verdict,
    }


def _within(low: float, high: float) -> bool:
    return low > -RATE_MARGIN and high < RATE_MARGIN


def pattern(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> dict:
    """Mistakes a and b, cosine with low and high, p of the permutation test, power to show similarity, verdict.

    Classes without an image in either split do not count. cosine, low and high are None, and nothing can be told, where
    no cell of a split holds two mistakes. `margins`: whether the splits are similar by their margins alone.
    """
    cells, images = _off_diagonal(a, b)
    result = {"a": int(cells[0].sum()), "b": int(cells[1].sum())}
    if not (cells > 1).any(axis=1).all():
        unknown = dict.fromkeys(("cosine", "low", "high", "p"))
        return result | unknown | {"power": 0.0, "verdict": "cannot be told", "margins": False}
    drawn = _reassigned(cells, rng)
    p = float((1 + (_plain(drawn, images) <= _plain(cells, images)).sum()) / (DRAWS + 1))
    estimates, errors = np.transpose([estimate(each, images) for each in (cells, *drawn)])
    # The jackknife is blind near 1, where the cosine is flat: what chance does to one pattern is the least
    least = (estimates[1:].mean() - np.quantile(estimates[1:], LEVEL / 2)) / Z
    lows, highs = _limits(estimates, np.maximum(errors, least))
    cosine, low, high = (float(values[0]) for values in (np.minimum(estimates, 1), lows, highs))
    power = float((lows[1:] >= PATTERN_MARGIN).mean())
    verdict = "similar" if low >= PATTERN_MARGIN else "different" if p <= LEVEL else "cannot be told"
    margins = verdict == "similar" and _by_margins_alone(a, b, cosine, rng)
    found = {"cosine": cosine, "low": low, "high": high, "p": p, "power": power, "verdict": verdict}
    return result | found | {"margins": margins}


def _by_margins_alone(a: np.ndarray, b: np.ndarray, cosine: float, rng: np.random.Generator) -> bool:
    """Whether either split is often as similar to errors drawn by the other's margins, without a further pattern."""
    for one, other in ((a, b), (b, a)):
        cosines = [estimate(*_off_diagonal(one, drawn))[0] for drawn in _scattered(other, rng)]
        if np.mean(np.minimum(cosines, 1) >= cosine) > LEVEL:
            return True
    return False


def _scattered(matrix: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Confusion matrices with as many errors, drawn at random by their margins: (SCATTERED, C, C)."""
    right = np.diag(np.diag(matrix))
    shares = by_margins(matrix - right).reshape(-1)
    return right + rng.multinomial(_errors(matrix), shares, SCATTERED).reshape(SCATTERED, *matrix.shape)


def _off_diagonal(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The cells in which either matrix counts mistakes, and how many images their classes have: (2, cells) both."""
    present = (a.sum(axis=1) > 0) & (b.sum(axis=1) > 0)
    used = ~np.eye(len(a), dtype=bool) & present[:, None] & (a + b > 0)
    images = [np.broadcast_to(m.sum(axis=1, keepdims=True), m.shape)[used] for m in (a, b)]
    return np.stack([a[used], b[used]]), np.stack(images)


def estimate(cells: np.ndarray, images: np.ndarray) -> tuple[float, float]:
    """The cosine between the sources of mistakes (2, cells) among so many images of a class, and its standard error.

    The estimate may exceed 1; it is 0 with an infinite error where no cell of a split has two mistakes.
    """
    (x, y), (n, m), pairs = cells, images, np.maximum(images * (images - 1), 1)
    product, squares = (x / n * y / m).sum(), (cells * (cells - 1) / pairs).sum(axis=1)
    if not squares.all():
        return 0.0, np.inf
    value = product / np.sqrt(squares.prod())
    # Each mistake left out in turn; TINY where the squares hold no other
    kept = np.maximum(squares[:, None] - 2 * (cells - 1) / pairs, TINY)
    products = product - np.stack([y, x]) / (n * m)
    changes = products / np.sqrt(kept * squares[::-1, None]) - value
    return float(value), float(np.sqrt((cells * changes**2).sum()))


def _limits(values: np.ndarray, errors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % limits of cosines, clipped to [0, 1]."""
    half = Z * errors
    skew = half**2 / (4 * np.maximum(1 - values, 1 - PATTERN_MARGIN))
    return np.clip(values - half - skew, 0, 1), np.clip(values + half, 0, 1)


def _plain(cells: np.ndarray, images: np.ndarray) -> np.ndarray:
    """The cosine of the observed shares, counts (..., 2, cells) among so many images of a class."""
    shares = cells / images
    return shares.prod(axis=-2).sum(axis=-1) / np.sqrt((shares**2).sum(axis=-1).prod(axis=-1))


def _reassigned(cells: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Pooled mistakes of counts (2, cells) at random, each split keeping its number of them: (DRAWS, 2, cells)."""
    pooled = cells.sum(axis=0)
    first = rng.multivariate_hypergeometric(pooled, int(cells[0].sum()), size=DRAWS)
    return np.stack([first, pooled - first], axis=1)


def _errors(matrix: np.ndarray) -> int:
    return int(matrix.sum() - np.trace(matrix))
