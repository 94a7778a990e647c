"""Which classes one network recognises better than another, and which confusions changed (D2.3)."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation import statistics, verdicts
from cnnatlas.evaluation.confusion import counts
from cnnatlas.wording import counted, decimal, listing, points

CLASS_COLUMNS = ("a", "b", "class", "images", "recall_a", "recall_b", "gain", "low", "high", "p", "verdict")
FEWEST = 5  # images of a class: of fewer, one image moves its recall by more than 20 points
CONFUSION_COLUMNS = ("a", "b", "class", "prediction", "images", "count_a", "count_b", "change")


def class_gains(a: np.ndarray, b: np.ndarray, labels: np.ndarray, classes: Sequence[str], seed: int = 0) -> list[dict]:
    """Recall of `b` minus that of `a` for each class with images, the largest gain first.

    `a`, `b`: hits (seeds, n) on the same images, whose classes are `labels` (n,). `low` and `high` bound a 95 %
    interval of each class alone (paired bootstrap). `p` is corrected over the classes, and `verdict` is as in
    verdicts.verdict; both are None where there are too few seeds.
    Two images are added in the bootstrap, one gained and one lost: without them a class of one image would have an
    interval of length 0 (Agresti and Min 2005 add two matched pairs for the same reason).
    """
    rng = np.random.default_rng(seed)
    present = np.unique(labels)
    before, after = ([hits[:, labels == label] for label in present] for hits in (a, b))
    differences = [y.astype(np.int8) - x.astype(np.int8) for x, y in zip(before, after, strict=True)]
    rows = []
    for label, x, y, change, p in zip(present, before, after, differences, _tested(differences), strict=True):
        low, high = statistics.bootstrap(np.hstack([change, np.repeat([[1, -1]], len(change), axis=0)]), rng)
        rows.append(
            {
                "class": classes[label],
                "images": x.shape[1],
                "recall_a": float(x.mean()),
                "recall_b": float(y.mean()),
                "gain": float(change.mean()),
                "low": low,
                "high": high,
                "p": p,
                "verdict": verdicts.verdict(p, low, high),
            }
        )
    return sorted(rows, key=lambda row: -row["gain"])


def _tested(differences: list[np.ndarray]) -> list[float | None]:
    """The corrected p of each class, from its differences (seeds, images); the recall of a small class varies more."""
    if not verdicts.enough(len(differences[0])):
        return [None] * len(differences)
    return statistics.max_sign_flip(np.stack([each.mean(axis=1) * each.shape[1] ** 0.5 for each in differences]))


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


def told(rows: Sequence[Mapping]) -> list[Mapping]:
    """The rows, of `class_gains` or of its table, whose gain can be told: those of at least FEWEST images."""
    return [row for row in rows if int(row["images"]) >= FEWEST]


def sentence(rows: Sequence[Mapping], a: str, b: str, shown: int = 5) -> str:
    """Which classes gained and lost by the test over seeds; with too few seeds, where recall rose and fell most.

    `a` and `b` are the titles of the networks, in quotes and with their marks. Classes of fewer than FEWEST images are
    left out.
    """
    left_out = len(rows) - len(rows := told(rows))
    if not rows:
        return f"No class has {FEWEST} evaluation images or more, so gains by class say nothing."
    classes = counted(len(rows), "class", "classes") + (f" of {FEWEST} images or more" if left_out else "")
    if rows[0]["p"] is None:
        return _described(rows, classes, a, b, shown)
    gained = [row for row in rows if row["verdict"] == "higher"]
    lost = [row for row in reversed(rows) if row["verdict"] == "lower"]
    if not gained and not lost:
        smallest = decimal(min(row["p"] for row in rows), 3)
        return (
            f"For none of {classes} is a change in recall from {a} to {b} established (smallest p {smallest}, "
            "corrected over them; the interval must exclude zero as well)."
        )
    parts = [
        f"{len(group)} {verb} ({_named(group, shown)})" for group, verb in ((gained, "gained"), (lost, "lost")) if group
    ]
    return (
        f"Of {classes}, {listing(parts)} in recall from {a} to {b}, tested over seeds and corrected over the "
        "classes; differences in points in parentheses."
    )


def _described(rows: list[dict], classes: str, a: str, b: str, shown: int) -> str:
    risen = [row for row in rows if row["gain"] > 0]
    fallen = [row for row in reversed(rows) if row["gain"] < 0]
    parts = [
        f"{word} for {len(group)} ({_named(group, shown)})"
        for word, group in (("higher", risen), ("lower", fallen))
        if group
    ]
    if not parts:
        return f"The recall of all {classes} is the same with {a} and {b}."
    return (
        f"Of {classes}, the recall of {b} in this run is {listing(parts)} than that of {a}; differences in points "
        "on validation in parentheses, largest first, without a verdict."
    )


def _named(group: list[dict], shown: int) -> str:
    names = [f"{row['class']} {points(row['gain'])}" for row in group[:shown]]
    return ", ".join(names) + (", ..." if len(group) > shown else "")
