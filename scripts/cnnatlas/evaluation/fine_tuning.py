"""Whether fine-tuning improves on the network that it starts from (C1h)."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation.study import Run, Variant
from cnnatlas.wording import decimal, listing, percent


def describe(variants: Mapping[str, Variant]) -> dict:
    """The validation loss before, after the first epoch, and in the kept epoch of every variant with a warm start.

    Starts that are no variant of the study are left out, and so are trainings that diverged. Returns `variants`,
    one entry each with means over the common seeds: `before`, `first`, `kept` (losses), `accuracy_before`,
    `accuracy_kept` (test, or else validation: `split`), and `sentences`, one per entry and a conclusion; without a
    warm start both are empty.
    """
    ended = [variant for variant in variants.values() if not variant.diverged]
    pairs = [(variants[start], v) for v in ended if (start := v.spec["start"]) in variants]
    entries = [_entry(stage, tuned) for stage, tuned in pairs]
    sentences = [_sentence(entry) for entry in entries]
    return {"variants": entries, "sentences": [*sentences, *([_conclusion(entries)] if entries else [])]}


def _entry(stage: Variant, tuned: Variant) -> dict:
    seeds = sorted(set(stage.runs) & set(tuned.runs))
    before, after = ([variant.runs[seed] for seed in seeds] for variant in (stage, tuned))
    split = "test" if "test" in tuned.splits else "validation"
    return {
        "variant": tuned.name,
        "title": tuned.title,
        "start": stage.title,
        "seeds": len(seeds),
        "split": split,
        "before": _mean(run.metrics["validation"]["loss"] for run in before),
        "first": _mean(run.validation_losses[0] for run in after),
        "kept": _mean(run.metrics["validation"]["loss"] for run in after),
        "accuracy_before": _accuracy(before, split),
        "accuracy_kept": _accuracy(after, split),
    }


def _accuracy(runs: Sequence[Run], split: str) -> float:
    return _mean(run.metrics[split]["accuracy"] for run in runs)


def _mean(values) -> float:
    return float(np.mean(list(values)))


def _sentence(entry: dict) -> str:
    means = f" (means of {entry['seeds']} seeds)" if entry["seeds"] > 1 else ""
    return (
        f"“{entry['title']}” starts from the network of “{entry['start']}”, whose validation loss is "
        f"{decimal(entry['before'], 3)}; its first epoch {_change(entry['before'], entry['first'])} "
        f"{decimal(entry['first'], 3)}, and the epoch that is kept has {decimal(entry['kept'], 3)}{means}."
    )


def _change(before: float, after: float) -> str:
    return "raises it to" if after > before else "lowers it to" if after < before else "leaves it at"


def _conclusion(entries: Sequence[dict]) -> str:
    better = [entry for entry in entries if entry["kept"] < entry["before"]]
    names = listing([f"“{entry['title']}”" for entry in better]) if better else "no network"
    scores = [
        f"“{entry['title']}” {percent(entry['accuracy_before'])} before and {percent(entry['accuracy_kept'])} after"
        for entry in entries
    ]
    return (
        f"By validation loss, fine-tuning improved on its start in {names} in this run. Accuracy on "
        f"{entries[0]['split']}: {'; '.join(scores)}."
    )
