"""The table of a network's answers, image by image."""

import numpy as np

from cnnatlas.evaluation import predictions
from cnnatlas.evaluation.scores import Scored

IDS = ["a/0", "a/1", "b/0"]
SPLITS = {
    "train": Scored(np.array([2]), np.array([1]), np.array([[0.25, 0.75]])),
    "test": Scored(np.array([1, 0]), np.array([0, 0]), np.array([[0.375, 0.625], [1.0, 0.0]])),
}


def test_each_image_is_a_row_with_both_classes_and_their_scores():
    found = [tuple(row.values()) for row in predictions.rows(SPLITS, IDS, ["cat", "dog"])]
    assert found == [
        ("train", 2, "b/0", "dog", "dog", 1, 0.75, 0.75),
        ("test", 1, "a/1", "cat", "dog", 0, 0.375, 0.625),
        ("test", 0, "a/0", "cat", "cat", 1, 1.0, 1.0),
    ]


def test_its_columns_are_those_that_are_written():
    assert all(tuple(row) == predictions.COLUMNS for row in predictions.rows(SPLITS, IDS, ["cat", "dog"]))
