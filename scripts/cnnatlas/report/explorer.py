"""All variants of a run in one table, with their learning curves: the data of the site's explorer."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from cnnatlas import tables

SPLITS = ("train", "validation", "test")
VARIANT = (
    *("variant", "title", "dataset", "studies", "parameters", "multiply_adds", "epochs", "best_epoch", "seeds"),
    *("diverged", "interval", *(f"{split}_{end}" for split in SPLITS for end in ("accuracy", "low", "high")), "flags"),
)
SERIES = ("train_loss", "train_accuracy", "validation_loss", "validation_accuracy")
POINT = ("variant", "seed", "epoch", *SERIES)
DIGITS = 4  # significant ones of a curve: more than a screen shows


def collect(comparisons: Sequence[Mapping], names: Mapping, histories: Mapping[tuple[str, int], Path]) -> dict:
    """The data of the explorer: {"datasets", "variants", "curves"}.

    `datasets` are the titles of data sets, `variants` rows with the keys VARIANT, `curves` one for each training, as
    POINT. `comparisons` are the studies' comparison.json, `names` {"datasets", "studies", "variants"} titles of data
    sets, of studies and of their variants as plain text, and `histories` the history.csv of each training, by variant
    and seed. A variant that several studies show is one row. A curve's epochs and SERIES are lists, with None where a
    loss was no number. Accuracies and their ends are shares, multiply-adds those of one image.
    """
    rows: dict[str, dict] = {}
    for comparison in comparisons:
        for entry in comparison["variants"]:
            row = rows.setdefault(entry["variant"], _row(entry, names["variants"][entry["variant"]]))
            row["studies"].append(names["studies"][comparison["study"]])
    curves = [_curve(variant, seed, tables.read(path)) for (variant, seed), path in histories.items()]
    used = {row["dataset"] for row in rows.values()}
    titles = {name: title for name, title in names["datasets"].items() if name in used}
    return {"datasets": titles, "variants": list(rows.values()), "curves": curves}


def write_tables(explorer: Mapping, variants: Path | str, curves: Path | str) -> None:
    """Write both parts of the explorer's data as CSV, a list in one field, with semicolons."""
    rows = [{**row, **{key: "; ".join(row[key]) for key in ("studies", "flags")}} for row in explorer["variants"]]
    tables.write(variants, VARIANT, rows)
    tables.write(curves, POINT, [point for curve in explorer["curves"] for point in _points(curve)])


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


def _curve(variant: str, seed: int, rows: Sequence[Mapping[str, str]]) -> dict:
    series = {name: [_rounded(row[name]) for row in rows] for name in SERIES}
    return {"variant": variant, "seed": seed, "epoch": [int(row["epoch"]) for row in rows], **series}


def _points(curve: Mapping) -> Iterator[dict]:
    """A curve as rows, one an epoch."""
    for values in zip(*(curve[name] for name in POINT[2:]), strict=True):
        yield {"variant": curve["variant"], "seed": curve["seed"], **dict(zip(POINT[2:], values, strict=True))}


def _rounded(text: str) -> float | None:
    """A field of a history; None for what JSON cannot hold."""
    value = float(f"{tables.number(text):.{DIGITS}g}")
    return value if abs(value) < float("inf") else None
