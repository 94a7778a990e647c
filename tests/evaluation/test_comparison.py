import re
from itertools import pairwise

import numpy as np
import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import comparison, gains, metrics
from cnnatlas.evaluation.scores import Scored
from cnnatlas.evaluation.study import Run, Variant
from study_results import claims, told

CLASSES = ["cat", "dog", "owl"]
LABELS = np.arange(300) % 3
SPEC = {"epochs": 3, "batch_size": 30, "train_images": None, "resolution": None, "progressive": 1.0, "base": None,
        "start": None}  # fmt: skip


def scored(accuracy, seed, indices=None):
    """Scores that are right with probability `accuracy`, else for the next class."""
    rng = np.random.default_rng(seed)
    predictions = np.where(rng.random(300) < accuracy, LABELS, (LABELS + 1) % 3)
    scores = np.full((300, 3), 0.1, np.float32)
    scores[np.arange(300), predictions] = 0.8
    return Scored(np.arange(300) if indices is None else indices, LABELS, scores)


def variant(name, accuracy, seeds=(0,), splits=("train", "validation"), dataset="stl10", size=100, **curve):
    runs = {}
    for seed in seeds:
        parts = {
            split: scored(accuracy, 1000 * seed + round(accuracy * 100) + 10_000 * k) for k, split in enumerate(splits)
        }
        training = {"spec": SPEC | {"dataset": dataset}, "epochs": 3, "best_epoch": 2}
        flags = curve.get("flags", {}).get(seed, [])
        runs[seed] = Run(
            metrics.evaluate(parts), training, curve.get("curve", [0.2, accuracy, 0.3]), parts, [], flags=flags
        )
    return Variant(name, name.title(), {"parameters": size, "multiply_adds": 10 * size}, CLASSES, runs, 96)


def compared(*variants):
    return comparison.compare({v.name: v for v in variants}, [[v.name, w.name] for v, w in pairwise(variants)], {})


def test_one_seed_has_wilsons_interval_and_several_students():
    one = comparison.accuracy(variant("a", 0.7), "validation")
    assert (one["interval"], [one["low"], one["high"]]) == (
        "Wilson",
        list(metrics.wilson(round(one["mean"] * 300), 300)),
    )
    several = comparison.accuracy(variant("a", 0.7, seeds=range(4)), "validation")
    assert several["interval"] == "t"
    assert several["mean"] == pytest.approx(np.mean(several["seeds"]))
    assert several["low"] < several["mean"] < several["high"]


def test_the_highest_validation_accuracy_is_that_of_any_epoch_or_of_the_weights_kept():
    curved = variant("a", 0.7, seeds=(0, 1), curve=[0.2, 0.9, 0.3])
    assert comparison.summary(curved)["highest_validation"] == pytest.approx(0.9)
    diverged = variant("a", 0.7, curve=[])  # in its first epoch
    assert comparison.summary(diverged)["highest_validation"] == diverged.runs[0].metrics["validation"]["accuracy"]


def test_intervals_stay_between_zero_and_one():
    nearly = comparison.accuracy(variant("a", 0.995, seeds=(0, 1)), "validation")
    assert 0 <= nearly["low"] <= nearly["high"] <= 1
    apart = variant("a", 0.9, seeds=(0, 1))
    for run, share in zip(apart.runs.values(), (0.0, 1.0), strict=True):
        run.metrics["validation"]["accuracy"] = share
    widest = comparison.accuracy(apart, "validation")
    assert (widest["low"], widest["high"]) == (0, 1)


def test_the_mean_loss_is_unknown_where_a_network_has_none():
    diverged = variant("a", 0.7, seeds=(0, 1))
    diverged.runs[1].metrics["validation"]["loss"] = None  # as of scores that are not finite
    assert comparison.accuracy(diverged, "validation")["loss"] is None
    losses = [run.metrics["train"]["loss"] for run in diverged.runs.values()]
    assert comparison.accuracy(diverged, "train")["loss"] == pytest.approx(np.mean(losses))


def test_table_rows_have_every_column_and_leave_absent_splits_empty():
    row = comparison.row(compared(variant("a", 0.7, seeds=(0, 1)))["variants"][0])
    assert tuple(row) == comparison.COLUMNS
    assert (row["parameters"], row["seeds"], row["epochs"], row["interval"]) == (100, 2, 3.0, "t")
    assert row["test_accuracy"] is None
    assert row["validation_mirrored"] is None


