"""Two factors, each off and on: the effect of each without and with the other, and whether the two are additive.

All effects are contrasts of the four cells' hits, image by image and seed by seed, so that their intervals come from
the same crossed bootstrap as those of pairs. A main effect is the mean of a factor's two simple effects, the
interaction their difference (Montgomery, Design and Analysis of Experiments, on the 2 x 2 factorial). These three are
tested, in one family with the study's pairs; simple effects follow from them and are judged by their intervals alone,
so that they do not reduce the power of the other tests.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation import pairing, statistics
from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import capitalised, counted, points

CELLS = ("neither", "first", "second", "both")
CONTRASTS = {  # weights of the cells, in their order
    "first_without": (-1, 1, 0, 0),
    "first_with": (0, 0, -1, 1),
    "second_without": (-1, 0, 1, 0),
    "second_with": (0, -1, 0, 1),
    "first_main": (-0.5, 0.5, -0.5, 0.5),
    "second_main": (-0.5, -0.5, 0.5, 0.5),
    "interaction": (1, -1, -1, 1),
}
TESTED = ("first_main", "second_main", "interaction")
MARGIN = 0.01  # an interaction whose interval is within a point of 0 is small enough to call the effects additive


def analyse(factors: Sequence[str], cells: Mapping[str, Variant]) -> dict:
    """All effects of two `factors` on accuracy, from the variants of the four CELLS, on each held-out split.

    Returns `factors`, `cells` {cell: {variant, title}}, and `effects`: [{effect, splits: {split: {difference, low,
    high, seeds, images, p}}}] in the order of CONTRASTS. Raises AtlasError where the cells share no seed or image.
    """
    variants = [cells[cell] for cell in CELLS]
    seeds = pairing.common_seeds(variants)
    stacks = {
        split: np.stack([pairing.hits(variant, split, seeds) for variant in variants]).astype(np.float32)
        for split in pairing.common_splits(variants)
    }
    return {
        "factors": list(factors),
        "cells": {cell: {"variant": cells[cell].name, "title": cells[cell].title} for cell in CELLS},
        "effects": [
            {"effect": name, "splits": {split: _effect(name, hits) for split, hits in stacks.items()}}
            for name in CONTRASTS
        ],
    }


def _effect(name: str, hits: np.ndarray) -> dict:
    """The contrast `name` of `hits` (4, seeds, images)."""
    weights = np.asarray(CONTRASTS[name], np.float32)
    effect = statistics.mean_difference(np.tensordot(weights, hits, axes=1))
    return effect if name in TESTED else effect | {"p": None}


def describe(analysis: dict) -> None:
    """Add a `heading` and a `sentence` to each effect, after the correction for multiple comparisons."""
    for effect in analysis["effects"]:
        effect["heading"] = _heading(effect["effect"], analysis["factors"])
        effect["sentence"] = _sentence(effect["effect"], analysis["factors"], effect["splits"])


def _sentence(name: str, factors: Sequence[str], splits: Mapping[str, dict]) -> str:
    parts = [
        f"On {split}, {_interaction(factors, d) if name == 'interaction' else _verdict(name, factors, d)}: "
        f"{points(d['difference'])} points (95 % interval {points(d['low'])} to {points(d['high'])}, "
        f"bootstrap over {_sample(d)})."
        for split, d in splits.items()
    ]
    if name not in TESTED and next(iter(splits.values()))["seeds"] >= statistics.SEEDS_NEEDED:
        return " ".join([*parts, "The main effects and the interaction are tested, not this simple effect."])
    return " ".join([*parts, pairing.claim(dict(splits))])


def _verdict(name: str, factors: Sequence[str], difference: dict) -> str:
    which, kind = name.split("_")
    factor, other = factors if which == "first" else factors[::-1]
    setting = {"without": f"without {other}", "with": f"with {other}", "main": f"averaged over {other} off and on"}[
        kind
    ]
    if difference["low"] > 0:
        return f"{factor} raises accuracy {setting}"
    if difference["high"] < 0:
        return f"{factor} lowers accuracy {setting}"
    return f"it remains open whether {factor} raises or lowers accuracy {setting}"


def _interaction(factors: Sequence[str], difference: dict) -> str:
    both = f"{factors[0]} and {factors[1]}"
    if difference["low"] > 0:
        return f"{both} together gain more than the sum of their separate effects"
    if difference["high"] < 0:
        return f"{both} together gain less than the sum of their separate effects"
    if max(-difference["low"], difference["high"]) <= MARGIN:
        return f"the effects of {both} add up, within {points(MARGIN, 0)} point"
    return f"it remains open whether {both} together gain more or less than the sum of their separate effects"


def _sample(difference: dict) -> str:
    images = counted(difference["images"], "image")
    return f"{images} and {difference['seeds']} seeds" if difference["seeds"] > 1 else images


def _heading(effect: str, factors: Sequence[str]) -> str:
    """An effect's name in a table: "Dropout, with batch normalisation"."""
    if effect == "interaction":
        return "Interaction"
    which, kind = effect.split("_")
    factor, other = factors if which == "first" else factors[::-1]
    return capitalised(f"{factor}, on average" if kind == "main" else f"{factor}, {kind} {other}")
