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


def pair(first, second, first_split="train", second_split="test"):
    return {"first": first, "second": second, "first_split": first_split, "second_split": second_split}


def scored(indices, labels, predictions):
    return Scored(np.array(indices), np.array(labels), np.eye(2)[predictions])


def test_accuracy_without_duplicates_by_hand():
    test = scored([10, 11, 12, 13, 14], [0, 1, 1, 1, 1], [0, 0, 1, 1, 0])  # right, wrong, right, right, wrong
    splits = {"train": scored([0, 2], [0, 1], [0, 1]), "test": test}
    found = duplicates.accuracies(splits, "test", [pair(0, 10), pair(2, 12)])
    assert (found["all"]["correct"], found["all"]["n"]) == (3, 5)
    assert (found["without"]["correct"], found["without"]["n"]) == (1, 3)
    assert (found["copies"]["correct"], found["copies"]["n"]) == (2, 2)
    assert found["without"]["wilson"] == list(wilson(1, 3))
    assert duplicates.accuracies(splits, "test", [])["copies"] is None


def test_only_duplicates_of_images_that_the_network_saw_can_have_helped_it():
    """Of a training split of five images it saw two; 10 and 12 have their duplicate among the others, 11 among both."""
    test = scored([10, 11, 12, 13], [0, 1, 1, 1], [0, 1, 1, 1])
    splits = {"train": scored([0, 2], [0, 1], [0, 1]), "test": test}
    pairs = [pair(1, 10), pair(2, 11), pair(4, 11), pair(12, 3, "test", "train"), pair(0, 20, "train", "validation")]
    found = duplicates.accuracies(splits, "test", pairs)
    assert (found["leaked"], found["copies"]["n"], found["without"]["n"], found["trained"]) == (3, 1, 3, 2)
    assert duplicates.leaked(pairs, "test", np.array([3])).tolist() == [12]


def test_few_duplicates_decide_nothing():
    for n, decided in ((29, False), (30, True)):
        test = scored(range(100, 140), [0] * 40, [0] * 40)
        splits = {"train": scored(range(40), [0] * 40, [0] * 40), "test": test}
        assert duplicates.accuracies(splits, "test", [pair(k, 100 + k) for k in range(n)])["decided"] is decided


def test_duplicates_of_an_easy_class_are_no_better_than_the_others_of_that_class():
    """Class 0 is right in 3 of 4 images and class 1 in none; 40 of 44 duplicates are of class 0, and no easier."""
    labels = np.repeat([0, 1], [200, 200])
    predictions = np.where(labels == 0, np.arange(400) % 4 == 0, 0)
    is_copy = np.isin(np.arange(400), [*range(40), *range(200, 204)])
    test = scored(np.arange(400), labels, predictions)
    found = duplicates.same_classes(test, is_copy)
    assert found["n"] == 44 and found["accuracy"] == found["others"] == pytest.approx(30 / 44)
    low, high = found["drawn"]
    assert 0.5 < low < 30 / 44 < high < 0.85
    assert test.correct[~is_copy].mean() < low  # than all the others together they are better
    assert duplicates.same_classes(test, labels == 1) is None
    alone = is_copy & (labels == 1) | (labels == 0) & ~np.isin(np.arange(400), range(2))
    assert duplicates.same_classes(test, alone & (np.arange(400) < 29)) is None  # too few of classes with others


def test_labels_tell_duplicates_from_other_pairs_or_do_not():
    alike, unlike = np.repeat([True, False], [99, 1]), np.repeat([True, False], [50, 50])
    chosen = np.ones(100, bool)
    found = duplicates._share(alike, chosen)
    assert duplicates._one_label(found, duplicates._share(unlike, chosen))["tells"] is True
    assert duplicates._one_label(found, found)["tells"] is False
    for few in (0, duplicates.FEW - 1):
        lesser = duplicates._share(alike, np.arange(100) < few)
        assert duplicates._one_label(lesser, found)["tells"] is None
        assert duplicates._one_label(found, lesser)["tells"] is None
