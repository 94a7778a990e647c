"""Two runs side by side: accuracies, differences with intervals, and what else differs between them.

A run is read from its results.csv and the records of its trainings; its data are not, so that differences are of
accuracies, not of single images. An interval over images is therefore Newcombe's for two independent samples (1998,
method 10), which is wider than one of paired images. With seeds enough for a verdict the variation over seeds is added:
Student's t interval of the paired differences, both half-widths as the sides of a right triangle.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import hypot
from pathlib import Path

import numpy as np

from cnnatlas import tables
from cnnatlas.data.split import SPLITS
from cnnatlas.errors import AtlasError, damaged
from cnnatlas.evaluation import markers, results, settings, statistics, verdicts
from cnnatlas.evaluation.metrics import newcombe, wilson
from cnnatlas.files import read_json

HELD_OUT = SPLITS[1:]


@dataclass(frozen=True)
class Results:
    """A run: accuracies by (variant, split) and seed, as rows of results.csv; records of one training a variant."""

    folder: Path
    accuracies: Mapping[tuple[str, str], Mapping[int, Mapping[str, str]]]
    records: Mapping[str, Mapping]

    @property
    def variants(self) -> list[str]:
        """Their names, in the order of the table."""
        return list(dict.fromkeys(variant for variant, _ in self.accuracies))


@dataclass(frozen=True)
class Difference:
    """The accuracy of B minus that of A on a split. `verdict` is higher, lower or None; `reason` says why it is None.

    `a` and `b` are (mean, low, high) over a run's own seeds; the difference and its interval are over the `paired`
    seeds or, where there are none, over all of each. All are shares.
    """

    variant: str
    split: str
    a: tuple[float, float, float]
    b: tuple[float, float, float]
    seeds: tuple[int, int]
    paired: int
    difference: float
    low: float
    high: float
    verdict: str | None
    reason: str


def read(folder: Path) -> Results:
    """Read a run such as results/embedded. Raises AtlasError where it is none, has no results.csv, or one of others."""
    path = folder / "results.csv"
    if not folder.is_dir():
        raise AtlasError(f"{folder}: no such folder; name that of a run, such as results/embedded")
    if not path.is_file():
        raise AtlasError(
            f"{path}: no such file; make it with the command that made the run, and this path as its target"
        )
    rows = tables.read(path)
    if missing := set(results.COLUMNS) - set(tables.columns(path)):
        raise damaged(path, f"it has no column `{min(missing)}`")
    accuracies: dict[tuple[str, str], dict[int, Mapping[str, str]]] = {}
    for row in rows:
        if row["split"] in HELD_OUT and row["accuracy"]:
            accuracies.setdefault((row["variant"], row["split"]), {})[int(row["seed"])] = row
    files: dict[str, Path] = {}
    for row in rows:
        files.setdefault(row["variant"], folder / "models" / row["variant"] / f"seed{row['seed']}" / "training.json")
    return Results(folder, accuracies, {variant: read_json(file) for variant, file in files.items() if file.is_file()})


def differences(a: Results, b: Results) -> list[Difference]:
    """Of each variant and held-out split that both have; verdicts are corrected over all of them that can have one."""
    shared = [key for key in a.accuracies if key in b.accuracies]
    reasons = {key: _undecided(a.accuracies[key], b.accuracies[key]) for key in shared}
    tested = [key for key in shared if not reasons[key]]
    p = dict(zip(tested, _p(a, b, tested), strict=True))
    return [_difference(key, a.accuracies[key], b.accuracies[key], reasons[key], p.get(key)) for key in shared]


def unequal_settings(a: Results, b: Results) -> dict[settings.Difference, list[str]]:
    """Each difference between the specs of a variant in both runs, with the variants that have it."""
    found: dict[settings.Difference, list[str]] = {}
    for variant in a.records:
        if variant in b.records:
            for each in settings.differences(a.records[variant]["spec"], b.records[variant]["spec"]):
                found.setdefault(each, []).append(variant)
    return found


def unequal_machines(a: Results, b: Results, recorded: Iterable[str]) -> Iterator[tuple[str, list[str], list[str]]]:
    """The keys of `recorded` in which the environments of the runs' trainings differ, with all values of each run."""
    for key in recorded:
        values = [sorted({str(_ran(record).get(key)) for record in run.records.values()}) for run in (a, b)]
        if values[0] != values[1]:
            yield key, *values


def _ran(record: Mapping) -> dict:
    return {**record["environment"], **record["precision"]}


def _share(row: Mapping[str, str]) -> float:
    return int(row["correct"]) / int(row["images"])


def _paired(a: Mapping[int, Mapping], b: Mapping[int, Mapping]) -> list[int]:
    return sorted(a.keys() & b.keys())


def _undecided(a: Mapping[int, Mapping], b: Mapping[int, Mapping]) -> str:
    """Why the difference can have no verdict; empty where it can."""
    if len({row["images"] for side in (a, b) for row in side.values()}) > 1:
        return "other images"
    flagged = [[any(flag in row["flags"] for flag in markers.VOID) for row in side.values()] for side in (a, b)]
    if any(2 * sum(side) >= len(side) for side in flagged):
        return "at chance or collapsed"
    if not verdicts.enough(paired := len(_paired(a, b))):
        return f"{paired} of {verdicts.SEEDS_NEEDED} paired seeds"
    return ""


def _by_seed(a: Mapping[int, Mapping], b: Mapping[int, Mapping]) -> dict[int, float]:
    return {
        seed: (int(b[seed]["correct"]) - int(a[seed]["correct"])) / int(a[seed]["images"]) for seed in _paired(a, b)
    }


def _p(a: Results, b: Results, keys: Sequence[tuple[str, str]]) -> list[float]:
    found = [_by_seed(a.accuracies[key], b.accuracies[key]) for key in keys]
    seeds = sorted({seed for each in found for seed in each})
    values = np.array([[each.get(seed, np.nan) for seed in seeds] for each in found])
    return statistics.max_sign_flip(values) if keys else []


def _difference(key: tuple[str, str], a: Mapping, b: Mapping, reason: str, p: float | None) -> Difference:
    paired = _paired(a, b)
    means = [float(np.mean([_share(side[seed]) for seed in paired or side])) for side in (a, b)]
    images = [int(next(iter(side.values()))["images"]) for side in (a, b)]
    difference = means[1] - means[0]
    low, high = newcombe(np.multiply(means, images), images)
    if not reason:
        seeds = statistics.t_interval(list(_by_seed(a, b).values()))
        low = difference - hypot(difference - low, difference - seeds[0])
        high = difference + hypot(high - difference, seeds[1] - difference)
    decided = verdicts.verdict(p, low, high)
    return Difference(
        *key, _accuracy(a), _accuracy(b), (len(a), len(b)), len(paired), difference, low, high,
        decided, reason or ("" if decided else "none established"),
    )  # fmt: skip


def _accuracy(rows: Mapping[int, Mapping]) -> tuple[float, float, float]:
    """Mean over seeds and its interval: Wilson's over images for one seed, Student's t over several."""
    values = [_share(row) for row in rows.values()]
    first = next(iter(rows.values()))
    several = statistics.t_interval(values)
    low, high = several or wilson(int(first["correct"]), int(first["images"]))
    return float(np.mean(values)), max(low, 0.0), min(high, 1.0)
