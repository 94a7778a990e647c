from dataclasses import replace

import numpy as np
import pytest

from cnnatlas.evaluation import confused_classes
from cnnatlas.evaluation.scores import Scored
from cnnatlas.evaluation.study import Run, Variant

CLASSES = ["cat", "dog", "owl", "ant"]


def variant(*predictions):
    labels = np.array([0, 0, 1, 1, 2, 3])
    runs = {
        seed: Run({}, {}, [], {"validation": Scored(np.arange(6), labels, np.eye(4)[list(each)])}, [])
        for seed, each in enumerate(predictions)
    }
    return Variant("a", "A", {}, CLASSES, runs, 32)


def test_pairs_count_both_directions_and_the_most_frequent_come_first():
    found = confused_classes.describe({"a": variant([1, 1, 0, 1, 2, 2])})["a"]
    mixed, one_way = "cat and dog (3, 2 of them cat taken for dog)", "ant taken for owl (1)"
    assert found["pairs"] == [
        {"classes": ["cat", "dog"], "errors": 3.0, "share": 0.75, "named": mixed},
        {"classes": ["owl", "ant"], "errors": 1.0, "share": 0.25, "named": one_way},
    ]
    assert f"confuses most often {mixed} and {one_way}" in found["sentence"]
    assert found["never"] == "ant is never predicted" and found["sentence"].endswith(" Ant is never predicted.")
    assert (
        "100.0 % of its errors, both ways, in 2 of 6 pairs of classes; of errors spread at random" in found["sentence"]
    )


def test_the_most_frequent_of_pairs_filled_at_random_hold_more_than_their_number():
    """Of 45 pairs that are alike, the three most frequent hold an eighth of 247 errors, and not a fifteenth."""
    even = (1 - np.eye(10)) * 247 / 90
    found = confused_classes._by_chance(even, 3)
    assert found["mean"] == pytest.approx(0.125, abs=0.005) and 0.13 < found["most"] < 0.16


def test_a_network_that_predicts_two_classes_has_frequent_pairs_by_that_alone():
    errors = np.zeros((10, 10))
    errors[:, :2] = 13
    np.fill_diagonal(errors, 0)
    named = confused_classes._by_chance(errors, 3)["mean"]
    assert named == pytest.approx(
        np.sort((errors + errors.T)[np.triu_indices(10, 1)])[-3:].sum() / errors.sum(), abs=0.05
    )
    assert named > 0.2


def test_pairs_as_frequent_as_the_last_one_shown_are_counted():
    found = confused_classes.describe({"a": variant([2, 3, 2, 3, 3, 3])})["a"]
    assert found["tied"] == " (2 more pairs as often as the last)" and found["tied"] in found["sentence"]


def test_where_the_words_have_a_direction_the_number_is_that_directions():
    assert confused_classes._named("cat", "monkey", 7.0, 122.0) == "monkey taken for cat (122; 7 the other way)"
    assert confused_classes._named("cat", "dog", 12.5, 0.5) == "cat taken for dog (12.5; 0.5 the other way)"


def test_counts_are_means_over_seeds():
    found = confused_classes.describe({"a": variant([1, 0, 1, 1, 2, 3], [0, 0, 1, 1, 2, 3])})["a"]
    assert found["pairs"] == [
        {"classes": ["cat", "dog"], "errors": 0.5, "share": 1.0, "named": "cat taken for dog (0.5)"}
    ]
    assert (
        found["chance"] == {"mean": 1, "most": 1}
        and "cat taken for dog (0.5)" in found["sentence"]
        and "would hold 100.0 % on average" in found["sentence"]
    )


def test_a_network_without_errors_has_no_confused_classes():
    assert confused_classes.describe({"a": variant([0, 0, 1, 1, 2, 3])})["a"] == {
        "pairs": [], "chance": None, "tied": "", "never": "", "void": False,
        "sentence": "“A” makes no error on validation.",
    }  # fmt: skip


def test_errors_of_a_network_that_predicts_one_class_are_not_read_as_similar_classes():
    found = confused_classes.describe({"a": variant([0, 0, 0, 0, 0, 3])})["a"]
    assert found["sentence"].startswith(
        "“A” predicts cat for 83.3 % of the validation images, so its errors say nothing"
    )
    assert found["sentence"].endswith(" Dog and owl are never predicted.") and found["void"] and not found["pairs"]


def test_errors_of_a_network_at_chance_are_not_read_as_similar_classes():
    guessing = variant([1, 1, 0, 1, 2, 2], [1, 1, 0, 1, 2, 2])
    runs = {seed: replace(run, flags=[{"flag": "at chance", "sentence": "At chance: so."}]) for seed, run in
            guessing.runs.items()}  # fmt: skip
    found = confused_classes.describe({"a": replace(guessing, runs=runs)})["a"]
    assert found["sentence"].startswith("“A” is at chance, so its errors say nothing about which classes are similar.")
    assert found["void"] and not found["pairs"]
    one = {0: runs[0], 1: guessing.runs[1], 2: guessing.runs[1]}
    assert confused_classes.describe({"a": replace(guessing, runs=one)})["a"]["pairs"]


def test_a_class_that_is_predicted_as_often_as_it_is_there_is_no_collapse():
    labels = np.repeat([0, 1, 2, 3], [80, 10, 5, 5])
    predictions = np.where(np.arange(100) % 25 == 24, (labels + 1) % 4, labels)
    scores = {"validation": Scored(np.arange(100), labels, np.eye(4)[predictions])}
    found = confused_classes.describe({"a": Variant("a", "A", {}, CLASSES, {0: Run({}, {}, [], scores, [])}, 32)})["a"]
    assert "confuses most often" in found["sentence"]


def test_two_classes_have_one_pair_and_nothing_to_spread_over():
    labels = np.array([0, 0, 1, 1])
    scores = {"validation": Scored(np.arange(4), labels, np.eye(2)[[0, 1, 1, 0]])}
    run = Run({}, {}, [], scores, [])
    sentence = confused_classes.describe({"a": Variant("a", "A", {}, CLASSES[:2], {0: run}, 32)})["a"]["sentence"]
    named = "cat and dog (2, 1 of them cat taken for dog)"
    assert sentence.endswith(f"confuses most often {named}, the number of errors in brackets.")
    assert confused_classes.describe({"a": Variant("a", "A", {}, CLASSES[:2], {0: run}, 32)})["a"]["chance"] is None


def test_many_classes_are_counted_and_not_named():
    labels = np.arange(8)
    scores = {"validation": Scored(labels, labels, np.eye(8)[[0, 0, 0, 0, 1, 1, 1, 1]])}
    found = confused_classes.describe(
        {"a": Variant("a", "A", {}, list("abcdefgh"), {0: Run({}, {}, [], scores, [])}, 32)}
    )
    assert found["a"]["never"] == "6 of the 8 classes are never predicted"
