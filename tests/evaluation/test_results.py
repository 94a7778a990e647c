"""The table of all results: what each row takes from the files of its training."""

import numpy as np
import pytest

from cnnatlas import tables
from cnnatlas.evaluation import metrics, results
from cnnatlas.evaluation.scores import Scored

NAMED = {"study": "stl10", "variant": "d1", "title": "A shallow one", "seed": 3}
TRAINING = {
    "spec": {"dataset": "stl10"}, "parameters": 10, "trained_parameters": 6, "epochs": 5, "best_epoch": 4,
    "diverged": None, "environment": {"device": "cpu", "device_name": "A processor", "threads": 1},
}  # fmt: skip
ARCHITECTURE = {"parameters": 10, "multiply_adds": 20, "layers": []}


def scored(right, wrong, mirrored=False):
    """So many images of class 0, given right and wrong answers with a score of 0.75."""
    scores = np.array([[0.75, 0.25]] * right + [[0.25, 0.75]] * wrong)
    labels = np.zeros(right + wrong, np.int64)
    return Scored(np.arange(len(labels)), labels, scores.reshape(-1, 2), scores[:, ::-1] if mirrored else None)


@pytest.fixture
def found():
    splits = {"train": scored(9, 1), "validation": scored(3, 1), "test": scored(1, 3, mirrored=True)}
    measured = metrics.evaluate(splits) | {"flags": [{"flag": "at chance", "sentence": "At chance."}]}
    return list(results.rows(NAMED, measured, TRAINING, ARCHITECTURE))


def test_each_split_is_a_row_with_its_own_accuracy(found):
    assert [row["split"] for row in found] == ["train", "validation", "test"]
    assert [(row["images"], row["correct"], row["accuracy"]) for row in found] == [
        (10, 9, 0.9),
        (4, 3, 0.75),
        (4, 1, 0.25),
    ]
    assert [row["mirrored_accuracy"] for row in found] == [None, None, 0.75]


def test_the_interval_is_that_of_the_metrics(found):
    assert [(row["low"], row["high"]) for row in found] == [metrics.wilson(k, n) for k, n in ((9, 10), (3, 4), (1, 4))]


def test_what_the_training_has_is_in_all_its_rows(found):
    same = {"seed": 3, "study": "stl10", "dataset": "stl10", "trained_parameters": 6, "multiply_adds": 20,
            "best_epoch": 4, "flags": "at chance", "device_name": "A processor"}  # fmt: skip
    assert all(same.items() <= row.items() for row in found)


def test_a_split_without_images_has_no_accuracy():
    measured = metrics.evaluate({"train": scored(9, 1), "test": scored(0, 0)}) | {"flags": []}
    *_, last = results.rows(NAMED, measured, TRAINING, ARCHITECTURE)
    assert (last["images"], last["accuracy"], last["low"], last["loss"]) == (0, None, None, None)


def test_the_table_has_no_measured_times_and_every_column(found, tmp_path):
    assert all(set(row) == set(results.COLUMNS) for row in found)
    assert not any("second" in column or "time" in column for column in results.COLUMNS)
    tables.write(tmp_path / "results.csv", results.COLUMNS, found)
    assert tables.read(tmp_path / "results.csv")[2]["correct"] == "1"
