import dataclasses

import numpy as np
import pytest
from test_comparison import SPEC as DEFAULTS

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import comparison, factorial, metrics, pairing
from cnnatlas.evaluation.contrasts import CELLS
from cnnatlas.evaluation.scores import Scored
from cnnatlas.evaluation.study import Run, Variant
from study_results import claims

LABELS = np.arange(200) % 2
SPEC = DEFAULTS | {"dataset": "stl10"}
FACTORS = ["batch normalisation", "dropout"]


def network(name, hits, splits=("train", "validation")):
    """A variant with the given hits (seeds, images) on every split."""
    runs = {}
    for seed, row in enumerate(np.atleast_2d(hits)):
        right = np.where(row, LABELS, 1 - LABELS)
        parts = {split: Scored(np.arange(200), LABELS, np.eye(2, dtype=np.float32)[right]) for split in splits}
        training = {"spec": SPEC, "epochs": 3, "best_epoch": 2}
        runs[seed] = Run(metrics.evaluate(parts), training, [0.2], parts, [0.2])
    return Variant(name, name.title(), {"parameters": 1, "multiply_adds": 1}, ["cat", "dog"], runs, 96)


def cells(*accuracies, seeds=1, **more):
    """Four networks; the image of each draw is easy for all or hard for all, and seeds differ."""
    rng = np.random.default_rng(0)
    ease = rng.random((seeds, 200))
    return {name: network(name, ease < accuracy, **more) for name, accuracy in zip(CELLS, accuracies, strict=True)}


def effects(cells):
    analysis = factorial.analyse(FACTORS, cells)
    return {effect["effect"]: effect["splits"] for effect in analysis["effects"]}


def means(cells):
    return [comparison.accuracy(cells[name], "validation")["mean"] for name in CELLS]


def test_effects_by_hand():
    of = cells(0.4, 0.6, 0.5, 0.9, seeds=2)
    neither, first, second, both = means(of)
    by_hand = {
        "first_without": first - neither,
        "first_with": both - second,
        "second_without": second - neither,
        "second_with": both - first,
        "first_main": (first - neither + both - second) / 2,
        "second_main": (second - neither + both - first) / 2,
        "interaction": (both - second) - (first - neither),
    }
    found = {name: splits["validation"]["difference"] for name, splits in effects(of).items()}
    assert found == pytest.approx(by_hand, abs=1e-6)


def test_effects_are_the_coefficients_of_least_squares():
    of = cells(0.4, 0.6, 0.5, 0.9, seeds=2)
    rows = [(first, second, hit)
            for name, (first, second) in zip(CELLS, [(0, 0), (1, 0), (0, 1), (1, 1)], strict=True)
            for run in of[name].runs.values() for hit in run.splits["validation"].correct]  # fmt: skip
    first, second, hit = np.array(rows, dtype=float).T

    def coefficients(first, second):
        design = np.stack([np.ones_like(first), first, second, first * second], axis=1)
        return dict(zip(("one", "first", "second", "first:second"), np.linalg.lstsq(design, hit)[0], strict=True))

    treatment = coefficients(first, second)
    found = {name: splits["validation"]["difference"] for name, splits in effects(of).items()}
    assert found["first_without"] == pytest.approx(treatment["first"], abs=1e-6)
    assert found["second_without"] == pytest.approx(treatment["second"], abs=1e-6)
    assert found["interaction"] == pytest.approx(treatment["first:second"], abs=1e-6)
    centred = coefficients(first - 0.5, second - 0.5)
    assert found["first_main"] == pytest.approx(centred["first"], abs=1e-6)


def verdicts(cells):
    """The verdict on each effect, and what answers say of it."""
    factors = {"factors": FACTORS, "cells": {name: variant.name for name, variant in cells.items()}}
    result = comparison.compare({variant.name: variant for variant in cells.values()}, [], {}, factors)
    return {
        effect["effect"]: (effect["splits"]["validation"]["verdict"], claims(result).effects("s", effect["effect"]))
        for effect in result["factorial"]["effects"]
    }


