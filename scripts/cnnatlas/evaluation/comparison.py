"""A study's table, and the differences of its pairs: in accuracy, in speed, of classes and of confusions."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.evaluation import budgets, factorial, fitting, gains, markers, metrics, pairing, ranking, statistics
from cnnatlas.evaluation.contrasts import cells_of
from cnnatlas.evaluation.scores import SPLITS
from cnnatlas.evaluation.study import Run, Variant
from cnnatlas.wording import listing, percent

COLUMNS = (
    *(
        "variant",
        "title",
        "dataset",
        "parameters",
        "multiply_adds",
        "seeds",
        "diverged",
        "epochs",
        "best_epoch",
        "interval",
        "flags",
    ),
    *(f"{split}_{value}" for split in SPLITS for value in ("accuracy", "low", "high")),
    *("validation_mirrored", "test_mirrored"),
)


def accuracy(variant: Variant, split: str) -> dict:
    """Mean accuracy over seeds and its 95 % interval: Wilson's over images for one seed, Student's t over several.

    Also the mean loss, None where a network has scores that are not finite.
    """
    scores = [run.metrics[split] for run in variant.runs.values()]
    values = [score["accuracy"] for score in scores]
    mirrored = [score["mirrored"]["accuracy"] for score in scores if "mirrored" in score]
    several = statistics.t_interval(values)
    low, high = (max(several[0], 0.0), min(several[1], 1.0)) if several else scores[0]["wilson"]
    return {
        "mean": float(np.mean(values)),
        "low": low,
        "high": high,
        "interval": "t" if several else "Wilson",
        "images": scores[0]["n"],
        "seeds": values,
        "loss": metrics.mean_loss(score["loss"] for score in scores),
        "mirrored": float(np.mean(mirrored)) if len(mirrored) == len(scores) else None,
    }


def summary(variant: Variant) -> dict:
    """One variant's entry in comparison.json: size, cost (means over seeds), flags, and accuracies by split."""
    runs = variant.runs.values()
    return {
        "variant": variant.name,
        "title": variant.title,
        "dataset": variant.dataset,
        "parameters": variant.architecture["parameters"],
        "multiply_adds": variant.architecture["multiply_adds"],
        "seeds": len(variant.runs),
        "diverged": variant.diverged,
        "flags": variant.flags,
        **{key: float(np.mean([run.training[key] for run in runs])) for key in ("epochs", "best_epoch")},
        "highest_validation": float(np.mean([_highest(run) for run in runs])),
        "accuracy": {split: accuracy(variant, split) for split in variant.splits},
    }


def _highest(run: Run) -> float:
    """The highest validation accuracy of a training's epochs, and of the weights kept, which are scored in float32."""
    return max([run.metrics["validation"]["accuracy"], *run.validation_curve])


def row(entry: dict) -> dict:
    """A summary as a row of comparison.csv, under COLUMNS."""
    flat = dict.fromkeys(COLUMNS) | {key: value for key, value in entry.items() if key in COLUMNS}
    flat["flags"] = markers.names(entry["flags"])
    for split, value in entry["accuracy"].items():
        flat |= {f"{split}_accuracy": value["mean"], f"{split}_low": value["low"], f"{split}_high": value["high"]}
        flat["interval"] = value["interval"]
        if split != "train":
            flat[f"{split}_mirrored"] = value["mirrored"]
    return flat


def compare(
    variants: Mapping[str, Variant],
    pairs: Sequence[Sequence[str]],
    groups: Mapping[str, Sequence[str]],
    factors: Mapping | None = None,
    must_fit: Sequence[str] = (),
) -> dict:
    """Everything about a study: `variants` in order, `pairs` (a, b) of them as differences b minus a.

    `groups` are the members of sweeps and searches; a side of a pair may be `best(group)`, the member with the highest
    validation accuracy. `factors` is {factors, cells} of a factorial. Differences are taken on validation and, where
    there is one, on the test split; pairs and effects on all splits are one family of tests. A comparison with a
    variant at chance or collapsed is `void`, and not tested. Also returns the tables `gains` and `confusions`
    (validation). Raises AtlasError where a variant of `must_fit` did not fit its training images, or images or seeds do
    not match.
    """
    entries = {name: summary(variant) for name, variant in variants.items()}
    chosen = {group: ranking.best([entries[name] for name in members]) for group, members in groups.items()}
    named = {**variants, **{f"best({group})": variants[best["variant"]] for group, best in chosen.items()}}
    compared = [_pair(a, b, named) | {"void": _void([entries[named[side].name] for side in (a, b)])} for a, b in pairs]
    crossed = factors and _crossed(factors, variants, entries)
    pairing.judge([*compared, *(crossed["effects"] if crossed else [])])
    tables = [_gains(a, b, named) for a, b in pairs]
    for pair, (classes, _) in zip(compared, tables, strict=True):
        if pair["void"] or pair["selected"]:  # what was chosen on validation gains there by the choice
            classes[:] = [line | {"p": None, "verdict": None} for line in classes]
        sides = [entries[named[pair[side]].name] for side in "ab"]
        titles = [f"“{entry['title']}”{markers.of(entry)}" for entry in sides]
        pair["gains_sentence"] = pair["void"] or gains.sentence(classes, *titles)
    return {
        "variants": list(entries.values()),
        "pairs": compared,
        "ranking": _ranking(list(entries.values())),
        "best": chosen,
        "factorial": crossed,
        "fitted": {name: fitting.fitted(variants[name]) for name in must_fit},
        "gains": [line for classes, _ in tables for line in classes],
        "confusions": [line for _, cells in tables for line in cells],
    }


