"""What Snakemake measured of a job: the files below benchmarks/."""

import csv
from collections.abc import Mapping
from pathlib import Path


def read(path: Path | str | None) -> list[dict[str, float]]:
    """The lines of a benchmark: `s`, seconds, `cpu_time`, seconds of processors, and `max_rss`, peak of memory in MB.

    What Snakemake had no time to measure (NA) is 0. There is no line where there is no such file, or a damaged one.
    """
    try:
        with Path(path or "").open(encoding="utf-8", newline="") as file:
            return [_line(row) for row in csv.DictReader(file, delimiter="\t")]
    except (OSError, KeyError, TypeError, ValueError, csv.Error):
        return []


def _line(row: Mapping[str, str]) -> dict[str, float]:
    return {"s": float(row["s"])} | {key: _number(row.get(key)) for key in ("cpu_time", "max_rss")}


def _number(text: str | None) -> float:
    try:
        return float(text or 0)
    except ValueError:  # NA
        return 0.0
