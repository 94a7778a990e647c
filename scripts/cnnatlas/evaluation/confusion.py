"""Confusion matrices."""

import numpy as np


def counts(labels: np.ndarray, predictions: np.ndarray, classes: int) -> np.ndarray:
    """The confusion matrix, (classes, classes) int64; rows are true classes, columns predicted ones."""
    return np.bincount(labels * classes + predictions, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def normalise(matrix: np.ndarray) -> np.ndarray:
    """Each row divided by its sum: the shares of a class's images; rows without an image are 0."""
    totals = matrix.sum(axis=-1, keepdims=True)
    return matrix / np.maximum(totals, 1)
