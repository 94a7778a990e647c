"""What fine-tuning changes in the network that it starts from: loss and accuracy before and after (C1h)."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.evaluation.study import Run, Variant
from cnnatlas.wording import counted, decimal, listing, percent


def describe(variants: Mapping[str, Variant]) -> dict:
    """The validation loss before, after the first epoch, and in the kept epoch of every variant with a warm start.

    Starts that are no variant of the study are left out, and so are trainings that diverged, and pairs of which either
    network has no loss, since its scores are not finite. Returns `variants`, one entry each with means over the common
    seeds: `before`, `first`, `kept` (losses), `further`, the lowest loss of the network that it starts from in that
    network's own later epochs (`before` with seeds that have none, None without any), `later` and `epochs`, how many
    these are with each seed and how many of fine-tuning, and `accuracy`, by held-out split [before, kept]; and
    `sentences`, one for each entry of which neither side is at chance or collapsed. There is no verdict: the loss may
    fall while accuracy falls too, and differences are tested in the study's comparisons.
    """
    ended = [variant for variant in variants.values() if not variant.diverged]
    started = [(variants[start], v) for v in ended if (start := v.spec["start"]) in variants]
    pairs = [pair for pair in started if all(map(_has_losses, pair))]
    entries = [_entry(stage, tuned) for stage, tuned in pairs]
    told = [all(map(_learned, pair)) for pair in pairs]
    return {"variants": entries, "sentences": [_sentence(e) for e, tell in zip(entries, told, strict=True) if tell]}


def _has_losses(variant: Variant) -> bool:
    return all(run.metrics["validation"]["loss"] is not None for run in variant.runs.values())


def _learned(variant: Variant) -> bool:
    return not markers.void_flags({"flags": variant.flags, "seeds": len(variant.runs)})


def _entry(stage: Variant, tuned: Variant) -> dict:
    seeds = sorted(set(stage.runs) & set(tuned.runs))
    before, after = ([variant.runs[seed] for seed in seeds] for variant in (stage, tuned))
    return {
        "variant": tuned.name,
        "title": tuned.title,
        "start": stage.title,
        "marks": [markers.of({"flags": variant.flags}) for variant in (tuned, stage)],
        "trainable": tuned.spec["trainable"],
        "rate": tuned.spec["optimiser"]["learning_rate"],
        "seeds": len(seeds),
        "before": _mean(run.metrics["validation"]["loss"] for run in before),
        "first": _mean(run.validation_losses[0] for run in after),
        "kept": _mean(run.metrics["validation"]["loss"] for run in after),
        "further": _further(before),
        "later": [len(run.validation_losses) - run.training["best_epoch"] for run in before],
        "epochs": max(len(run.validation_losses) for run in after),
        "accuracy": {s: [_accuracy(before, s), _accuracy(after, s)] for s in tuned.splits if s != "train"},
    }


def _further(runs: Sequence[Run]) -> float | None:
    """What more epochs of the same training give: the control of fine-tuning, whose epochs are further ones too."""
    later = [run.validation_losses[run.training["best_epoch"] :] for run in runs]
    if not any(later):
        return None
    losses = zip(runs, later, strict=True)
    return _mean(min(after, default=run.metrics["validation"]["loss"]) for run, after in losses)


def _accuracy(runs: Sequence[Run], split: str) -> float:
    return _mean(run.metrics[split]["accuracy"] for run in runs)


def _mean(values) -> float:
    return float(np.mean(list(values)))


def _sentence(entry: dict) -> str:
    tuned, stage = entry["marks"]
    means = f" (means of {entry['seeds']} seeds)" if entry["seeds"] > 1 else ""
    changes = [f"from {percent(a)} to {percent(b)} on {NAMES[split]}" for split, (a, b) in entry["accuracy"].items()]
    return (
        f"“{entry['title']}”{tuned} starts from the network of “{entry['start']}”{stage}, whose validation loss is "
        f"{decimal(entry['before'], 3)}; its first epoch {_change(entry['before'], entry['first'])} "
        f"{decimal(entry['first'], 3)}{_raised(entry)}, and the epoch that is kept has {decimal(entry['kept'], 3)}. "
        f"{_control(entry)} With the kept epoch, accuracy goes {listing(changes)}{means}."
    )


def _control(entry: dict) -> str:
    """Whether fine-tuning has a lower loss than the network that it starts from has in its own later epochs."""
    start, further = f"“{entry['start']}”", entry["further"]
    if further is None:
        return f"{start} was not trained beyond its kept epoch: there is no control."
    trained = sum(epochs > 0 for epochs in entry["later"])
    if trained < len(entry["later"]):  # the others' own losses would pass for what further epochs reach
        return f"{start} was trained beyond its kept epoch with {trained} of {len(entry['later'])} seeds: no control."
    below = "below" if entry["kept"] < further else "not below"
    fewest, most = min(entry["later"]), max(entry["later"])
    epochs = f"{fewest} to {most}" if fewest < most else f"{most}"
    return (
        f"That is {below} what {start} itself reaches in the {epochs} epoch{'s' * (most > 1)} after its own kept one, "
        f"{decimal(further, 3)} at best (fine-tuning: {counted(entry['epochs'], 'epoch')})."
    )


def _raised(entry: dict) -> str:
    """With what a loss rose, where it did, which no measurement here explains."""
    if entry["first"] <= entry["before"]:
        return ""
    part = entry["trainable"].replace("_", " ")
    return f" (trained: {part}; learning rate at most {entry['rate']:g}; why it rises is not known)"


def _change(before: float, after: float) -> str:
    return "raises it to" if after > before else "lowers it to" if after < before else "leaves it at"
