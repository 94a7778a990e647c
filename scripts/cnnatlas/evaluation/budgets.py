"""Whether two variants of a study were trained on equal budgets: epochs, images, updates, resolution, weights."""

from math import ceil

import numpy as np

from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import counted, listing, percent

MORE = 2  # updates are told where batches of another size make them more than so many times as many


def unequal(a: Variant, b: Variant) -> list[str]:
    """What differs between the budgets of `a` and `b`, in words that name `b` first; empty where nothing does."""
    amounts = {
        "training images": [variant.training_images for variant in (b, a)],
        "pixels per side": [variant.resolution for variant in (b, a)],
    }
    words = [f"{one:,} against {other:,} {what}" for what, (one, other) in amounts.items() if one != other]
    words = [*_epochs(a, b), *words, *_updates(a, b)]
    initial, other = (percent(variant.spec["progressive"], 0) for variant in (b, a))
    if initial != other:
        words.append(f"images that start at {initial} against {other} of their side")
    for key, verb in (("base", "builds on"), ("start", "starts from")):
        if a.spec[key] != b.spec[key]:
            words += [f"“{v.title}” {verb} the weights of {_named(v.spec[key], a, b)}" for v in (b, a) if v.spec[key]]
    return words


def warm(a: Variant, b: Variant) -> bool:
    """Whether one of two variants continues a training that the other has not had: neither is the faster one."""
    return a.spec["start"] != b.spec["start"]


def sentence(words: list[str], a: Variant, b: Variant) -> str:
    """The differences `words` between the budgets of `a` and `b` as one sentence."""
    return f"The budgets of “{b.title}” and “{a.title}” are unequal: {listing(words)}."


def _named(weights: str, *variants: Variant) -> str:
    """The title of the variant that weights are of, or their own name where it is neither."""
    return next((f"“{v.title}”" for v in variants if v.name == weights), f"`{weights}`")


def _epochs(a: Variant, b: Variant) -> list[str]:
    """How the epochs differ; those of a variant that continues the other come after the other's own."""
    one, other = b.spec["epochs"], a.spec["epochs"]
    if b.spec["start"] == a.name:
        return [f"{counted(one, 'more epoch')} after epoch {_kept(a)} of the other's {other}"]
    if a.spec["start"] == b.name:
        return [f"{counted(one, 'epoch')} against {_kept(b)} of them and {other} more"]
    return [f"{one:,} against {other:,} epochs"] if one != other else []


def _kept(variant: Variant) -> str:
    """The epoch whose weights were kept, a mean over seeds."""
    return f"{np.mean([run.training['best_epoch'] for run in variant.runs.values()]):.3g}"


def _updates(a: Variant, b: Variant) -> list[str]:
    """The optimiser's updates, where batches of another size make them MORE times as many."""
    sizes = [variant.spec["batch_size"] for variant in (b, a)]
    one, other = (v.spec["epochs"] * ceil(v.training_images / v.spec["batch_size"]) for v in (b, a))
    if sizes[0] == sizes[1] or max(one, other) <= MORE * min(one, other):
        return []
    return [f"{one:,} against {other:,} updates"]
