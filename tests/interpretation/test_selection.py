"""Which images a method is applied to, and for which classes."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation import selection

TABLE = [{"id": f"class/{i}", "class": "cat" if i % 2 else "dog"} for i in range(20)]
SCORES = np.array([[0.1, 0.6, 0.3, 0.0, 0.0], [0.2, 0.2, 0.5, 0.1, 0.0]], np.float32)


def test_a_sample_is_spread_over_the_split():
    assert selection.chosen({"sample": 3}, TABLE, np.arange(10, 20), []).tolist() == [10, 14, 19]
    assert selection.chosen({"sample": 99}, TABLE, np.arange(4), []).tolist() == [0, 1, 2, 3]


def test_ids_are_found_in_their_order():
    assert selection.chosen({"ids": ["class/7", "class/2"]}, TABLE, np.arange(3), []).tolist() == [7, 2]


def test_an_unknown_id_is_named():
    with pytest.raises(AtlasError, match="no image `class/77`; ids look like `class/0`"):
        selection.chosen({"ids": ["class/77"]}, TABLE, np.arange(3), [])


def test_extremes_are_cut_at_their_rank():
    rows = [{"index": "5", "rank": "1"}, {"index": "6", "rank": "2"}, {"index": "9", "rank": "3"}]
    assert selection.chosen({"extremes": 2}, TABLE, np.arange(3), rows).tolist() == [5, 6]


def test_the_target_of_each_image_is_its_prediction():
    rows, targets = selection.requested("predicted", SCORES)
    assert rows.tolist() == [0, 1] and targets.tolist() == [1, 2]


def test_the_most_probable_classes_get_a_row_each():
    rows, targets = selection.requested({"top": 2}, SCORES)
    assert rows.tolist() == [0, 0, 1, 1] and targets.tolist() == [1, 2, 2, 0]


def test_other_classes_never_hold_the_prediction():
    rows, targets = selection.requested({"others": 4}, SCORES)
    assert rows.tolist() == [0] * 4 + [1] * 4
    assert sorted(targets[:4]) == [0, 2, 3, 4] and sorted(targets[4:]) == [0, 1, 3, 4]


def test_few_other_classes_are_far_from_the_prediction_in_the_order_of_classes():
    """The class after it is often a similar one: to fool a network into that shows little."""
    scores = np.eye(100)[[7, 99]]
    targets = selection.requested({"others": 2}, scores)[1]
    assert ((targets.reshape(2, 2) - [[7], [99]]) % 100).tolist() == [[25, 75], [25, 75]]


def test_the_record_tells_the_truth_the_prediction_and_the_target():
    split = {"train": np.array([2, 7]), "validation": np.array([4])}
    entry = selection.described([(1, 3)], np.array([4, 7]), TABLE, split, SCORES, ["a", "b", "c", "d", "e"])[0]
    assert entry["split"] == "train"
    assert entry["id"] == "class/7" and entry["index"] == 7 and entry["class"] == "cat"
    assert (entry["prediction"], entry["target"]) == ("c", "d")
    assert entry["score"] == pytest.approx(0.5) and entry["target_score"] == pytest.approx(0.1)


def test_scores_are_those_of_the_network_in_evaluation_mode():
    network = nn.Sequential(nn.Flatten(), nn.Dropout(0.9), nn.Linear(12, 3)).train()
    images = np.random.default_rng(0).integers(256, size=(5, 2, 2, 3), dtype=np.uint8)
    found = selection.softmax_scores(network, images)
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    assert np.allclose(found, network[2](x.flatten(1)).softmax(1).detach().numpy(), atol=1e-6)
    assert network.training
