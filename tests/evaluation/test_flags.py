"""Flags of a training against networks whose state is known."""

import numpy as np
import pytest

from cnnatlas.evaluation import flags, markers
from cnnatlas.evaluation.scores import Scored

CLASSES = ["cat", "dog", "owl", "fox"]
BALANCED = np.arange(400) % 4


def predicting(predictions, labels=BALANCED):
    scores = np.eye(4, dtype=np.float32)[np.asarray(predictions)]
    return Scored(np.arange(len(labels)), np.asarray(labels), scores)


def right(share, labels=BALANCED):
    """Right for the first `share` of every class's images, else one class further."""
    order = np.arange(len(labels)) // 4 * 4 / len(labels)
    return predicting(np.where(order < share, labels, (labels + 1) % 4), labels)


def history(train_loss, validation_loss, train_accuracy):
    rows = zip(train_loss, validation_loss, np.broadcast_to(train_accuracy, len(train_loss)), strict=True)
    return [{"train_loss": str(t), "validation_loss": str(v), "train_accuracy": str(a)} for t, v, a in rows]


FLAT = history([1.0] * 10, [1.0] * 10, 0.8)


def named(splits, rows=FLAT, classes=CLASSES):
    return [each["flag"] for each in flags.of(splits, classes, rows)]


def splits(train, held_out, **more):
    return {"train": right(train), "validation": right(held_out)} | more


def test_a_network_that_no_longer_improves_has_no_flag():
    assert named(splits(0.8, 0.7)) == []


def test_a_network_closer_to_guessing_than_to_all_its_training_images_is_undertrained():
    found = flags.of(splits(0.5, 0.5), CLASSES, history([1.0] * 10, [1.0] * 10, 0.4))
    reason = "its training accuracy reached 50.0 %, closer to guessing (25.0 %) than to 100 %"
    assert found == [{"flag": "undertrained", "sentence": f"Undertrained: {reason}."}]
    assert named(splits(0.65, 0.5), history([1.0] * 10, [1.0] * 10, 0.4)) == []


def test_augmentation_that_lowers_the_running_accuracy_does_not_make_a_network_undertrained():
    assert named(splits(0.99, 0.8), history([1.5, 1.2, 1.0], [0.9, 0.8, 0.7], 0.4)) == []


def test_a_subset_that_was_memorised_is_fitted_though_the_whole_training_split_is_not():
    assert named(splits(0.3, 0.35), history([0.5, 0.2, 0.1], [2.0, 1.9, 1.8], [0.5, 0.99, 0.9])) == []


FALLING = [2.0, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1]


def test_losses_that_still_fall_are_an_undertrained_network():
    found = flags.of(splits(0.8, 0.7), CLASSES, history(FALLING, FALLING, 0.8))
    assert [each["flag"] for each in found] == ["undertrained"]
    # means of 1.2 and 1.1 against 1.4 and 1.3
    assert "in the last 2 epochs of 10 its training loss still fell by 14.8 %" in found[0]["sentence"]


def test_one_epoch_whose_validation_loss_jumps_does_not_hide_that_it_falls():
    assert named(splits(0.8, 0.7), history(FALLING, [*FALLING[:-1], 3.0], 0.8)) == ["undertrained"]


@pytest.mark.parametrize(
    ("train", "validation", "accuracy"),
    [
        (FALLING, [1.0] * 10, 0.8),  # validation no longer gains
        (FALLING, FALLING[::-1], 0.8),  # it overfits
        ([*[1.0] * 8, 0.96, 0.96], FALLING, 0.8),  # the training loss falls by 4 %, less than the rule's 5 %
        (FALLING, FALLING, 0.91),  # the training images are fitted
        (FALLING, [*FALLING[2:], 1.2, 1.3], 0.8),  # validation was best before the last fifth
    ],
)
def test_a_converged_or_overfitting_or_fitted_network_is_not_undertrained(train, validation, accuracy):
    assert named(splits(0.8, 0.7), history(train, validation, accuracy)) == []


def test_one_epoch_and_no_epoch_are_judged_by_training_accuracy_alone():
    assert named(splits(0.8, 0.7), history([1.0], [1.0], 0.7)) == []
    assert named(splits(0.3, 0.7), history([1.0], [1.0], 0.2)) == ["undertrained"]
    assert named(splits(0.3, 0.7), []) == ["undertrained"]


