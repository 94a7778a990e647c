"""Which classes a network confuses most often on validation (D2.3)."""

from collections.abc import Mapping

import numpy as np

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.confusion import by_margins, counts
from cnnatlas.evaluation.flags import COLLAPSED, EXCESS
from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import capitalised, counted, decimal, listing, percent

SHOWN = 3  # pairs
NAMED = 5  # classes
ONE_WAY = 0.1  # share of a pair's errors up to which those of one direction only are told after those of the other
DRAWS = 999  # of errors spread at random
LEVEL = 0.05


def describe(variants: Mapping[str, Variant]) -> dict[str, dict]:
    """By variant, its most confused pairs of classes, in either direction, and a sentence on them.

    `pairs` are [{classes, errors, share, named}], the most frequent first and at most SHOWN: mean number of errors over
    seeds, their share of all errors, and words that say in which direction they go. `tied`: in words, how many more
    pairs have as many errors as the last of them. `chance`: the mean and the `most` (its 95th percentile) of the share
    that so many pairs hold of errors spread at random; None without pairs, or with one pair of classes. `never`: which
    classes no image of the split is taken for; `tied` and `never` are "" where there are none. A network at chance, or
    that predicts one class, has no pairs; `void` says so.
    """
    return {name: _described(variant) for name, variant in variants.items()}


def _described(variant: Variant) -> dict:
    void, predicted = _void(variant), _mean_confusion(variant).sum(axis=0)
    pairs = [] if void else _pairs(variant)
    tied, chance = _tied(variant, pairs), _chance(variant, pairs)
    unpredicted = [name for name, images in zip(variant.classes, predicted, strict=True) if images == 0]
    never = _never(unpredicted, len(variant.classes)) if unpredicted else ""
    further = f" {capitalised(never)}." if (pairs or void) and never else ""
    sentence = (void or _sentence(variant, pairs, tied, chance)) + further
    return {
        **{"pairs": pairs, "chance": chance, "tied": tied, "never": never, "void": bool(void)},
        "sentence": sentence,
    }


def _chance(variant: Variant, pairs: list[dict]) -> dict | None:
    """What the most frequent pairs would hold of errors spread at random; None where there are no others."""
    if not pairs or len(variant.classes) <= 2:
        return None
    matrix = _mean_confusion(variant)
    return _by_chance(matrix - np.diag(np.diag(matrix)), len(pairs))


def _void(variant: Variant) -> str:
    """That a network's errors say nothing about its classes, for it predicts one of them or is at chance; else ""."""
    nothing = "so its errors say nothing about which classes are similar."
    matrix = _mean_confusion(variant)
    frequent = int(matrix.sum(axis=0).argmax())
    share, rightful = (float(matrix.sum(axis=axis)[frequent] / matrix.sum()) for axis in (0, 1))
    if share > COLLAPSED and share - rightful > EXCESS:
        of_all = f"{percent(share)} of the validation images"
        return f"“{variant.title}” predicts {variant.classes[frequent]} for {of_all}, {nothing}"
    found = markers.void_flags({"flags": variant.flags, "seeds": len(variant.runs)})
    flags = [flag["flag"] for flag in found]
    return f"“{variant.title}” is {' and '.join(flags)}, {nothing}" if flags else ""


def _never(classes: list[str], of: int) -> str:
    named = listing(classes) if len(classes) <= NAMED else f"{len(classes)} of the {of} classes"
    return f"{named} {'is' if len(classes) == 1 else 'are'} never predicted"


def _tied(variant: Variant, pairs: list[dict]) -> str:
    """How many more pairs have as many errors as the last one that is shown, in words."""
    if not pairs:
        return ""
    matrix, least = _mean_confusion(variant), pairs[-1]["errors"]
    both = (matrix + matrix.T)[np.triu_indices(len(matrix), 1)]
    others = np.count_nonzero(both == least) - sum(pair["errors"] == least for pair in pairs)
    return f" ({counted(others, 'more pair')} as often as the last)" if others else ""


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


def _sentence(variant: Variant, pairs: list[dict], tied: str, chance: dict | None) -> str:
    if not pairs:
        return f"“{variant.title}” makes no error on validation."
    possible = len(variant.classes) * (len(variant.classes) - 1) // 2
    even = chance is not None and (
        f": {percent(sum(pair['share'] for pair in pairs))} of its errors, both ways, in {len(pairs)} of "
        f"{counted(possible, 'pair')} of classes; of errors spread at random, with each class mistaken and mistakenly "
        f"predicted as often as here, the most frequent would hold {percent(chance['mean'])} on average"
    )
    return (
        f"On validation “{variant.title}” confuses most often {listing([pair['named'] for pair in pairs])}{tied}, the "
        f"number of errors in brackets{even or ''}."
    )


def _by_chance(errors: np.ndarray, shown: int) -> dict:
    """Share of the `shown` most frequent pairs where errors have the margins of `errors`, and no further pattern.

    Its mean, and the `most` that it is in 95 % of draws.
    """
    expected = by_margins(errors)
    number = max(1, round(float(errors.sum())))  # a mean over seeds, which may be below one half
    shares = (expected + expected.T)[np.triu_indices(len(errors), 1)]
    drawn = np.random.default_rng(0).multinomial(number, shares / shares.sum(), DRAWS)
    held = np.sort(drawn, axis=1)[:, -shown:].sum(axis=1) / number
    return {"mean": float(held.mean()), "most": float(np.quantile(held, 1 - LEVEL))}


def _number(errors: float) -> str:
    return decimal(errors, 0 if errors == int(errors) else 1)