def _crossed(factors: Mapping, variants: Mapping[str, Variant], entries: Mapping[str, dict]) -> dict:
    """The factorial's analysis; `void` of each effect, and of all; and `unequal`, what budgets differ from `neither`'s.

    An effect is void by the cells that it contrasts, and the analysis where all effects are.
    """
    cells = {cell: variants[name] for cell, name in factors["cells"].items()}
    analysis = factorial.analyse(factors["factors"], cells)
    words = {cell: budgets.unequal(cells["neither"], variant) for cell, variant in cells.items()}
    unequal = [budgets.sentence(words[cell], cells["neither"], cells[cell]) for cell in words if words[cell]]
    contrasted = [cells_of(effect["effect"]) for effect in analysis["effects"]]
    reasons = [_void([entries[cells[cell].name] for cell in own]) for own in contrasted]
    effects = [effect | {"void": reason} for effect, reason in zip(analysis["effects"], reasons, strict=True)]
    void = _void([entries[variant.name] for variant in cells.values()]) if all(reasons) else None
    return analysis | {"void": void, "unequal": unequal, "effects": effects}


def _pair(first: str, second: str, named: Mapping[str, Variant]) -> dict:
    a, b = named[first], named[second]
    seeds = pairing.common_seeds([a, b])
    return {
        "a": first,
        "b": second,
        "selected": [side for side, name in (("a", first), ("b", second)) if name not in (a.name, b.name)],
        "splits": {
            split: pairing.paired_difference(*(pairing.hits(v, split, seeds) for v in (a, b)), seeds)
            | {f"accuracy_{key}": float(pairing.hits(v, split, seeds).mean()) for key, v in (("a", a), ("b", b))}
            for split in pairing.common_splits([a, b])
        },
        "unequal": budgets.unequal(a, b),
        "warm": budgets.warm(a, b),
        "epochs_to_match": _epochs_to_match(a, b, seeds),
        "epochs_to_best_a": _epochs_to_match(a, a, seeds),
    }


def _epochs_to_match(a: Variant, b: Variant, seeds: Sequence[int]) -> float | None:
    """Mean over seeds of the first epoch in which `b` reaches `a`'s best validation accuracy; None if any fails to."""
    first = []
    for seed in seeds:
        reached = np.asarray(b.runs[seed].validation_curve) >= max(a.runs[seed].validation_curve, default=np.inf)
        first.append(int(reached.argmax()) + 1 if reached.any() else None)
    return None if None in first else float(np.mean(first))


def _gains(first: str, second: str, named: Mapping[str, Variant]) -> tuple[list[dict], list[dict]]:
    a, b = named[first], named[second]
    seeds = pairing.common_seeds([a, b])
    labels = a.runs[seeds[0]].splits["validation"].labels
    names = {"a": first, "b": second}
    classes = gains.class_gains(*(pairing.hits(v, "validation", seeds) for v in (a, b)), labels, a.classes)
    predictions = [np.stack([v.runs[seed].splits["validation"].predictions for seed in seeds]) for v in (a, b)]
    cells = gains.confusion_changes(*predictions, labels, a.classes)
    return [names | line for line in classes], [names | line for line in cells]


def _void(entries: Sequence[dict]) -> str | None:
    """Why a comparison of these variants is void, or None: half of the seeds of one, or more, have a flag of VOID."""
    reasons = [
        f"“{entry['title']}” is {flag['sentence'][0].lower()}{flag['sentence'][1:]}"
        for entry in entries
        for flag in markers.void_flags(entry)
    ]
    means = [f"“{entry['title']}” ({percent(entry['accuracy']['validation']['mean'])})" for entry in entries]
    start = f"The comparison of {listing(means)}, accuracies on validation, is void."
    return " ".join([start, *reasons]) if reasons else None


def _ranking(entries: list[dict]) -> list[dict]:
    """For each data set with several variants, the one with the highest validation accuracy."""
    rows = []
    for dataset in dict.fromkeys(entry["dataset"] for entry in entries):
        group = [entry for entry in entries if entry["dataset"] == dataset]
        if len(group) > 1:
            best = max(group, key=lambda entry: entry["accuracy"]["validation"]["mean"])
            rows.append({"dataset": dataset, "variant": best["variant"]})
    return rows
