"""How easily a network is fooled, by how small a change, and whether another network is fooled as well (B3.2)."""

from collections.abc import Mapping

import numpy as np
from scipy import stats

from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.verdicts import LEVEL
from cnnatlas.interpretation.arrays import Arrays
from cnnatlas.wording import decimal, part_of, percent

LEVELS = 255  # of brightness in an image of 8 bits
NO_SECOND = "This run has no second network with the classes of this one: transfer is not tested with these images."


def summary(arrays: Arrays) -> dict:
    """Counts and medians of the arrays of fooling, and of transfer where they are there.

    Images that the network classified as their target from the start are counted as `already` and left out of all
    else: `tried`; `crossed`, classified as the target as floats; `survived`, those of them whose first such image is so
    after rounding to 8 bits too; `fooled`, classified as the target after rounding with the `margin`. Over the fooled,
    medians of `steps`, `l2` (pixels in [0, 1]) and `linf` (in levels of 255), and the largest norms, `l2_largest` and
    `linf_largest`. Of the fooled, the second network classified `transferred` as the target, and
    `transferred_before` of their originals; `p` is the exact two-sided p of McNemar's test of the two. Pairs of an
    image and a target count as independent, also where an image has several targets.
    """
    tried = arrays["steps"] > 0
    fooled = tried & arrays["success"]
    result = {
        "already": int((~tried & arrays["success"]).sum()),
        "tried": int(tried.sum()),
        "crossed": int((tried & arrays["float_success"]).sum()),
        "survived": int((tried & arrays["float_survives"]).sum()),
        "margin": float(arrays["margin"].max()),
        "fooled": int(fooled.sum()),
    }
    if fooled.any():
        result |= {key: float(np.median(arrays[key][fooled])) for key in ("steps", "l2")}
        result["linf"] = float(np.median(arrays["linf"][fooled])) * LEVELS
        result["l2_largest"] = float(arrays["l2"][fooled].max())
        result["linf_largest"] = float(arrays["linf"][fooled].max()) * LEVELS
        if "transfer_success" in arrays:
            result |= _transfer(arrays["transfer_success"][fooled], arrays["transfer_success_before"][fooled])
    return result


def _transfer(after: np.ndarray, before: np.ndarray) -> dict:
    changed = int((after != before).sum())
    gained = int((after & ~before).sum())
    return {
        "transferred": int(after.sum()),
        "transferred_before": int(before.sum()),
        "p": float(stats.binomtest(gained, changed).pvalue) if changed else 1.0,
    }


def sentence(found: Mapping) -> str:
    """How often the ascent succeeded, and by how much the images had to change, from what `summary` gives."""
    tried, fooled = found["tried"], found["fooled"]
    if not tried:
        return "Every image was classified as its target from the start: there was nothing to fool."
    rate = f"{percent(fooled / tried)}, Wilson's 95 % interval {_interval(fooled, tried)}"
    text = (
        f"{_ascent(found)} Continued until the image, rounded to 8 bits, has a softmax score of the target at least "
        f"{decimal(found['margin'])} above that of any other class, it fooled the network with "
        f"{part_of(fooled, tried, 'image')} ({rate})"
    )
    if not fooled:
        return text + "."
    steps = decimal(found["steps"], 1).removesuffix(".0")
    return (
        f"{text}, in the median of those after {steps} {'step' if steps == '1' else 'steps'}, by a change of L2 norm "
        f"{decimal(found['l2'])} (at most {decimal(found['l2_largest'])}). The largest change of a single value of a "
        f"pixel is {decimal(found['linf'], 1)}/{LEVELS} in the median image and "
        f"{decimal(found['linf_largest'], 1)}/{LEVELS} in the most changed one."
    )


def _ascent(found: Mapping) -> str:
    """What is climbed, and how often the first success of the unrounded image is one of an image file too."""
    text = (
        "The ascent climbs the logarithm of the target's softmax score, in steps of one length along the gradient. "
        f"Before rounding, the network classifies {part_of(found['crossed'], found['tried'], 'image')} as the target"
    )
    if not found["crossed"]:
        return text + "."
    survived = part_of(found["survived"], found["crossed"], "image")
    return f"{text}; at the first step where it does, it still does so after rounding to 8 bits for {survived}."


def transfer_sentence(found: Mapping, second: str) -> str:
    """Whether the fooling images fool the network called `second` too; empty where none fooled the first."""
    if "transferred" not in found:
        return ""
    fooled, after, before = found["fooled"], found["transferred"], found["transferred_before"]
    rate = f"{percent(after / fooled)}, {_interval(after, fooled)}"
    text = f"{second} classifies {part_of(after, fooled, 'fooling image')} as the target ({rate})"
    return f"{text}, and {before or 'none'} of their originals: {_verdict(after, before, found['p'])}."


def _verdict(after: int, before: int, p: float) -> str:
    exact = f"exact p = {decimal(p, 3)}" if p >= 0.0005 else "exact p < 0.001"
    if p >= LEVEL:
        return f"nothing shows that what fools the first network fools this one ({exact})"
    return f"{'more' if after > before else 'less'} often than without the change ({exact})"


def _interval(part: int, whole: int) -> str:
    low, high = wilson(part, whole)
    return f"{percent(low)} to {percent(high)}"


def summarise(arrays: Arrays, record: Mapping, *, second: str | None) -> dict:
    """The report's text on fooling images: {sentences}, and the counts and medians themselves.

    `second` is the title of the other network that they were shown to, or None.
    """
    found = summary(arrays)
    transferred = transfer_sentence(found, f"“{second}”") if second else NO_SECOND
    return {**found, "sentences": [text for text in (sentence(found), transferred) if text]}
