"""Likely label errors by confident learning. Northcutt, Jiang and Chuang (1911.00068).

Each image's class probabilities come from a model that has not seen its label, on features of a network that has not
either: one that has learned the labels reproduces their errors. An image that another class claims with more than that
class's usual confidence is a likely error. How many errors that finds is measured on errors that are planted.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from cnnatlas.audit.composition import sides
from cnnatlas.evaluation.metrics import wilson

FOLDS = 5
STRENGTH = 0.01  # inverse of the L2 penalty: features of a trained network nearly separate its training images
PLANTED = 0.05  # share of the labels that `calibration` changes
COLUMNS = ("index", "id", "split", "class", "suggested", "self_confidence", "margin")


def out_of_fold(features: np.ndarray, labels: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Class probabilities (n, K) of features (n, d) by logistic regressions that saw neither image nor its copies.

    FOLDS folds, stratified by class and cut between groups; fewer folds where the smallest class has fewer groups.
    Probabilities of a class that a fold's training part lacks are 0.
    """
    classes = int(labels.max()) + 1
    smallest = min(len(np.unique(groups[labels == k])) for k in range(classes))
    folds = StratifiedGroupKFold(max(2, min(FOLDS, smallest)), shuffle=True, random_state=0)
    values = features.astype(np.float32)
    found = np.zeros((len(labels), classes), np.float32)
    for learn, judge in folds.split(values, labels, groups):
        model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=1000, tol=1e-3))
        model.fit(values[learn], labels[learn])
        found[np.ix_(judge, model.classes_)] = model.predict_proba(values[judge])
    return found


def confident_classes(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The class that confidently claims each image, -1 where none does: (n,).

    A class claims an image whose probability for it reaches the mean over the images that carry its label; of several
    the most probable (1911.00068, equation 1).
    """
    classes = probabilities.shape[1]
    usual = np.array([probabilities[labels == k, k].mean() for k in range(classes)])
    claimed = np.where(probabilities >= usual, probabilities, -1)
    best = claimed.argmax(axis=1)
    return np.where(claimed[np.arange(len(labels)), best] >= 0, best, -1)


def margins(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Probability of the given label less that of the best other class: (n,), negative where that is more probable."""
    own = probabilities[np.arange(len(labels)), labels]
    others = probabilities.copy()
    others[np.arange(len(labels)), labels] = -1
    return own - others.max(axis=1)


def rows(
    probabilities: np.ndarray, labels: np.ndarray, items: Sequence[Mapping[str, str]], split: Mapping[str, np.ndarray]
) -> list[dict]:
    """A row of COLUMNS for each likely error (off the diagonal of the confident joint), smallest margin first."""
    claimed, margin = confident_classes(probabilities, labels), margins(probabilities, labels)
    names = {int(item["label"]): item["class"] for item in items}
    side = sides(len(items), split)
    suspected = np.flatnonzero((claimed >= 0) & (claimed != labels))
    return [
        {
            "index": int(k),
            "id": items[k]["id"],
            "split": str(side[k]),
            "class": items[k]["class"],
            "suggested": names[int(claimed[k])],
            "self_confidence": float(probabilities[k, labels[k]]),
            "margin": float(margin[k]),
        }
        for k in suspected[np.argsort(margin[suspected], kind="stable")]
    ]


def calibration(features: np.ndarray, labels: np.ndarray, groups: np.ndarray, split: Mapping[str, np.ndarray]) -> dict:
    """What is found of errors planted in PLANTED of the labels, each another class at random.

    Gives planted: {images, of, share, wilson} among the planted ones that are suspected, in all and by `splits`; and
    others: {images, of, share} suspected among the untouched, where some are errors of the data set's own.
    """
    rng = np.random.default_rng([0, *b"planted"])  # a stream of its own: the split's would choose training images
    classes = int(labels.max()) + 1
    chosen = np.sort(rng.permutation(len(labels))[: max(1, round(PLANTED * len(labels)))])
    changed = labels.copy()
    changed[chosen] = (labels[chosen] + rng.integers(1, classes, len(chosen))) % classes
    claimed = confident_classes(out_of_fold(features, changed, groups), changed)
    suspected = (claimed >= 0) & (claimed != changed)
    others = np.delete(suspected, chosen)
    return {
        "planted": _found(suspected[chosen]),
        "splits": {name: _found(suspected[np.intersect1d(chosen, index)]) for name, index in split.items()},
        "others": {"images": int(others.sum()), "of": len(others), "share": float(others.mean())},
    }


def _found(suspected: np.ndarray) -> dict:
    hits, n = int(suspected.sum()), len(suspected)
    return {"images": hits, "of": n} | ({"share": hits / n, "wilson": list(wilson(hits, n))} if n else {})


def summary(errors: Sequence[Mapping], probabilities: np.ndarray, labels: np.ndarray, split: Mapping) -> dict:
    """How many likely errors there are, in each split and between which classes; and how accurate the classifier is."""
    between: dict[tuple[str, str], int] = {}
    for row in errors:
        pair = (row["class"], row["suggested"])
        between[pair] = between.get(pair, 0) + 1
    often = sorted(between.items(), key=lambda entry: (-entry[1], entry[0]))[:5]
    return {
        "images": len(errors),
        "share": len(errors) / len(labels),
        "splits": {
            name: {"images": sum(row["split"] == name for row in errors), "of": len(index)}
            for name, index in split.items()
        },
        "between": [{"class": a, "suggested": b, "images": count} for (a, b), count in often],
        "accuracy": float((probabilities.argmax(axis=1) == labels).mean()),
    }
