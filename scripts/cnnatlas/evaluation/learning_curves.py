"""What training curves show: how low, how fast, how smoothly, and how far from validation (B2.5 to B2.8).

A description of the trainings of one run. It tests nothing: whether designs differ is for the paired comparisons.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.study import Run, Variant
from cnnatlas.wording import counted, decimal, listing, percent, points


def describe(variants: Mapping[str, Variant], groups: Mapping[str, Sequence[str]]) -> dict:
    """The training curves of one study's variants, without those that diverged and without members of `groups`.

    Sweeps and searches, the groups, have figures of their own; where a study has nothing else, they are described.

    Returns `variants`, one entry each, with `start`, the variant whose weights it began with (epochs of that one do not
    count), its `flags`, and means over seeds: `loss` (of the last epoch's steps), `accuracy` (on the training images,
    with the kept weights), `gap` (that accuracy minus the validation accuracy of the same weights), `rises` (share of
    the epochs after the first in which the training loss was higher than in the one before) and `epochs_to_common`, the
    first epoch whose training loss is at most `common_loss`: the lowest that every training reached. Also returns
    `sentence`, or None for fewer than two variants.
    """
    grouped = {name for members in groups.values() for name in members}
    alone = [variant for name, variant in variants.items() if name not in grouped] or variants.values()
    kept = [variant for variant in alone if not variant.diverged]
    runs = [run for variant in kept for run in variant.runs.values()]
    common = max((min(run.training_losses) for run in runs), default=None)
    entries = [_entry(variant, common) for variant in kept]
    return {"variants": entries, "common_loss": common, "sentence": _sentence(entries, common)}


def contrast(a: dict, b: dict) -> str:
    """How the training curve of `b` differs from that of `a`, both entries of `describe`."""
    first, second = (markers.marked(f"“{entry['title']}”", entry["flags"]) for entry in (a, b))
    rises = f" {_rising(a, b)}" if a["rises"] or b["rises"] else ""
    return (
        f"The training loss of {second}, a mean over the last epoch, is {decimal(b['loss'], 3)}, that of {first} "
        f"{decimal(a['loss'], 3)}.{rises} With the kept weights, accuracy on the training images is "
        f"{percent(b['accuracy'])} for {second}, {_distance(b)} that on validation, and {percent(a['accuracy'])} for "
        f"{first}, {_distance(a)} it."
    )


def _rising(a: dict, b: dict) -> str:
    return (
        f"From one epoch to the next the loss of “{b['title']}” rose in {percent(b['rises'], 0)} of cases, that of "
        f"“{a['title']}” in {percent(a['rises'], 0)}."
    )


def _entry(variant: Variant, common: float) -> dict:
    runs = list(variant.runs.values())
    return {
        "variant": variant.name,
        "title": variant.title,
        "flags": markers.names(variant.flags),
        "start": variant.spec["start"],
        "seeds": len(runs),
        "epochs": float(np.mean([len(run.training_losses) for run in runs])),
        "loss": float(np.mean([run.training_losses[-1] for run in runs])),
        "accuracy": float(np.mean([run.metrics["train"]["accuracy"] for run in runs])),
        "gap": float(np.mean([_gap_of(run) for run in runs])),
        "rises": float(np.mean([_rises(run.training_losses) for run in runs])),
        "epochs_to_common": float(np.mean([_reached(run.training_losses, common) for run in runs])),
    }


def _gap_of(run: Run) -> float:
    return run.metrics["train"]["accuracy"] - run.metrics["validation"]["accuracy"]


def _rises(losses: Sequence[float]) -> float:
    return float(np.mean(np.diff(losses) > 0)) if len(losses) > 1 else 0.0


def _reached(losses: Sequence[float], loss: float) -> int:
    return int(np.argmax(np.asarray(losses) <= loss)) + 1


def _sentence(entries: Sequence[dict], common: float | None) -> str | None:
    if len(entries) < 2:
        return None
    order = sorted(entries, key=lambda entry: entry["loss"])
    listed = listing([f"“{entry['title']}” ({decimal(entry['loss'], 3)})" for entry in order])
    return (
        f"By training loss in the last epoch, lowest first: {listed}. {_speed(entries, common)} {_smoothness(entries)} "
        f"{_gap(entries)} {_scope(entries)}"
    )


def _speed(entries: Sequence[dict], common: float) -> str:
    order = sorted(entries, key=lambda entry: entry["epochs_to_common"])
    fast, slow = order[0], order[-1]
    opening = f"A training loss of {decimal(common, 3)}, which all reach, took"
    if fast["epochs_to_common"] == slow["epochs_to_common"]:
        return f"{opening} each of them {_took(fast)}."
    return f"{opening} from {_took(fast)} (“{fast['title']}”) to {_took(slow)} (“{slow['title']}”)."


def _smoothness(entries: Sequence[dict]) -> str:
    rising = [entry for entry in entries if entry["rises"] > 0]
    if not rising:
        return "No training loss rises from one epoch to the next."
    roughest = max(rising, key=lambda entry: entry["rises"])
    return (
        f"{counted(len(rising), 'variant')} of {len(entries)} had a training loss that rose between epochs, most often "
        f"“{roughest['title']}”, after {percent(roughest['rises'], 0)} of them."
    )


def _gap(entries: Sequence[dict]) -> str:
    widest = max(entries, key=lambda entry: entry["gap"])
    narrowest = min(entries, key=lambda entry: entry["gap"])
    return (
        f"With the kept weights, training accuracy minus validation accuracy is largest for “{widest['title']}” "
        f"({points(widest['gap'])} points) and smallest for “{narrowest['title']}” ({points(narrowest['gap'])})."
    )


def _scope(entries: Sequence[dict]) -> str:
    seeds = max(entry["seeds"] for entry in entries)
    trainings = "single trainings" if seeds == 1 else f"means over up to {seeds} seeds"
    return f"These are observations on this run ({trainings}), not a test of the designs."


def _distance(entry: dict) -> str:
    side = "above" if entry["gap"] >= 0 else "below"
    return f"{points(abs(entry['gap']))} points {side}"


def _took(entry: dict) -> str:
    mean = entry["epochs_to_common"]
    epochs = counted(int(mean), "epoch") if mean == int(mean) else f"{decimal(mean, 1)} epochs on average"
    return f"{epochs} from a warm start" if entry["start"] else epochs
