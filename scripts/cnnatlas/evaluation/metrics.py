"""Accuracy, its interval, balanced accuracy and cross-entropy of each split of one trained network.

Own formulas, because importing scikit-learn costs each of a hundred jobs 3 to 6 seconds; the tests hold them to its and
scipy's.
"""

from collections.abc import Iterable, Mapping, Sequence
from math import sqrt
from statistics import NormalDist

import numpy as np

from cnnatlas.evaluation.scores import Scored

Z = NormalDist().inv_cdf(0.975)  # of 95 % intervals


def evaluate(splits: Mapping[str, Scored]) -> dict[str, dict]:
    """The metrics of every split; where mirrored scores were saved, their metrics under the key `mirrored`."""
    result = {}
    for name, split in splits.items():
        result[name] = score(split.scores, split.labels)
        if split.mirrored is not None:
            result[name]["mirrored"] = score(split.mirrored, split.labels)
    return result


def score(scores: np.ndarray, labels: np.ndarray) -> dict:
    """Metrics of softmax scores (n, C) for true classes (n,).

    A network that diverged has scores that are not finite: `non_finite` counts such images, the loss is None, and the
    prediction is their argmax, as in training.
    """
    correct = scores.argmax(axis=1) == labels
    n, hits = len(labels), int(correct.sum())
    return {
        "n": n,
        "correct": hits,
        "accuracy": hits / n if n else None,
        "wilson": list(wilson(hits, n)) if n else None,
        "balanced_accuracy": balanced_accuracy(correct, labels) if n else None,
        "loss": cross_entropy(scores, labels) if n else None,
        "non_finite": int((~np.isfinite(scores)).any(axis=1).sum()),
    }


def mean_loss(losses: Iterable[float | None]) -> float | None:
    """The mean of several networks' losses; None where one of them has none."""
    known = list(losses)
    return None if None in known else float(np.mean(known))


def wilson(correct: float, n: int) -> tuple[float, float]:
    """Wilson's 95 % score interval of a proportion (Wilson 1927; Brown, Cai and DasGupta 2001, equation 4); n > 0."""
    share = correct / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    low = 0.0 if correct == 0 else centre - half
    high = 1.0 if correct == n else centre + half
    return low, high


def newcombe(correct: Sequence[float], images: Sequence[int]) -> tuple[float, float]:
    """The 95 % score interval of the second of two independent proportions less the first (Newcombe 1998, method 10).

    From Wilson's intervals of both; `correct` may be means over seeds, and both have images.
    """
    (p, q), ((p_low, p_high), (q_low, q_high)) = np.divide(correct, images), map(wilson, correct, images)
    return float(q - p - np.hypot(q - q_low, p_high - p)), float(q - p + np.hypot(q_high - q, p - p_low))


def balanced_accuracy(correct: np.ndarray, labels: np.ndarray) -> float:
    """The mean over classes of their recall; classes without an image in the split do not count."""
    images = np.bincount(labels)
    hits = np.bincount(labels, weights=correct)
    return float((hits[images > 0] / images[images > 0]).mean())


def cross_entropy(scores: np.ndarray, labels: np.ndarray) -> float | None:
    """Mean of -log(score of the true class), in nats; None where a score is not finite.

    Scores that float32 rounded to 0 count as its smallest normal number, so that one image adds at most 87.3.
    """
    if not np.isfinite(scores).all():
        return None
    true = scores[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(true, np.finfo(np.float32).tiny)).mean())