def test_flags_of_the_trainings_are_in_the_entry_and_in_the_table():
    flagged = {1: [{"flag": "collapsed", "sentence": "Collapsed: all are owls."}]}
    entry = compared(variant("a", 0.7, seeds=(0, 1), flags=flagged))["variants"][0]
    assert entry["flags"] == [
        {"flag": "collapsed", "sentence": "Collapsed with 1 of 2 seeds; with seed 1, all are owls.", "seeds": 1}
    ]
    assert comparison.row(entry)["flags"] == "collapsed"
    assert comparison.row(compared(variant("a", 0.7))["variants"][0])["flags"] == ""


@pytest.mark.parametrize("seeds", [1, 5])
def test_without_six_seeds_there_is_no_verdict(seeds):
    result = compared(variant("a", 0.5, range(seeds)), variant("b", 0.8, range(seeds)))
    found = result["pairs"][0]["splits"]["validation"]
    assert (found["p"], found["verdict"]) == (None, None)
    of_a, of_b = (f"{100 * found[f'accuracy_{side}']:.1f} %" for side in "ab")
    change = f"“B” {of_b} on validation, “A” {of_a}: +{100 * found['difference']:.1f} points ["
    assert told(result, "a", "b")[0].startswith(change)
    assert not any(word in text for text in told(result, "a", "b") for word in ("established", "above", "below"))


@pytest.mark.parametrize(("a", "b", "verdict", "sign"), [(0.5, 0.8, "higher", "+"), (0.8, 0.5, "lower", "−")])
def test_six_seeds_give_a_verdict(a, b, verdict, sign):
    result = compared(variant("a", a, seeds=range(6)), variant("b", b, seeds=range(6)))
    found = result["pairs"][0]["splits"]["validation"]
    assert (found["p"], found["verdict"]) == (1 / 32, verdict)
    assert all(re.search(rf"[{sign}]\d+\.\d points \[[^]]+\], established", text) for text in told(result, "a", "b"))


def test_a_difference_that_is_not_established_is_said_to_be_so():
    result = compared(variant("a", 0.70, seeds=range(6)), variant("b", 0.71, seeds=range(6)))
    assert result["pairs"][0]["splits"]["validation"]["verdict"] is None
    assert all("], not established" in text for text in told(result, "a", "b"))


def test_test_split_is_compared_where_both_have_one():
    both = [
        variant(name, accuracy, splits=("train", "validation", "test")) for name, accuracy in (("a", 0.5), ("b", 0.9))
    ]
    result = compared(*both)
    assert list(result["pairs"][0]["splits"]) == ["validation", "test"]
    assert re.match(r"“B” [89]\d\.\d % on test, “A” [45]\d\.\d %: \+", told(result, "a", "b")[0])
    assert list(compared(both[0], variant("c", 0.6))["pairs"][0]["splits"]) == ["validation"]


def test_all_pairs_on_all_splits_are_one_family():
    splits = ("train", "validation", "test")
    variants = [variant(n, a, seeds=range(6), splits=splits) for n, a in (("a", 0.4), ("b", 0.6), ("c", 0.9))]
    shorter = variant("d", 0.95, seeds=range(6))  # has no test split
    few = variant("e", 0.95, seeds=range(2))  # is not tested
    pairs = compared(*variants, shorter, few)["pairs"]
    assert {found["comparisons"] for pair in pairs for found in pair["splits"].values()} == {5}
    assert [found["p"] for pair in pairs[:2] for found in pair["splits"].values()] == pytest.approx([1 / 32] * 4)
    assert pairs[3]["splits"]["validation"]["p"] is None


def flagged(flag, seeds):
    """The flags of a variant's trainings with these seeds."""
    return {seed: [{"flag": flag, "sentence": f"{flag.capitalize()}: as it is."}] for seed in seeds}


@pytest.mark.parametrize("flag", ["at chance", "collapsed"])
@pytest.mark.parametrize("which", ["a", "b"])
def test_a_comparison_with_a_network_at_chance_or_collapsed_is_void(flag, which):
    flags = {which: flagged(flag, range(3))}  # half of its seeds
    variants = [
        variant(name, share, seeds=range(6), flags=flags.get(name, {})) for name, share in (("a", 0.5), ("b", 0.8))
    ]
    result = compared(*variants)
    pair = result["pairs"][0]
    said = (
        "The comparison of “A” (51.8 %) and “B” (79.9 %), accuracies on validation, is void. "
        f"“{which.upper()}” is {flag} with 3 of 6 seeds; with seed 0, as it is."
    )
    assert pair["void"] == pair["gains_sentence"] == said
    assert pair["splits"]["validation"]["verdict"] is None
    assert all("void" in text and "points" not in text for text in told(result, "a", "b"))


