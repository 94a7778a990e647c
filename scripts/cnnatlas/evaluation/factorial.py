"""Two factors, each off and on: the effect of each without and with the other, and whether the two are additive.

All effects are contrasts of the four cells' hits, image by image and seed by seed, so that their intervals come from
the same bootstrap as those of pairs. A main effect is the mean of a factor's two simple effects, the interaction their
difference (Montgomery, Design and Analysis of Experiments, on the 2 x 2 factorial). All are tested in one family with
the study's pairs.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np

from cnnatlas.evaluation import pairing
from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import capitalised, points

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
MARGIN = 0.01  # an interaction whose interval is within a point of 0 is small enough to call the effects additive


def analyse(factors: Sequence[str], cells: Mapping[str, Variant]) -> dict:
    """All effects of two `factors` on accuracy, from the variants of the four CELLS, on each held-out split.

    Returns `factors`, `cells` {cell: {variant, title}}, and `effects`: [{effect, splits: {split: what
    pairing.difference returns}}] in the order of CONTRASTS. Raises AtlasError where the cells share no seed or image.
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
            {"effect": name, "splits": {split: _effect(name, hits, seeds) for split, hits in stacks.items()}}
            for name in CONTRASTS
        ],
    }


def cells_of(name: str) -> list[str]:
    """The cells that an effect contrasts."""
    return [cell for cell, weight in zip(CELLS, CONTRASTS[name], strict=True) if weight]


def _effect(name: str, hits: np.ndarray, seeds: Sequence[int]) -> dict:
    """The contrast `name` of `hits` (4, seeds, images)."""
    weights = np.asarray(CONTRASTS[name], np.float32)
    return pairing.difference(np.tensordot(weights, hits, axes=1), seeds)


def describe(analysis: dict) -> None:
    """Add a `heading` and a `sentence` to each effect, after pairing.judge."""
    for effect in analysis["effects"]:
        effect["heading"] = _heading(effect["effect"], analysis["factors"])
        effect["sentence"] = _sentence(effect["effect"], analysis["factors"], effect["splits"])


def _sentence(name: str, factors: Sequence[str], splits: Mapping[str, dict]) -> str:
    words = _interaction if name == "interaction" else partial(_change, name)
    parts = [
        f"On {split}, {words(factors, found)}{points(found['difference'])} points ({pairing.interval(found)})."
        for split, found in splits.items()
    ]
    return " ".join(parts)


def _change(name: str, factors: Sequence[str], found: dict) -> str:
    which, kind = name.split("_")
    factor, other = factors if which == "first" else factors[::-1]
    setting = {"without": f"without {other}", "with": f"with {other}", "main": f"averaged over {other} off and on"}[
        kind
    ]
    if found["verdict"]:
        return f"{factor} {'raises' if found['verdict'] == 'higher' else 'lowers'} accuracy {setting}: "
    if found["p"] is None:
        return f"the accuracy with {factor} minus that without it, {setting}, is "
    return f"no effect of {factor} on accuracy {setting} is established: "


def _interaction(factors: Sequence[str], found: dict) -> str:
    both = f"{factors[0]} and {factors[1]}"
    if found["verdict"]:
        direction = "more" if found["verdict"] == "higher" else "less"
        return f"{both} together gain {direction} than the sum of their separate effects: "
    if found["p"] is None:
        return f"the gain of {both} together minus the sum of their separate effects is "
    if max(-found["low"], found["high"]) <= MARGIN:
        return f"the effects of {both} add up, within {points(MARGIN, 0)} point: "
    return f"no interaction of {both} is established: "


def _heading(effect: str, factors: Sequence[str]) -> str:
    """An effect's name in a table: "Dropout, with batch normalisation"."""
    if effect == "interaction":
        return "Interaction"
    which, kind = effect.split("_")
    factor, other = factors if which == "first" else factors[::-1]
    return capitalised(f"{factor}, on average" if kind == "main" else f"{factor}, {kind} {other}")
