import numpy as np
import pytest
from test_similarity import photographs

from cnnatlas.audit import duplicates
from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.scores import Scored

COPIES = {
    (1, 40): "exact",
    (5, 41): "sideways",
    (5, 42): "noisy",
    (20, 43): "upside down",
    (41, 42): "both copies of 5",
}


@pytest.fixture(scope="module")
def images():
    """Forty photographs and four copies."""
    found = photographs(40, seed=5)
    noisy = found[5].astype(int) + np.random.default_rng(0).integers(-6, 7, found[5].shape)
    copies = [found[1], found[5][:, ::-1], noisy.clip(0, 255).astype(np.uint8), found[20][::-1]]
    return np.concatenate([found, np.stack(copies)])


def items(n):
    return [{"id": f"x/{k}", "class": "ab"[k % 2], "label": str(k % 2), "group": str(k), "grey": "0"} for k in range(n)]


SPLIT = {"train": np.arange(0, 30), "validation": np.arange(30, 41), "test": np.arange(41, 44)}


def test_planted_copies_are_found_and_nothing_else(images):
    found = duplicates.Duplicates(images)
    assert {tuple(pair) for pair in found.pairs[found.found].tolist()} == set(COPIES)
    assert found.pairs[found.exact].tolist() == [[1, 40]]


def test_features_find_what_thumbnails_miss(images, monkeypatch):
    monkeypatch.setattr(duplicates, "THUMBNAIL", 1.1)
    features = np.eye(44)
    features[43] = features[20]
    found = duplicates.Duplicates(images, features)
    assert found.pairs[found.found & found.by_features].tolist() == [[20, 43]]
    assert not found.by_pixels.any()


def test_the_nearest_by_features_are_not_compared_where_thumbnails_differ(images):
    features = np.eye(44)
    features[10] = features[20]
    found = duplicates.Duplicates(images, features)
    assert [10, 20] not in found.pairs.tolist()


def test_exact_pairs_of_three_equal_images():
    images = np.zeros((4, 2, 2, 3), np.uint8)
    images[1] = 1
    assert duplicates.exact_pairs(images).tolist() == [[0, 2], [0, 3], [2, 3]]
    assert duplicates.exact_pairs(images[:2]).shape == (0, 2)


def test_counts_within_and_across_splits(images):
    found = duplicates.Duplicates(images)
    rows = duplicates.rows(found, items(44), SPLIT)
    assert rows[0]["detail"] == 1 and rows[0]["exact"] == 1
    summary = duplicates.summary(found, rows, np.arange(44) % 2, SPLIT)
    between = {tuple(row["splits"]): (row["exact"], row["near"]) for row in summary["between"]}
    assert between[("train", "validation")] == (1, 0)
    assert between[("train", "test")] == (0, 3)
    assert between[("test", "test")] == (0, 1)
    assert between[("train", "train")] == (0, 0)
    assert summary["leaked"]["test"]["images"] == 3
    assert summary["leaked"]["validation"] == {
        "images": 1, "of": 11, "share": 1 / 11, "wilson": list(wilson(1, 11)),
    }  # fmt: skip
    assert duplicates.leaked(rows, "test").tolist() == [41, 42, 43]


def test_upstreams_own_parts_are_counted_apart(images):
    found = duplicates.Duplicates(images)
    rows = duplicates.rows(found, items(44), SPLIT)
    partition = ["train"] * 42 + ["test"] * 2
    assert duplicates.upstream(rows, partition)["images"] == 2
    assert duplicates.upstream(rows, partition)["of"] == 2


def test_accuracy_without_duplicates_by_hand():
    scores = np.eye(2)[[0, 0, 1, 1, 0]]
    scored = Scored(
        np.array([10, 11, 12, 13, 14]), np.array([0, 1, 1, 1, 1]), scores
    )  # right, wrong, right, right, wrong
    found = duplicates.accuracies(scored, np.array([10, 12, 99]))
    assert (found["all"]["correct"], found["all"]["n"]) == (3, 5)
    assert (found["without"]["correct"], found["without"]["n"]) == (1, 3)
    assert (found["copies"]["correct"], found["copies"]["n"]) == (2, 2)
    assert found["without"]["wilson"] == list(wilson(1, 3))
    assert duplicates.accuracies(scored, np.array([]))["copies"] is None
