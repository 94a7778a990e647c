"""Confusion matrices, and whether those of two splits differ (D1.4).

Two questions, each answered against the null distribution of two samples of these sizes:

*How often and into what?* The distance between two row-normalised matrices is the mean over classes of the total
variation distance between their rows. Its null: the predictions of each class's images, pooled over
both splits, are assigned to the two splits at random.

*Into what, whatever the number of mistakes?* Spearman's rank correlation of the off-diagonal cells of the normalised
matrices. Its first null (one pattern): only the mistakes of each class are reassigned at random, each split keeping
its number of them. Its second null (no common pattern): the cells of each row are permuted, which keeps how hard a
class is and discards what it is confused with.

The first two nulls are permutation tests, exact for any number of images (Good 2005): sampling from the pooled matrix
instead would treat unobserved confusions as impossible, and find too many differences where there are many classes with
few images each.

The verdict on a pair is the first that holds:

1. `too few errors`: a split has fewer mistakes than classes, or all its off-diagonal cells are equal.
2. `no difference`: the distance is at most the 95th percentile of its null: no difference can be shown.
3. `same confusions`: the correlation is at least the 5th percentile of the first null: the splits differ in how often
   they err, and no difference can be shown in what they confuse.
4. `similar confusions`: the correlation exceeds the 95th percentile of the second null.
5. `different confusions`: none of these.

With two classes there is only one way to be wrong: the verdict is `no difference` or `different rates`, by the distance
alone.
"""

from itertools import combinations

import numpy as np
from scipy.stats import rankdata

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.wording import capitalised, counted, decimal

DRAWS = 500
LEVEL = 0.05
VERDICTS = (
    "no difference",
    "different rates",
    "same confusions",
    "similar confusions",
    "different confusions",
    "too few errors",
)