def test_classes_have_no_verdict_where_validation_chose_a_side():
    a, b, worse = (variant(name, share, seeds=range(6)) for name, share in (("a", 0.5), ("t_1", 0.8), ("t_2", 0.4)))
    named = {v.name: v for v in (a, b, worse)}
    result = comparison.compare(named, [["a", "t_1"], ["a", "best(t)"]], {"t": ["t_1", "t_2"]})
    verdicts = [[row["verdict"] for row in result["gains"] if row["b"] == side] for side in ("t_1", "best(t)")]
    assert "higher" in verdicts[0] and set(verdicts[1]) == {None}


def test_flags_stand_beside_titles_and_a_void_comparison_keeps_its_unequal_budgets():
    result = compared(variant("a", 0.5, flags=flagged("undertrained", [0])), variant("b", 0.8))
    assert re.match(r"“B” \S+ % on validation, “A” \S+ % †: \+", told(result, "a", "b")[0])
    a, b = variant("a", 0.5, flags=flagged("at chance", [0])), variant("b", 0.8)
    b.runs[0].training["spec"].update(epochs=60)
    pair = compared(a, b)["pairs"][0]
    assert pair["void"] and pair["unequal"] == ["60 against 3 epochs"]


@pytest.mark.parametrize("flags", [flagged("undertrained", range(6)), flagged("collapsed", range(2))])
def test_an_undertrained_network_and_few_seeds_of_many_are_compared(flags):
    result = compared(variant("a", 0.5, seeds=range(6), flags=flags), variant("b", 0.8, seeds=range(6)))
    assert result["pairs"][0]["void"] is None
    assert all("], established" in text for text in told(result, "a", "b"))


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, []),
        ({"epochs": 60}, ["60 against 3 epochs"]),
        ({"train_images": 64}, ["64 against 300 training images"]),
        ({"resolution": 96}, []),  # as prepared
        ({"resolution": 16}, ["16 against 96 pixels per side"]),
        ({"progressive": 0.5}, ["images that start at 50 % against 100 % of their side"]),
        ({"batch_size": 15}, []),  # twice as many updates, not more
        ({"batch_size": 100}, ["9 against 30 updates"]),
        ({"epochs": 6, "batch_size": 7}, ["6 against 3 epochs", "258 against 30 updates"]),
        ({"epochs": 60, "batch_size": 15}, ["60 against 3 epochs", "1,200 against 30 updates"]),
        ({"start": "c"}, ["“B” starts from the weights of `c`"]),
        ({"base": "vgg16"}, ["“B” builds on the weights of `vgg16`"]),
    ],
)
def test_unequal_budgets_are_said_beside_the_difference(changed, words):
    a, b = variant("a", 0.5), variant("b", 0.8)
    b.runs[0].training["spec"].update(changed)
    result = compared(a, b)
    assert result["pairs"][0]["unequal"] == words
    amounts = [word for word in words if " the weights of " not in word]  # which a table alone says
    assert all(("unequal budgets" in text) == bool(amounts) for text in told(result, "a", "b"))
    detail = claims(result).budgets("s", "b", "a")
    assert detail == (f"unequal budgets: {', '.join(amounts)}" if amounts else "")


def test_epochs_of_a_warm_start_come_after_those_that_it_continues():
    frozen, tuned = variant("frozen", 0.5), variant("tuned", 0.8)
    tuned.runs[0].training["spec"].update(start="frozen", epochs=1)
    starts = "“Tuned” starts from the weights of “Frozen”"
    words = [compared(*pair)["pairs"][0]["unequal"] for pair in ((frozen, tuned), (tuned, frozen))]
    assert words == [
        ["1 more epoch after epoch 2 of the other's 3", starts],
        ["3 epochs against 2 of them and 1 more", starts],
    ]
    tuned.spec.update(epochs=3)  # as many, but in all more
    assert compared(frozen, tuned)["pairs"][0]["unequal"][0] == "3 more epochs after epoch 2 of the other's 3"


def test_pairs_are_of_common_seeds_only():
    pair = compared(variant("a", 0.5, seeds=(0, 1, 2)), variant("b", 0.8, seeds=(1, 2, 3)))["pairs"][0]
    assert pair["splits"]["validation"]["seeds"] == 2


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (variant("b", 0.8, seeds=(7,)), "`a` and `b` are compared but share no seed"),
        (
            variant("b", 0.8, dataset="cifar10"),
            r"`a` \(stl10\) and `b` \(cifar10\) .* different images; remove them",
        ),
    ],
)
def test_pairs_that_cannot_be_compared_are_named(other, message):
    with pytest.raises(AtlasError, match=message):
        compared(variant("a", 0.5), other)


