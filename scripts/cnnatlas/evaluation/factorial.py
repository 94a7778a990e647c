"""Two factors, each off and on: the effect of each without and with the other, and whether the two are additive.

All effects are contrasts of the four cells' hits, image by image and seed by seed, so that their intervals come from
the same bootstrap as those of pairs. A main effect is the mean of a factor's two simple effects, the interaction their
difference (Montgomery, Design and Analysis of Experiments, on the 2 x 2 factorial). All are tested in one family with
the study's pairs.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation import pairing
from cnnatlas.evaluation.contrasts import CELLS, CONTRASTS
from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import capitalised


def analyse(factors: Sequence[str], cells: Mapping[str, Variant]) -> dict:
    """All effects of two `factors` on accuracy, from the variants of the four CELLS, on each held-out split.

    Returns `factors`, `cells` {cell: {variant, title}}, and `effects`: [{effect, heading, splits: {split: what
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
            {
                "effect": name,
                "heading": _heading(name, factors),
                "splits": {split: _effect(name, hits, seeds) for split, hits in stacks.items()},
            }
            for name in CONTRASTS
        ],
    }


def _effect(name: str, hits: np.ndarray, seeds: Sequence[int]) -> dict:
    """The contrast `name` of `hits` (4, seeds, images)."""
    weights = np.asarray(CONTRASTS[name], np.float32)
    return pairing.difference(np.tensordot(weights, hits, axes=1), seeds)


def _heading(effect: str, factors: Sequence[str]) -> str:
    """An effect's name in a table: "Dropout, with batch normalisation"."""
    if effect == "interaction":
        return "Interaction"
    which, kind = effect.split("_")
    factor, other = factors if which == "first" else factors[::-1]
    return capitalised(f"{factor}, on average" if kind == "main" else f"{factor}, {kind} {other}")
