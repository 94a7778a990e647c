"""Confusion matrices."""

import numpy as np

ROUNDS = 100  # of fitting margins


def counts(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """The confusion matrix, (classes, classes) int64; rows are true classes, columns predicted ones."""
    return np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def normalise(matrix: np.ndarray) -> np.ndarray:
    """Each row divided by its sum: the shares of a class's images; rows without an image are 0."""
    totals = matrix.sum(axis=-1, keepdims=True)
    return matrix / np.maximum(totals, 1)


def by_margins(errors: np.ndarray) -> np.ndarray:
    """Where errors (C, C), zero on the diagonal, fall by their margins and no further pattern: expected shares (C, C).

    Quasi-independence, fitted by iterative proportional fitting (Deming and Stephan, 1940): each class is mistaken and
    mistakenly predicted as often. Errors spread evenly over all pairs would be too weak a comparison: a network that
    predicts few classes has frequent pairs by that alone.
    """
    expected = 1.0 - np.eye(len(errors))
    for _ in range(ROUNDS):
        for axis in (1, 0):
            total = expected.sum(axis=axis, keepdims=True)
            expected *= np.divide(
                errors.sum(axis=axis, keepdims=True), total, out=np.zeros_like(total), where=total > 0
            )
    return expected / expected.sum()
