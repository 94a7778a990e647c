"""Whether two variants of a study were trained on equal budgets: epochs, images, resolution, initial weights."""

from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import listing, percent


def unequal(a: Variant, b: Variant) -> list[str]:
    """What differs between the budgets of `a` and `b`, in words that name `b` first; empty where nothing does."""
    amounts = {
        "epochs": [variant.spec["epochs"] for variant in (b, a)],
        "training images": [variant.training_images for variant in (b, a)],
        "pixels per side": [variant.resolution for variant in (b, a)],
    }
    words = [f"{one:,} against {other:,} {what}" for what, (one, other) in amounts.items() if one != other]
    initial, other = (percent(variant.spec["progressive"], 0) for variant in (b, a))
    if initial != other:
        words.append(f"images that start at {initial} against {other} of their side")
    for key, verb in (("base", "builds on"), ("start", "starts from")):
        if a.spec[key] != b.spec[key]:
            words += [f"“{v.title}” {verb} the weights of `{v.spec[key]}`" for v in (b, a) if v.spec[key]]
    return words


def sentence(words: list[str], a: Variant, b: Variant) -> str:
    """The differences `words` between the budgets of `a` and `b` as one sentence."""
    return f"The budgets of “{b.title}” and “{a.title}” are unequal: {listing(words)}."
