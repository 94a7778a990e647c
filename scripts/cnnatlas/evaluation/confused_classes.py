"""Which classes a network confuses most often on validation (D2.3)."""

from collections.abc import Mapping

import numpy as np

from cnnatlas.evaluation.confusion import counts
from cnnatlas.evaluation.flags import COLLAPSED, EXCESS
from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import counted, decimal, listing, percent

SHOWN = 3  # pairs
DRAWS = 999  # of errors spread at random over all pairs


def describe(variants: Mapping[str, Variant]) -> dict[str, dict]:
    """By variant, its most confused pairs of classes, in either direction, and a sentence on them.

    `pairs` are [{classes, errors, share}], the most frequent first and at most SHOWN: mean number of errors over seeds,
    and their share of all errors.
    """
    found = {name: _pairs(variant) for name, variant in variants.items()}
    return {name: {"pairs": found[name], "sentence": _sentence(variants[name], found[name])} for name in variants}


def _pairs(variant: Variant) -> list[dict]:
    matrix = _mean_confusion(variant)
    errors = matrix - np.diag(np.diag(matrix))
    both = np.triu(errors + errors.T)
    rows, columns = np.unravel_index(np.argsort(-both, axis=None, kind="stable")[:SHOWN], both.shape)
    return [
        {
            "classes": [variant.classes[row], variant.classes[column]],
            "errors": float(both[row, column]),
            "share": float(both[row, column] / errors.sum()),
        }
        for row, column in zip(rows, columns, strict=True)
        if both[row, column] > 0
    ]


def _mean_confusion(variant: Variant) -> np.ndarray:
    """The confusion matrix on validation, its counts averaged over seeds."""
    splits = [run.splits["validation"] for run in variant.runs.values()]
    return np.mean([counts(s.labels, s.predictions, len(variant.classes)) for s in splits], axis=0)


def _sentence(variant: Variant, pairs: list[dict]) -> str:
    if not pairs:
        return f"“{variant.title}” makes no error on validation."
    matrix = _mean_confusion(variant)
    frequent = int(matrix.sum(axis=0).argmax())
    share, rightful = (float(matrix.sum(axis=axis)[frequent] / matrix.sum()) for axis in (0, 1))
    if share > COLLAPSED and share - rightful > EXCESS:
        return (
            f"“{variant.title}” predicts {variant.classes[frequent]} for {percent(share)} of the "
            "validation images, so its errors say nothing about which classes are similar."
        )
    named = [f"{' and '.join(pair['classes'])} ({_number(pair['errors'])})" for pair in pairs]
    possible = len(variant.classes) * (len(variant.classes) - 1) // 2
    errors = max(1, round(float(matrix.sum() - np.trace(matrix))))  # a mean over seeds, which may be below one half
    by_chance = _by_chance(errors, possible, len(pairs))
    even = (
        f": {percent(sum(pair['share'] for pair in pairs))} of its errors in {len(pairs)} of "
        f"{counted(possible, 'pair')} of classes; of as many errors spread at random over the pairs, the most frequent "
        f"would hold {percent(by_chance)} on average"
    )
    return (
        f"On validation “{variant.title}” confuses most often {listing(named)}, the errors in either direction in "
        f"brackets{even if possible > 1 else ''}."
    )


def _by_chance(errors: int, possible: int, shown: int) -> float:
    """Mean share of the `shown` most frequent of `possible` pairs, where each error is in any of them alike."""
    drawn = np.random.default_rng(0).multinomial(errors, np.full(possible, 1 / possible), DRAWS)
    return float(np.sort(drawn, axis=1)[:, -shown:].sum(axis=1).mean() / errors)


def _number(errors: float) -> str:
    return decimal(errors, 0 if errors == int(errors) else 1)
