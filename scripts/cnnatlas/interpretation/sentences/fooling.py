"""How easily a network is fooled, by how small a change, and whether another network is fooled as well (B3.2)."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation.statistics import max_sign_flip
from cnnatlas.evaluation.verdicts import LEVEL
from cnnatlas.interpretation.arrays import Arrays
from cnnatlas.wording import counted, decimal, part_of, percent

LEVELS = 255  # of brightness in an image of 8 bits
PAIR = ("pair of image and target", "pairs of image and target")
NEEDED = 6  # images, below which no sign-flip test over them reaches LEVEL
NO_SECOND = "This run has no second network with the classes of this one: transfer is not tested with these images."


def summary(arrays: Arrays, originals: Sequence[str]) -> dict:
    """Counts and medians of the arrays of fooling, and of transfer where they are there.

    `originals` names the image that each row, a pair of an image and a target, was made of. Pairs that the network
    classified as their target from the start are counted as `already` and left out of all else: `tried`; `crossed`,
    classified as the target as floats; `survived`, those of them whose first such image is so after rounding to 8 bits
    too; `fooled`, classified as the target after rounding with the `margin`. Over the fooled, medians of `steps`, `l2`
    (pixels in [0, 1]) and `linf` (in levels of 255), the largest norms, `l2_largest` and `linf_largest`, and
    the number of `originals`. Of the fooled, the second network classified `transferred` as the target, and
    `transferred_before` of their originals; `p` is that of a sign-flip test over originals, None below NEEDED of them:
    targets of one image are not independent.
    """
    tried = arrays["steps"] > 0
    fooled = tried & arrays["success"]
    made_of = np.asarray(originals)[fooled]
    result = {
        "already": int((~tried & arrays["success"]).sum()),
        "tried": int(tried.sum()),
        "crossed": int((tried & arrays["float_success"]).sum()),
        "survived": int((tried & arrays["float_survives"]).sum()),
        "margin": float(arrays["margin"].max()),
        "fooled": int(fooled.sum()),
        "originals": len(set(made_of)),
    }
    if fooled.any():
        result |= {key: float(np.median(arrays[key][fooled])) for key in ("steps", "l2")}
        result["linf"] = float(np.median(arrays["linf"][fooled])) * LEVELS
        result["l2_largest"] = float(arrays["l2"][fooled].max())
        result["linf_largest"] = float(arrays["linf"][fooled].max()) * LEVELS
        if "transfer_success" in arrays:
            after, before = (arrays[f"transfer_success{when}"][fooled] for when in ("", "_before"))
            result |= _transfer(after, before, made_of)
    return result


def _transfer(after: np.ndarray, before: np.ndarray, made_of: np.ndarray) -> dict:
    changes = after.astype(float) - before
    by_image = np.array([changes[made_of == name].mean() for name in dict.fromkeys(made_of)])
    return {
        "transferred": int(after.sum()),
        "transferred_before": int(before.sum()),
        "p": max_sign_flip(by_image[None])[0] if len(by_image) >= NEEDED else None,
    }


def sentence(found: Mapping) -> str:
    """How often the ascent succeeded, and by how much the images had to change, from what `summary` gives."""
    tried, fooled = found["tried"], found["fooled"]
    if not tried:
        return "Every image was classified as its target from the start: there was nothing to fool."
    text = (
        f"{_ascent(found)} Continued until the image, rounded to 8 bits, has a softmax score of the target at least "
        f"{decimal(found['margin'])} above that of any other class, it fooled the network for "
        f"{part_of(fooled, tried, *PAIR)}"
    )
    if not fooled:
        return text + "."
    text += f", made of {counted(found['originals'], 'image')}"
    steps = decimal(found["steps"], 1).removesuffix(".0")
    return (
        f"{text}, in the median of those after {steps} {'step' if steps == '1' else 'steps'}, by a change of L2 norm "
        f"{decimal(found['l2'])} (at most {decimal(found['l2_largest'])}). The largest change of a single value of a "
        f"pixel is {decimal(found['linf'], 1)}/{LEVELS} in the median image and "
        f"{decimal(found['linf_largest'], 1)}/{LEVELS} in the most changed one."
    )


def _ascent(found: Mapping) -> str:
    """What is climbed, and how often the first success of the unrounded image is one of an image file too."""
    crossed = part_of(found["crossed"], found["tried"], "changed image")
    text = (
        "The ascent climbs the logarithm of the target's softmax score, in steps of one length along the gradient. "
        f"Before rounding, the network classifies {crossed} as the target"
    )
    if not found["crossed"]:
        return text + "."
    survived = part_of(found["survived"], found["crossed"], "changed image")
    return f"{text}; at the first step where it does, it still does so after rounding to 8 bits for {survived}."


def transfer_sentence(found: Mapping, second: str) -> str:
    """Whether the fooling images fool the network called `second` too; empty where none fooled the first."""
    if "transferred" not in found:
        return ""
    fooled, after, before = found["fooled"], found["transferred"], found["transferred_before"]
    text = f"{second} classifies {part_of(after, fooled, 'fooling image')} as the target ({percent(after / fooled)})"
    return f"{text}, and {before or 'none'} of their originals: {_verdict(found)}."


def _verdict(found: Mapping) -> str:
    p, after, before = found["p"], found["transferred"], found["transferred_before"]
    images = counted(found["originals"], "image")
    if p is None:
        return f"of {images}, too few for a test, which needs {NEEDED}"
    exact = f"sign-flip test over {images}, p {f'= {decimal(p, 3)}' if p >= 0.0005 else '< 0.001'}"
    if p > LEVEL:
        return f"nothing shows that what fools the first network fools this one ({exact})"
    return f"{'more' if after > before else 'less'} often than without the change ({exact})"


def summarise(arrays: Arrays, record: Mapping, *, second: str | None, second_name: str | None) -> dict:
    """The report's text on fooling images: {sentences}, `second`, and the counts and medians themselves.

    `second` is the title of the other network that they were shown to, and `second_name` its name; None without one.
    """
    found = summary(arrays, [entry["id"] for entry in record["images"]])
    transferred = transfer_sentence(found, f"“{second}”") if second else NO_SECOND
    names = {"second": second, "second_name": second_name}
    return {**found, **names, "sentences": [text for text in (sentence(found), transferred) if text]}
