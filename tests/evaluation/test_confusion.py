import numpy as np
from sklearn.metrics import confusion_matrix

from cnnatlas.evaluation import confusion


def test_counts_agree_with_sklearn():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(5, size=300), rng.integers(4, size=300)  # class 4 is never predicted
    assert np.array_equal(
        confusion.counts(labels, predictions, 6), confusion_matrix(labels, predictions, labels=range(6))
    )


def test_order_of_images_does_not_matter():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(5, size=(2, 300))
    order = rng.permutation(300)
    assert np.array_equal(
        confusion.counts(labels, predictions, 5), confusion.counts(labels[order], predictions[order], 5)
    )


def test_normalised_rows_sum_to_one_and_empty_rows_to_zero():
    rows = confusion.normalise(np.array([[3, 1], [0, 0]]))
    assert np.array_equal(rows, [[0.75, 0.25], [0, 0]])
