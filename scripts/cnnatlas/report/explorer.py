"""All variants of a run in one table, with their learning curves: the data of the site's explorer."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from cnnatlas import tables

SPLITS = ("train", "validation", "test")
VARIANT = (
    *("variant", "title", "dataset", "studies", "parameters", "multiply_adds", "epochs", "best_epoch", "seeds"),
    *("diverged", "interval", *(f"{split}_{end}" for split in SPLITS for end in ("accuracy", "low", "high")), "flags"),
)
SERIES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
CURVE = ("variant", "seed", "epoch", *SERIES)
DIGITS = 4  # significant ones of a curve: more than a screen shows


def collect(comparisons: Sequence[Mapping], names: Mapping, histories: Mapping[tuple[str, int], Path]) -> dict:
    """The data of the explorer: {"variants": [...], "curves": [...]}, rows with the keys VARIANT and CURVE.

    `comparisons` are the studies' comparison.json, `names` {"studies", "variants"} their titles and those of their
    variants as plain text, and `histories` the history.csv of each training, by variant and seed. A variant that
    several studies show is one row. Accuracies and their ends are shares, multiply-adds those of one image.
    """
    rows: dict[str, dict] = {}
    for comparison in comparisons:
        for entry in comparison["variants"]:
            row = rows.setdefault(entry["variant"], _row(entry, names["variants"][entry["variant"]]))
            row["studies"].append(names["studies"][comparison["study"]])
    curves = [_epoch(variant, seed, row) for (variant, seed), path in histories.items() for row in tables.read(path)]
    return {"variants": list(rows.values()), "curves": curves}


def write_tables(explorer: Mapping, variants: Path | str, curves: Path | str) -> None:
    """Write both parts of the explorer's data as CSV, a list in one field, with semicolons."""
    rows = [{**row, **{key: "; ".join(row[key]) for key in ("studies", "flags")}} for row in explorer["variants"]]
    tables.write(variants, VARIANT, rows)
    tables.write(curves, CURVE, explorer["curves"])


def _row(entry: Mapping, title: str) -> dict:
    accuracies = {split: entry["accuracy"].get(split) for split in SPLITS}
    ends = {
        f"{split}_{name}": found and found[key]
        for split, found in accuracies.items()
        for name, key in (("accuracy", "mean"), ("low", "low"), ("high", "high"))
    }
    same = {key: entry[key] for key in VARIANT if key in entry and key != "flags"}
    interval = accuracies["validation"]["interval"]
    flags = [flag["flag"] for flag in entry["flags"]]
    return {**same, **ends, "title": title, "interval": interval, "flags": flags, "studies": []}


def _epoch(variant: str, seed: int, row: Mapping[str, str]) -> dict:
    series = {name: _rounded(row[name]) for name in SERIES}
    return {"variant": variant, "seed": seed, "epoch": int(row["epoch"]), **series}


def _rounded(text: str) -> float | None:
    """A field of a history; None where the loss was no number, which JSON cannot hold."""
    value = float(f"{tables.number(text):.{DIGITS}g}")
    return value if abs(value) < float("inf") else None
