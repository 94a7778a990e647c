"""One design trained twice and more: what is said of differences that only images and seeds produce."""

import re

import numpy as np
import pytest

from cnnatlas.evaluation import comparison, factorial, statistics
from cnnatlas.evaluation.scores import Scored
from cnnatlas.evaluation.study import Run, Variant
from study_results import claims, told

CLASSES = [f"class {i}" for i in range(10)]
IMAGES = 200
REPETITIONS = 300
SPEC = {
    "dataset": "cifar10",
    "epochs": 3,
    "batch_size": 100,
    "train_images": None,
    "resolution": None,
    "progressive": 1.0,
    "base": None,
    "start": None,
}
FACTORS = {"factors": ["one", "other"], "cells": {cell: cell for cell in factorial.CELLS}}
PAIRS = [("neither", "first"), ("second", "both")]
LABELS = np.arange(IMAGES) % 10
CLAIM = re.compile(r"(?<!not )established|on \w+ (above|below)")
DECIDING = re.compile("established|above|below")  # of few seeds, not even that nothing is established
METRICS = {"accuracy": 0.5, "wilson": [0.4, 0.6], "n": IMAGES, "loss": 1.0}


def scored(ease, rng, better):
    """Scores of one training on images of the given `ease`; the training, its classes and each image deviate."""
    deviations = rng.normal(0, 0.1), rng.normal(0, 0.3, 10)[LABELS], rng.logistic(0, 1, IMAGES)
    right = ease + better + sum(deviations) > 0
    predictions = np.where(right, LABELS, (LABELS + 1) % 10)
    return Scored(np.arange(IMAGES), LABELS, np.eye(10, dtype=np.float32)[predictions])


def study(seeds, rng, better=0.0):
    """Four variants of one design, of which the last is better by `better` logits."""
    ease = {split: rng.normal(1, 2, IMAGES) for split in ("validation", "test")}
    variants = {}
    for name in factorial.CELLS:
        shift = better if name == "both" else 0.0
        runs = {
            seed: Run(dict.fromkeys(("train", *ease), METRICS), {"spec": SPEC, "epochs": 3, "best_epoch": 3}, [0.5],
                      {split: scored(each, rng, shift) for split, each in ease.items()}, [0.5])
            for seed in range(seeds)
        }  # fmt: skip
        variants[name] = Variant(name, name, {"parameters": 1, "multiply_adds": 1}, CLASSES, runs, 32)
    return comparison.compare(variants, PAIRS, {}, FACTORS)


def texts(result):
    """What answers say of all pairs and effects."""
    of_pairs = [text for pair in PAIRS for text in told(result, *pair)]
    of_pairs += [claims(result).stands("s", b, {a: "the other"}) for a, b in PAIRS]
    return [*of_pairs, *(claims(result).effects("s", name) for name in factorial.CONTRASTS)]


def verdicts(result, words=DECIDING):
    """Whether any pair on any split, any effect of the factorial, and any class of the first pair has a verdict.

    Also whether any text has such words.
    """
    differences = {"pairs": result["pairs"], "factorial": result["factorial"]["effects"]}
    return {
        **{
            kind: any(found["verdict"] for each in compared for found in each["splits"].values())
            for kind, compared in differences.items()
        },
        "gains": any(row["verdict"] for row in result["gains"] if (row["a"], row["b"]) == PAIRS[0]),
        "texts": any(map(words.search, texts(result))),
    }


@pytest.mark.slow
@pytest.mark.parametrize(("seeds", "most"), [(1, 0.0), (3, 0.0), (6, 0.05), (8, 0.05)])
def test_one_design_twice_gets_a_verdict_in_at_most_5_per_cent(seeds, most, monkeypatch):
    monkeypatch.setattr(statistics, "DRAWS", 100)
    rng = np.random.default_rng(seeds)
    found = [verdicts(study(seeds, rng), CLAIM if most else DECIDING) for _ in range(REPETITIONS)]
    for kind in found[0]:
        assert sum(each[kind] for each in found) <= most * REPETITIONS, kind


@pytest.mark.parametrize(("seeds", "decided"), [(1, False), (3, False), (5, False), (6, True), (8, True)])
def test_texts_speak_of_what_is_established_from_six_seeds_on(seeds, decided):
    for better in (0.0, 2.0):
        said = texts(study(seeds, np.random.default_rng(seeds), better))
        assert [bool(DECIDING.search(text)) for text in said] == [decided] * len(said)


def test_a_true_difference_gets_a_verdict_from_six_seeds_on():
    rng = np.random.default_rng(0)
    result = study(6, rng, better=2.0)
    assert [found["verdict"] for found in result["pairs"][1]["splits"].values()] == ["higher", "higher"]
    assert all("], established" in text for text in told(result, "second", "both"))
    assert not any(verdicts(study(5, rng, better=2.0)).values())
