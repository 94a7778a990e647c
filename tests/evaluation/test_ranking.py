import re

import pytest
from test_comparison import variant

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import comparison, fitting, ranking
from study_results import claims, told


def entry(name, validation, test=None, diverged=0, flags=()):
    def value(mean):
        return {"mean": mean, "low": mean - 0.01, "high": mean + 0.01}

    accuracy = {"validation": value(validation)} | ({"test": value(test)} if test is not None else {})
    return {"variant": name, "title": name.upper(), "accuracy": accuracy, "diverged": diverged, "seeds": 1,
            "flags": [{"flag": flag, "seeds": 1} for flag in flags]}  # fmt: skip


def test_best_is_chosen_on_validation_and_never_on_test():
    best = ranking.best([entry("a", 0.6, 0.9), entry("b", 0.7, 0.1), entry("c", 0.5, 0.99)])
    assert best["variant"] == "b"
    assert [(row["rank"], row["variant"]) for row in best["ranking"]] == [(1, "b"), (2, "a"), (3, "c")]
    turned = ranking.best([entry("a", 0.6, 0.0), entry("b", 0.7, 0.0), entry("c", 0.5, 0.0)])
    assert [row["variant"] for row in turned["ranking"]] == ["b", "a", "c"]


def test_of_equals_the_first_is_best():
    assert ranking.best([entry("a", 0.6), entry("b", 0.7), entry("c", 0.7)])["variant"] == "b"


def test_a_pair_may_name_the_best_of_a_group():
    variants = {v.name: v for v in (variant("base", 0.5), variant("t_1", 0.6), variant("t_2", 0.8))}
    result = comparison.compare(variants, [("base", "best(t)")], {"t": ["t_1", "t_2"]})
    assert result["best"]["t"]["variant"] == "t_2"
    pair = result["pairs"][0]
    assert (pair["a"], pair["b"], pair["selected"]) == ("base", "best(t)", ["b"])
    assert told(result, "base", "best(t)")[0].startswith("“T_2” 8")
    assert {row["b"] for row in result["gains"]} == {"best(t)"}


def test_a_selection_decides_nothing_in_its_own_favour_where_it_was_made():
    seeds, splits = range(8), ("train", "validation", "test")
    trials = [variant(name, accuracy, seeds, splits) for name, accuracy in (("t_1", 0.6), ("t_2", 0.8))]
    for base, on_validation in ((0.5, None), (0.95, "lower")):
        variants = {v.name: v for v in (variant("base", base, seeds, splits), *trials)}
        result = comparison.compare(variants, [("base", "best(t)")], {"t": ["t_1", "t_2"]})
        pair = result["pairs"][0]
        assert pair["splits"]["validation"]["verdict"] == on_validation
        assert pair["splits"]["test"]["verdict"] == ("higher" if base < 0.8 else "lower")
        on_test, _, *of_validation = told(result, "base", "best(t)")
        assert "], established" in on_test
        assert all(("established" in text) == (on_validation is not None) for text in of_validation)


def test_a_final_variant_is_compared_with_the_best_of_the_others():
    for best, sign in ((0.9, "−"), (0.6, "+")):
        variants = {v.name: v for v in (variant("base", 0.5), variant("plain", best), variant("final", 0.8))}
        result = comparison.compare(variants, [("best(others)", "final")], {"others": ["base", "plain"]})
        assert result["pairs"][0]["selected"] == ["a"]
        said = claims(result).against("s", "final", "best(others)")
        assert re.match(rf"“Final” .* on validation; against “Plain” \(.*\) [{sign}]\d+\.\d points \[.*\]", said)


def fitting_variant(*curves, accuracy=1.0):
    fitted = variant("one_batch", accuracy, seeds=range(len(curves)))
    for run, curve in zip(fitted.runs.values(), curves, strict=True):
        run.training_curve.extend(curve)
    return fitted


def test_fitting_counts_from_the_epoch_that_stays_at_one():
    fitted = fitting.fitted(fitting_variant([0.5, 1.0, 0.9, 1.0, 1.0]))
    assert fitted["images"] == 300
    assert "classifies all 300 training images correctly" in fitted["sentence"]
    assert fitted["sentence"].endswith("its training accuracy is 100 % from epoch 4 on.")
    assert "is 100 % from epoch 1 to 2, by seed, on." in fitting.fitted(fitting_variant([1.0], [0.5, 1.0]))["sentence"]
    assert fitting.fitted(fitting_variant([1.0, 0.99]))["sentence"].endswith("300 training images correctly.")


def test_a_study_fails_where_the_weights_that_must_fit_do_not_whatever_the_curve_was():
    variants = {"one_batch": fitting_variant([1.0], [1.0], accuracy=0.99)}
    with pytest.raises(AtlasError, match=r"`one_batch`, seed 0, .* classifies 98.0 % of them .* more `epochs`"):
        comparison.compare(variants, [], {}, None, ["one_batch"])


def test_a_training_that_diverged_at_once_is_compared_all_the_same():
    calm, wild = variant("calm", 0.6), variant("wild", 0.3, curve=[])
    wild.runs[0].training["diverged"] = 1
    result = comparison.compare({"calm": calm, "wild": wild}, [("calm", "wild"), ("wild", "calm")], {})
    assert [v["diverged"] for v in result["variants"]] == [0, 1]
    assert all(pair["epochs_to_match"] is None for pair in result["pairs"])