def test_without_six_seeds_effects_are_given_without_a_verdict():
    found = verdicts(cells(0.4, 0.6, 0.3, 0.9, seeds=3))
    assert found["second_with"][1].startswith("on validation, dropout with batch normalisation +3")
    assert found["interaction"][1].startswith("on validation, interaction +")
    for verdict, text in found.values():
        assert verdict is None and text.endswith("]")
        assert not any(word in text for word in ("established", "above", "below"))


def test_verdicts_follow_the_test():
    found = verdicts(cells(0.4, 0.6, 0.3, 0.9, seeds=6))
    lower = {name for name, (verdict, _) in found.items() if verdict == "lower"}
    assert lower == {"second_without"} and {verdict for verdict, _ in found.values()} == {"lower", "higher"}
    assert all(text.endswith("], established") for _, text in found.values())
    assert "dropout without batch normalisation −" in found["second_without"][1]
    assert verdicts(cells(0.3, 0.7, 0.7, 0.8, seeds=6))["interaction"][0] == "lower"


def test_what_cannot_be_told_is_not_claimed():
    rng = np.random.default_rng(1)
    noise = {name: network(name, rng.random((6, 200)) < 0.5) for name in CELLS}
    for verdict, text in verdicts(noise).values():
        assert verdict is None and text.endswith("], not established")


def test_effects_are_one_family_with_the_pairs():
    of = cells(0.4, 0.6, 0.3, 0.9, seeds=6)
    factors = {"factors": FACTORS, "cells": {name: name for name in of}}
    result = comparison.compare({v.name: v for v in of.values()}, [("neither", "both")], {}, factors)
    compared = [*result["factorial"]["effects"], *result["pairs"]]
    assert {each["splits"]["validation"]["comparisons"] for each in compared} == {8}


def test_unequal_budgets_of_the_cells_are_said():
    of = cells(0.4, 0.6, 0.3, 0.9)
    of["first"].runs[0].training["spec"] = SPEC | {"epochs": 9}
    factors = {"factors": FACTORS, "cells": {name: name for name in of}}
    analysis = comparison.compare(of, [], {}, factors)["factorial"]
    assert analysis["unequal"] == ["The budgets of “First” and “Neither” are unequal: 9 against 3 epochs."]


def test_an_effect_is_void_by_the_cells_that_it_contrasts():
    of = cells(0.4, 0.6, 0.3, 0.9)
    of["second"].runs[0] = dataclasses.replace(of["second"].runs[0], flags=[{"flag": "at chance", "sentence": "So."}])
    factors = {"factors": FACTORS, "cells": {name: name for name in of}}
    analysis = comparison.compare(of, [], {}, factors)["factorial"]
    meant = [effect["effect"] for effect in analysis["effects"] if not effect["void"]]
    assert meant == ["first_without", "second_with"] and analysis["void"] is None
    of["first"].runs[0] = dataclasses.replace(of["first"].runs[0], flags=[{"flag": "collapsed", "sentence": "So."}])
    assert comparison.compare(of, [], {}, factors)["factorial"]["void"]


def test_both_splits_are_analysed_where_there_are_two():
    of = cells(0.4, 0.6, 0.3, 0.9, splits=("train", "validation", "test"))
    assert list(effects(of)["interaction"]) == ["validation", "test"]


def test_cells_must_share_a_seed():
    of = cells(0.4, 0.6, 0.3, 0.9, seeds=2)
    of["both"].runs.pop(0)
    of["first"].runs.pop(1)
    with pytest.raises(AtlasError, match="share no seed"):
        factorial.analyse(FACTORS, of)


def test_a_tie_over_seeds_is_a_tie_in_the_test():
    """Contrasts that are equal in every seed, up to their sign, allow no p but 2 / 2^(seeds - 1) and up."""
    rows = np.zeros((7, 300), np.float32)
    for seed, row in enumerate(rows):
        row[: 30 + seed] = 1  # sums of float32 would differ in their last bits between seeds and flips
    by_seed = list(pairing.difference(rows * np.float32(0.1), range(7))["by_seed"].values())
    assert by_seed == [(np.float32(0.1).astype(float) * (30 + seed)) / 300 for seed in range(7)]
