"""A study's table, the differences of its pairs, and the sentences that they support."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import gains, statistics
from cnnatlas.evaluation.scores import SPLITS
from cnnatlas.evaluation.study import Variant
from cnnatlas.evaluation.wording import counted, decimal, percent, points

COLUMNS = (
    *(
        "variant",
        "title",
        "dataset",
        "parameters",
        "multiply_adds",
        "seeds",
        "epochs",
        "best_epoch",
        "seconds",
        "interval",
    ),
    *(f"{split}_{value}" for split in SPLITS for value in ("accuracy", "low", "high")),
    *("validation_mirrored", "test_mirrored"),
)


def accuracy(variant: Variant, split: str) -> dict:
    """Mean accuracy over seeds and its 95 % interval: Wilson's over images for one seed, Student's t over several."""
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
        "mirrored": float(np.mean(mirrored)) if len(mirrored) == len(scores) else None,
    }


def summary(variant: Variant) -> dict:
    """One variant's entry in comparison.json: size, cost (means over seeds) and accuracies by split."""
    runs = variant.runs.values()
    return {
        "variant": variant.name,
        "title": variant.title,
        "dataset": variant.dataset,
        "parameters": variant.architecture["parameters"],
        "multiply_adds": variant.architecture["multiply_adds"],
        "seeds": len(variant.runs),
        **{key: float(np.mean([run.training[key] for run in runs])) for key in ("epochs", "best_epoch", "seconds")},
        "accuracy": {split: accuracy(variant, split) for split in variant.splits},
    }


def row(entry: dict) -> dict:
    """A summary as a row of comparison.csv, under COLUMNS."""
    flat = dict.fromkeys(COLUMNS) | {key: value for key, value in entry.items() if key in COLUMNS}
    for split, value in entry["accuracy"].items():
        flat |= {f"{split}_accuracy": value["mean"], f"{split}_low": value["low"], f"{split}_high": value["high"]}
        flat["interval"] = value["interval"]
        if split != "train":
            flat[f"{split}_mirrored"] = value["mirrored"]
    return flat


def compare(variants: Mapping[str, Variant], pairs: Sequence[Sequence[str]]) -> dict:
    """Everything about a study: `variants` in order, `pairs` (a, b) of them as differences b minus a.

    Differences are taken on validation and, where there is one, on the test split; Holm's correction is over the pairs,
    for each split apart. Also gives the tables `gains` and `confusions` (validation).
    """
    entries = [summary(variant) for variant in variants.values()]
    compared = [_pair(variants[a], variants[b]) for a, b in pairs]
    _correct(compared)
    tables = [_gains(variants[a], variants[b]) for a, b in pairs]
    for pair, (classes, _) in zip(compared, tables, strict=True):
        pair["sentence"] = _sentence(pair, variants)
        pair["cost_sentence"] = _cost_sentence(pair, variants)
        pair["gains_sentence"] = gains.sentence(classes)
    return {
        "variants": entries,
        "pairs": compared,
        "ranking": _ranking(entries),
        "gains": [line for classes, _ in tables for line in classes],
        "confusions": [line for _, cells in tables for line in cells],
    }


def _pair(a: Variant, b: Variant) -> dict:
    seeds = _common_seeds(a, b)
    return {
        "a": a.name,
        "b": b.name,
        "splits": {
            split: statistics.paired_difference(_hits(a, split, seeds), _hits(b, split, seeds))
            | {f"accuracy_{key}": float(_hits(v, split, seeds).mean()) for key, v in (("a", a), ("b", b))}
            for split in SPLITS[1:]
            if split in a.splits and split in b.splits
        },
        "epochs_to_match": _epochs_to_match(a, b, seeds),
        "epochs_to_best_a": float(np.mean([np.argmax(a.runs[seed].validation_curve) + 1 for seed in seeds])),
    }


def _common_seeds(a: Variant, b: Variant) -> list[int]:
    seeds = sorted(set(a.runs) & set(b.runs))
    if not seeds:
        raise AtlasError(f"`{a.name}` and `{b.name}` are compared but share no seed; give both the same `seeds`")
    one, other = a.runs[seeds[0]].splits["validation"], b.runs[seeds[0]].splits["validation"]
    if a.dataset != b.dataset or not np.array_equal(one.indices, other.indices):
        raise AtlasError(
            f"`{a.name}` ({a.dataset}) and `{b.name}` ({b.dataset}) are compared but were evaluated on "
            "different images; remove the pair from `compare`"
        )
    return seeds


def _hits(variant: Variant, split: str, seeds: Sequence[int]) -> np.ndarray:
    return np.stack([variant.runs[seed].splits[split].correct for seed in seeds])


def _epochs_to_match(a: Variant, b: Variant, seeds: Sequence[int]) -> float | None:
    """Mean over seeds of the first epoch in which `b` reaches `a`'s best validation accuracy; None if any fails to."""
    first = []
    for seed in seeds:
        reached = np.asarray(b.runs[seed].validation_curve) >= max(a.runs[seed].validation_curve)
        first.append(int(reached.argmax()) + 1 if reached.any() else None)
    return None if None in first else float(np.mean(first))