def counts(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """The confusion matrix, (classes, classes) int64; rows are true classes, columns predicted ones."""
    return np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def normalise(matrix: np.ndarray) -> np.ndarray:
    """Each row divided by its sum: the shares of a class's images; rows without an image are 0."""
    totals = matrix.sum(axis=-1, keepdims=True)
    return matrix / np.maximum(totals, 1)


def distance(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean over rows of the total variation distance between normalised matrices (..., C, C); in [0, 1]."""
    return 0.5 * np.abs(a - b).sum(axis=-1).mean(axis=-1)


def correlation(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Spearman's rank correlation between the cells of `a` and `b`, (draws, cells); NaN where all cells are equal."""
    return _pearson(rankdata(a, axis=1), rankdata(b, axis=1))


def similarity(matrices: dict[str, np.ndarray], seed: int = 0) -> dict:
    """Compare the splits' confusion matrices pair by pair, by the rule above.

    Returns {"errors": {split: mistakes}, "pairs": [one dict per pair], "statement": the answer as text}.
    """
    rng = np.random.default_rng(seed)
    pairs = [{"a": a, "b": b} | compare(matrices[a], matrices[b], rng) for a, b in combinations(matrices, 2)]
    for pair in pairs:
        pair["statement"] = _statement(pair)
    errors = {name: _errors(matrix) for name, matrix in matrices.items()}
    return {"errors": errors, "pairs": pairs, "statement": _answer(pairs)}


def compare(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> dict:
    """The distance and the rank correlation of two confusion matrices with the limits of their nulls, and the verdict.

    Classes without an image in either split do not count.
    """
    present = (a.sum(axis=1) > 0) & (b.sum(axis=1) > 0)
    a, b = a[present], b[present]
    other = ~np.eye(len(present), dtype=bool)[present]
    result = {
        "errors_a": int(a[other].sum()),
        "errors_b": int(b[other].sum()),
        "distance": float(distance(normalise(a), normalise(b))) if len(a) else None,
        "distance_same": _distance_limit(a, b, rng) if len(a) else None,
    }
    unjudged = result | {"correlation": None, "correlation_same": None, "correlation_none": None}
    cells = [normalise(m)[other] for m in (a, b)]
    if len(present) == 2 and len(a):
        return unjudged | {"verdict": "no difference" if _same_rates(result) else "different rates"}
    if min(result["errors_a"], result["errors_b"]) < max(len(a), 1) or any(np.ptp(c) == 0 for c in cells):
        return unjudged | {"verdict": "too few errors"}
    result["correlation"] = float(correlation(cells[0][None], cells[1][None])[0])
    result["correlation_same"] = _same_pattern_limit(a, b, other, rng)
    result["correlation_none"] = _no_pattern_limit(*cells, len(a), rng)
    return result | {"verdict": _verdict(result)}


def _same_rates(pair: dict) -> bool:
    return pair["distance"] <= pair["distance_same"]


def _verdict(pair: dict) -> str:
    if _same_rates(pair):
        return "no difference"
    if pair["correlation"] >= pair["correlation_same"]:
        return "same confusions"
    return "similar confusions" if pair["correlation"] > pair["correlation_none"] else "different confusions"


def _distance_limit(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> float:
    drawn = [normalise(matrices) for matrices in _reassigned(a, b, rng)]
    return float(np.quantile(distance(*drawn), 1 - LEVEL))


def _same_pattern_limit(a: np.ndarray, b: np.ndarray, other: np.ndarray, rng: np.random.Generator) -> float:
    mistakes = _reassigned(np.where(other, a, 0), np.where(other, b, 0), rng)
    drawn = [(m / images.sum(axis=1)[:, None])[:, other] for m, images in zip(mistakes, (a, b), strict=True)]
    return float(np.nanquantile(correlation(*drawn), LEVEL))


def _reassigned(a: np.ndarray, b: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Two matrices' pooled counts reassigned at random, keeping all row sums: (DRAWS, rows, columns) each."""
    pooled = a + b
    rows = [rng.multivariate_hypergeometric(p, n, size=DRAWS) for p, n in zip(pooled, a.sum(axis=1), strict=True)]
    drawn = np.stack(rows, axis=1)
    return drawn, pooled - drawn


def _no_pattern_limit(a: np.ndarray, b: np.ndarray, rows: int, rng: np.random.Generator) -> float:
    ranks_a, ranks_b = (rankdata(cells).reshape(rows, -1) for cells in (a, b))
    permuted = np.stack([rng.permuted(ranks_b, axis=1).ravel() for _ in range(DRAWS)])
    return float(np.quantile(_pearson(ranks_a.reshape(1, -1), permuted), 1 - LEVEL))


def _pearson(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    a = a - a.mean(axis=1, keepdims=True)
    b = b - b.mean(axis=1, keepdims=True)
    norm = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.divide((a * b).sum(axis=1), norm, out=np.full(norm.shape, np.nan), where=norm > 0)


def _errors(matrix: np.ndarray) -> int:
    return int(matrix.sum() - np.trace(matrix))


def _statement(pair: dict) -> str:
    names = f"{NAMES[pair['a']]} and {NAMES[pair['b']]}"
    if pair["verdict"] == "too few errors":
        few, n = min(((pair["a"], pair["errors_a"]), (pair["b"], pair["errors_b"])), key=lambda item: item[1])
        return (
            f"What {names} confuse cannot be compared, since {NAMES[few]} has only {counted(n, 'mistake')}"
            f"{_rates(pair)}."
        )
    verdict = {
        "no difference": f"{names} show no detectable difference in their errors",
        "different rates": f"{names} err at different rates",
        "same confusions": f"{names} err at different rates, but confuse the same classes",
        "similar confusions": f"{names} err at different rates, and what they confuse is related, but not the same",
        "different confusions": f"{names} differ in how often they err and in what they confuse",
    }[pair["verdict"]]
    text = (
        f"{capitalised(verdict)}: the rows of their normalised matrices differ by {decimal(pair['distance'], 3)} on "
        f"average (two samples of one matrix: up to {decimal(pair['distance_same'], 3)})"
    )
    if pair["correlation"] is None:
        return f"{text}."
    return (
        f"{text}, and their off-diagonal cells have rank correlation {decimal(pair['correlation'], 3)} (one pattern: "
        f"at least {decimal(pair['correlation_same'], 3)}; no common pattern: at most "
        f"{decimal(pair['correlation_none'], 3)})."
    )


def _rates(pair: dict) -> str:
    if pair["distance"] is None:
        return ""
    limit = f"{decimal(pair['distance'], 3)}, two samples of one matrix: up to {decimal(pair['distance_same'], 3)}"
    return f"; they {'do not differ' if _same_rates(pair) else 'differ'} in how often they err (distance {limit})"


def _answer(pairs: list[dict]) -> str:
    if not pairs:
        return "There is only one split, so there is nothing to compare."
    groups = {
        verdict: [f"{NAMES[p['a']]} and {NAMES[p['b']]}" for p in pairs if p["verdict"] == verdict]
        for verdict in VERDICTS
    }
    words = {
        "no difference": "show no detectable difference in their errors",
        "different rates": "differ in how often they err",
        "same confusions": "differ in how often they err, without a detectable difference in what they confuse",
        "similar confusions": "follow related, but not the same patterns",
        "different confusions": "follow different patterns",
        "too few errors": "have too few mistakes for a comparison of what they confuse",
    }
    sentences = [f"{', as well as '.join(names)} {words[verdict]}" for verdict, names in groups.items() if names]
    return ". ".join(capitalised(part) for part in sentences) + "."