def test_convergence_and_cost_are_said():
    a, b = variant("a", 0.6, curve=[0.1, 0.3, 0.5]), variant("b", 0.8, curve=[0.5, 0.7, 0.8], size=50)
    result, turned = compared(a, b), compared(b, a)
    assert [result["pairs"][0][f"epochs_to_{what}"] for what in ("match", "best_a")] == [1, 3]
    assert turned["pairs"][0]["epochs_to_match"] is None
    assert "it reaches in epoch 1 of 3, that network in epoch 3 of 3" in claims(result).matched("s", "a", "b")
    assert claims(turned).matched("s", "b", "a").endswith("it does not reach")
    assert claims(result).times("s", "b", "a") == "0.50 times the parameters and 0.50 times the multiply-adds"
    b.spec["start"] = "a"  # its epochs come after those of a: neither is faster
    assert claims(compared(a, b)).matched("s", "a", "b") == ""


def test_ranking_is_by_validation_within_a_data_set():
    ranking = compared(variant("a", 0.5), variant("b", 0.8))["ranking"]
    assert [(r["dataset"], r["variant"]) for r in ranking] == [("stl10", "b")]
    assert compared(variant("a", 0.5))["ranking"] == []


def test_study_without_pairs_has_empty_tables():
    result = compared(variant("a", 0.5))
    assert (result["pairs"], result["gains"], result["confusions"]) == ([], [], [])


def hits(*rows):
    return np.array(rows, dtype=bool)


def cat_gains(seeds):
    """Hits of two networks: the second recognises more cats and fewer dogs, with all seeds."""
    labels = np.repeat([0, 1], 40)
    a = hits(*[[False] * 40 + [True] * 40] * seeds)
    b = hits(*[[True] * 30 + [False] * 10 + [True] * 20 + [False] * 20] * seeds)
    return gains.class_gains(a, b, labels, CLASSES)


def test_gains_are_differences_of_recall_largest_first():
    rows = cat_gains(1)
    assert [(row["class"], row["gain"]) for row in rows] == [("cat", 0.75), ("dog", -0.5)]
    assert rows[0]["low"] > 0 > rows[1]["high"]
    assert [(row["p"], row["verdict"]) for row in rows] == [(None, None)] * 2
    said = gains.sentence(rows, "“A”", "“B”")
    assert said.startswith(
        "Of 2 classes, the recall of “B” in this run is higher for 1 (cat 75.0) and lower for 1 (dog −50.0) than that "
        "of “A”;"
    )
    assert said.endswith("without a verdict.")


def test_gains_of_six_seeds_are_tested_over_the_classes():
    rows = cat_gains(6)
    assert [(row["p"], row["verdict"]) for row in rows] == [(1 / 32, "higher"), (1 / 32, "lower")]
    assert gains.sentence(rows, "“A”", "“B”").startswith(
        "Of 2 classes, 1 gained (cat 75.0) and 1 lost (dog −50.0) in recall from “A” to “B”, tested"
    )


def test_one_image_proves_no_gain():
    rows = gains.class_gains(hits(*[[False]] * 6), hits(*[[True]] * 6), np.array([2]), CLASSES)
    assert (rows[0]["class"], rows[0]["gain"], rows[0]["verdict"]) == ("owl", 1, None)
    assert (
        gains.sentence(rows, "“A”", "“B”") == "No class has 5 evaluation images or more, so gains by class say nothing."
    )


def test_classes_of_few_images_are_not_told_and_the_others_counted():
    rows = [*cat_gains(1), dict(cat_gains(1)[0], **{"class": "owl", "images": 4, "gain": 1.0})]
    said = gains.sentence(rows, "“A”", "“B”")
    assert said.startswith("Of 2 classes of 5 images or more, the recall of “B” in this run is higher for 1 (cat")
    assert "owl" not in said


def test_confusions_that_changed_without_the_diagonal():
    labels = np.array([0, 0, 0, 1, 1])
    before, after = np.array([[1, 1, 0, 1, 1]]), np.array([[0, 0, 0, 1, 2]])
    rows = gains.confusion_changes(before, after, labels, CLASSES)
    assert [(row["class"], row["prediction"], row["change"]) for row in rows] == [("cat", "dog", -2), ("dog", "owl", 1)]


def test_counts_are_means_over_seeds():
    labels = np.array([0, 0])
    rows = gains.confusion_changes(np.array([[1, 1], [1, 0]]), np.array([[0, 0], [0, 0]]), labels, CLASSES)
    assert (rows[0]["count_a"], rows[0]["count_b"]) == (1.5, 0)
