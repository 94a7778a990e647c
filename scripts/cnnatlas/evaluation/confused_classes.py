"""Which classes a network confuses most often on validation (D2.3)."""

from collections.abc import Mapping

import numpy as np

from cnnatlas.evaluation.confusion import counts
from cnnatlas.evaluation.flags import COLLAPSED, EXCESS
from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import counted, decimal, listing, percent

SHOWN = 3  # pairs
NAMED = 5  # classes
ONE_WAY = 0.1  # share of a pair's errors up to which those of one direction only are told after those of the other
DRAWS = 999  # of errors spread at random over all pairs


def describe(variants: Mapping[str, Variant]) -> dict[str, dict]:
    """By variant, its most confused pairs of classes, in either direction, and a sentence on them.

    `pairs` are [{classes, errors, share, named}], the most frequent first and at most SHOWN: mean number of errors over
    seeds, their share of all errors, and words that say in which direction they go. `never`: the classes that no image
    of the split is taken for, in words; "" where there are none.
    """
    return {name: _described(variant) for name, variant in variants.items()}


def _described(variant: Variant) -> dict:
    pairs, predicted = _pairs(variant), _mean_confusion(variant).sum(axis=0)
    unpredicted = [name for name, images in zip(variant.classes, predicted, strict=True) if images == 0]
    many = counted(len(unpredicted), "class", "classes")
    never = "" if not unpredicted else listing(unpredicted) if len(unpredicted) <= NAMED else many
    further = f" It never predicts {never}." if pairs and never else ""
    return {"pairs": pairs, "never": never, "sentence": _sentence(variant, pairs) + further}


def _named(a: str, b: str, forth: float, back: float) -> str:
    """A confused pair and its errors: "deer taken for cat (145; 7 the other way)", "cat and dog (3, 2 of them ...)"."""
    few, many = sorted([forth, back])
    if few > ONE_WAY * (forth + back):
        return f"{a} and {b} ({_number(forth + back)}, {_number(forth)} of them {a} taken for {b})"
    reverse = f"; {_number(few)} the other way" if few else ""
    true, taken = (a, b) if forth > back else (b, a)
    return f"{true} taken for {taken} ({_number(many)}{reverse})"


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
            "named": _named(
                variant.classes[row], variant.classes[column], float(errors[row, column]), float(errors[column, row])
            ),
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
    possible = len(variant.classes) * (len(variant.classes) - 1) // 2
    errors = max(1, round(float(matrix.sum() - np.trace(matrix))))  # a mean over seeds, which may be below one half
    by_chance = _by_chance(errors, possible, len(pairs))
    even = (
        f": {percent(sum(pair['share'] for pair in pairs))} of its errors, both ways, in {len(pairs)} of "
        f"{counted(possible, 'pair')} of classes; of as many errors spread at random over the pairs, the most frequent "
        f"would hold {percent(by_chance)} on average"
    )
    return (
        f"On validation “{variant.title}” confuses most often {listing([pair['named'] for pair in pairs])}, the "
        f"number of errors in brackets{even if possible > 1 else ''}."
    )


def _by_chance(errors: int, possible: int, shown: int) -> float:
    """Mean share of the `shown` most frequent of `possible` pairs, where each error is in any of them alike."""
    drawn = np.random.default_rng(0).multinomial(errors, np.full(possible, 1 / possible), DRAWS)
    return float(np.sort(drawn, axis=1)[:, -shown:].sum(axis=1).mean() / errors)


def _number(errors: float) -> str:
    return decimal(errors, 0 if errors == int(errors) else 1)
