"""Which classes one network recognises better than another, and which confusions changed (D2.3)."""

from collections.abc import Sequence

import numpy as np

from cnnatlas.evaluation.confusion import counts
from cnnatlas.evaluation.statistics import bootstrap
from cnnatlas.wording import counted, listing, points

CLASS_COLUMNS = ("a", "b", "class", "images", "recall_a", "recall_b", "gain", "low", "high")
CONFUSION_COLUMNS = ("a", "b", "class", "prediction", "images", "count_a", "count_b", "change")


def class_gains(a: np.ndarray, b: np.ndarray, labels: np.ndarray, classes: Sequence[str], seed: int = 0) -> list[dict]:
    """Recall of `b` minus that of `a` for each class with images, the largest gain first.

    `a`, `b`: hits (seeds, n) on the same images, whose classes are `labels` (n,). `low` and `high` bound a 95 %
    interval of each class alone (paired bootstrap over its images and the seeds), not corrected for their number.
    Two images are added in the bootstrap, one gained and one lost: without them a class of one image would have an
    interval of length 0 (Agresti and Min 2005 add two matched pairs for the same reason).
    """
    rng = np.random.default_rng(seed)
    rows = []
    for label in np.unique(labels):
        of_class = labels == label
        before, after = a[:, of_class], b[:, of_class]
        differences = after.astype(np.int8) - before.astype(np.int8)
        added = np.repeat([[1, -1]], len(differences), axis=0)
        low, high = bootstrap(np.hstack([differences, added]), rng)
        rows.append(
            {
                "class": classes[label],
                "images": int(of_class.sum()),
                "recall_a": float(before.mean()),
                "recall_b": float(after.mean()),
                "gain": float(differences.mean()),
                "low": low,
                "high": high,
            }
        )
    return sorted(rows, key=lambda row: -row["gain"])


def confusion_changes(a: np.ndarray, b: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> list[dict]:
    """Every confusion whose count differs between `a` and `b`, the largest decrease first.

    `a`, `b`: predictions (seeds, n). Counts are means over seeds.
    """
    size = len(classes)
    before, after = (np.mean([counts(labels, row, size) for row in each], axis=0) for each in (a, b))
    images = np.bincount(labels, minlength=size)
    change = after - before
    np.fill_diagonal(change, 0)
    order = sorted(zip(*np.nonzero(change), strict=True), key=lambda cell: (change[cell], cell))
    return [
        {
            "class": classes[true],
            "prediction": classes[predicted],
            "images": int(images[true]),
            "count_a": float(before[true, predicted]),
            "count_b": float(after[true, predicted]),
            "change": float(change[true, predicted]),
        }
        for true, predicted in order
    ]


def sentence(rows: list[dict], shown: int = 5) -> str:
    """How many classes gained and lost, and which most; a class counts where its interval excludes zero."""
    gained = [row for row in rows if row["low"] > 0]
    lost = [row for row in reversed(rows) if row["high"] < 0]
    if not gained and not lost:
        return f"For none of {counted(len(rows), 'class', 'classes')} does the interval of the gain exclude zero."
    parts = [
        f"{len(group)} {verb} ({_named(group, shown)})" for group, verb in ((gained, "gained"), (lost, "lost")) if group
    ]
    return (
        f"Of {counted(len(rows), 'class', 'classes')}, {listing(parts)}, each by its own interval; "
        "recall differences in points in parentheses."
    )


def _named(group: list[dict], shown: int) -> str:
    names = [f"{row['class']} {points(row['gain'])}" for row in group[:shown]]
    return ", ".join(names) + (", ..." if len(group) > shown else "")