def _correct(pairs: list[dict]) -> None:
    for split in SPLITS[1:]:
        family = [pair["splits"][split] for pair in pairs if split in pair["splits"]]
        tested = [difference for difference in family if difference["p"] is not None]
        corrected = statistics.holm([difference["p"] for difference in tested])
        for difference in family:
            difference["p_holm"] = None
        for difference, p in zip(tested, corrected, strict=True):
            difference["p_holm"] = p


def _gains(a: Variant, b: Variant) -> tuple[list[dict], list[dict]]:
    seeds = _common_seeds(a, b)
    labels = a.runs[seeds[0]].splits["validation"].labels
    names = {"a": a.name, "b": b.name}
    classes = gains.class_gains(_hits(a, "validation", seeds), _hits(b, "validation", seeds), labels, a.classes)
    predictions = [np.stack([v.runs[seed].splits["validation"].predictions for seed in seeds]) for v in (a, b)]
    cells = gains.confusion_changes(*predictions, labels, a.classes)
    return [names | line for line in classes], [names | line for line in cells]


def _sentence(pair: dict, variants: Mapping[str, Variant]) -> str:
    a, b = (f"“{variants[pair[key]].title}”" for key in ("a", "b"))
    said, before = [], None
    for split, difference in pair["splits"].items():
        verdict = _verdict(difference)
        opening = f"On {split} too" if verdict == before else f"{verdict.format(a=a, b=b)} on {split}"
        said.append(f"{opening}: {_figures(difference)}")
        before = verdict
    return " ".join([*said, _claim(pair["splits"])])


def _verdict(difference: dict) -> str:
    if difference["low"] > 0:
        return "{b} is right more often than {a}"
    return "{b} is right less often than {a}" if difference["high"] < 0 else "{b} and {a} cannot be told apart"


def _figures(difference: dict) -> str:
    over = counted(difference["images"], "image")
    if difference["seeds"] > 1:
        over += f" and {difference['seeds']} seeds"
    return (
        f"{percent(difference['accuracy_b'])} against {percent(difference['accuracy_a'])}, a difference of "
        f"{points(difference['difference'])} points (95 % interval {points(difference['low'])} to "
        f"{points(difference['high'])}, paired bootstrap over {over})."
    )


def _claim(splits: dict[str, dict]) -> str:
    seeds = next(iter(splits.values()))["seeds"]
    if seeds == 1:
        return "One seed: the interval speaks of these two trained networks only; no claim of significance is possible."
    if seeds < statistics.SEEDS_NEEDED:
        return f"With {seeds} seeds no claim of significance is possible."
    said = [
        f"p = {decimal(d['p'], 3)} on {split}, {decimal(d['p_holm'], 3)} after Holm’s correction "
        f"({'significant' if d['p_holm'] <= statistics.LEVEL else 'not significant'} at 5 %)"
        for split, d in splits.items()
    ]
    return f"Sign-flip test over {seeds} seeds: {'; '.join(said)}."


def _cost_sentence(pair: dict, variants: Mapping[str, Variant]) -> str:
    a, b = variants[pair["a"]], variants[pair["b"]]
    words = {"parameters": "parameters", "multiply_adds": "multiply-adds"}
    if all(a.architecture[key] == b.architecture[key] for key in words):
        size = f"“{b.title}” has as many parameters and multiply-adds as “{a.title}”"
    else:
        ratios = [
            f"{decimal(b.architecture[key] / a.architecture[key])} times the {word}" for key, word in words.items()
        ]
        size = f"“{b.title}” has {ratios[0]} and {ratios[1]} of “{a.title}”"
    if pair["epochs_to_match"] is None:
        always = " with every seed" if len(a.runs) > 1 else ""
        return f"{size}, and does not reach its best validation accuracy{always}."
    return (
        f"{size}, and reaches its best validation accuracy after {_epochs(pair['epochs_to_match'])}, where "
        f"“{a.title}” itself took {_epochs(pair['epochs_to_best_a'])}."
    )


def _epochs(mean: float) -> str:
    return counted(int(mean), "epoch") if mean == int(mean) else f"{decimal(mean, 1)} epochs on average"


def _ranking(entries: list[dict]) -> list[dict]:
    """For each data set with several variants the one with the highest validation accuracy, and the sentence."""
    ranking = []
    for dataset in dict.fromkeys(entry["dataset"] for entry in entries):
        group = [entry for entry in entries if entry["dataset"] == dataset]
        if len(group) > 1:
            best = max(group, key=lambda entry: entry["accuracy"]["validation"]["mean"])
            value = best["accuracy"]["validation"]
            ranking.append(
                {
                    "dataset": dataset,
                    "variant": best["variant"],
                    "sentence": f"Of {len(group)} variants on {dataset}, “{best['title']}” has the highest validation "
                    f"accuracy: {percent(value['mean'])} (95 % interval {percent(value['low'])} to "
                    f"{percent(value['high'])}, {value['interval']}).",
                }
            )
    return ranking