def test_guessing_is_at_chance_on_the_test_split_where_there_is_one():
    found = flags.of(splits(0.8, 0.7, test=right(0.26)), CLASSES, FLAT)
    assert [each["flag"] for each in found] == ["at chance"]
    assert "on test, 26.0 [21.9, 30.5] % of 400 images" in found[0]["sentence"]
    assert "the 25.0 % of random guessing" in found[0]["sentence"]
    assert named(splits(0.8, 0.26)) == ["at chance"]
    assert named(splits(0.8, 0.26, test=right(0.7))) == []


def test_worse_than_guessing_is_at_chance_and_an_interval_above_it_is_not():
    assert named(splits(0.8, 0.1)) == ["at chance"]
    assert named(splits(0.8, 0.3)) == []  # [25.7, 34.7]


def test_imbalanced_data_are_guessed_by_their_most_frequent_class():
    labels = np.repeat([0, 1, 2, 3], [240, 80, 40, 40])
    network = predicting(np.where(np.arange(400) % 10 < 6, labels, 1), labels)
    found = flags.of({"train": network, "validation": network}, CLASSES, FLAT)
    assert network.correct.mean() == pytest.approx(0.68, abs=0.01)
    assert found == []
    poorer = predicting(np.where(np.arange(400) % 10 < 5, labels, 1), labels)
    found = flags.of({"train": network, "validation": poorer}, CLASSES, FLAT)
    assert "the 60.0 % of always answering “cat”" in found[0]["sentence"]


def test_one_class_for_over_seventy_per_cent_is_collapsed_and_named():
    one = predicting(np.where(np.arange(400) < 290, 2, BALANCED))
    found = flags.of(splits(0.8, 0.7) | {"validation": one}, CLASSES, FLAT)
    assert found[0]["flag"] == "collapsed"
    assert "79.5 % of its predictions on validation are “owl”, which 25.0 % of the images are." in found[0]["sentence"]
    less = predicting(np.where(np.arange(400) < 240, 2, BALANCED))  # exactly 70 %
    assert "collapsed" not in named(splits(0.8, 0.7) | {"validation": less})


def test_a_class_that_most_images_have_may_have_most_predictions():
    labels = np.repeat([0, 1, 2, 3], [300, 40, 30, 30])
    perfect = predicting(labels, labels)
    assert named({"train": perfect, "validation": perfect}) == []
    constant = predicting(np.zeros(400, np.int64), labels)
    assert named({"train": perfect, "validation": constant}) == ["at chance", "collapsed"]


def test_a_network_that_predicts_fewer_than_half_of_the_classes_that_occur_is_narrow():
    labels, names = np.arange(500) % 5, [*CLASSES, "elk"]
    two, three = (predicting_five(np.where(labels < n, labels, labels % n), labels) for n in (2, 3))
    found = flags.of({"train": two, "validation": two}, names, FLAT)
    assert [each["flag"] for each in found] == ["narrow"]
    assert found[0]["sentence"] == "Narrow: it predicts only 2 of the 5 classes that occur in validation."
    assert named({"train": three, "validation": three}, classes=names) == []
    assert named({"train": two, "validation": three, "test": two}, classes=names) == ["narrow"]


def test_classes_that_do_not_occur_need_no_prediction():
    labels = np.arange(400) % 2
    perfect = predicting_five(labels, labels)
    assert named({"train": perfect, "validation": perfect}, classes=[*CLASSES, "elk"]) == []


def predicting_five(predictions, labels):
    scores = np.eye(5, dtype=np.float32)[np.asarray(predictions)]
    return Scored(np.arange(len(labels)), np.asarray(labels), scores)


def test_flags_are_in_the_order_of_their_markers_and_a_collapsed_network_is_not_narrow_too():
    constant = predicting(np.zeros(400, np.int64))
    assert named({"train": constant, "validation": constant}, []) == [f for f in markers.MARKERS if f != "narrow"]


def test_the_definitions_name_every_flag_with_its_marker_and_threshold():
    text = flags.definitions()
    for word in (*markers.MARKERS, *markers.MARKERS.values(), "90 %", "5 %", "70 %", "20 points", "50 %"):
        assert word in text
    assert "the share that the class most frequent in training has of the images judged" in text
