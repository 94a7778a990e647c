"""What a run took, beside its jobs' benchmarks: by rule, also for the report's page, and by training."""

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from cnnatlas import tables
from cnnatlas.errors import AtlasError
from cnnatlas.files import read_json, replacing
from cnnatlas.workflow import benchmark_files

COLUMNS = ("rule", "jobs", "seconds", "longest", "processor_seconds", "peak_megabytes")
TRAINING = ("variant", "seed", "seconds", "images_per_second", "interruptions")
SEED = re.compile(r"seed\d+")  # not a copy of such a folder
MACHINE = ("device_name", "cpu", "system", "threads", "python", "torch")


def write(results: Path, data: Path) -> None:
    """Write times.csv, times.js and trainings.csv into results/{run}/benchmarks/, where a run has one.

    The first two are of its jobs and the data's, trainings.csv of each training. Times are of each job's last run, in
    seconds; memory is the resident set's peak. times.js defines TIMES for a page that opens from a folder, which may
    run a script but not read a file.
    """
    if not (results / "benchmarks").is_dir():
        return
    folders = [folder for base in (data, results) for folder in sorted((base / "benchmarks").glob("*/"))]
    rows = [row for folder in folders if (row := _row(folder))]
    tables.write(results / "benchmarks" / "times.csv", COLUMNS, rows)
    tables.write(results / "benchmarks" / "trainings.csv", TRAINING, _trainings(results))
    content = {"machines": _machines(results), "processors": os.cpu_count(), "rules": rows}
    with replacing(results / "benchmarks" / "times.js") as temporary:
        temporary.write_text(f"const TIMES = {json.dumps(content, ensure_ascii=False, indent=1)};\n", encoding="utf-8")


def _trainings(results: Path) -> list[dict]:
    """A row under TRAINING for each training, from its timing.json: seconds without interruptions, and its speed."""
    found = [path for path in results.glob("models/*/seed*/timing.json") if SEED.fullmatch(path.parts[-2])]
    files = sorted((path.parts[-3], int(path.parts[-2].removeprefix("seed")), path) for path in found)
    measured = [(variant, seed, _read_json(path)) for variant, seed, path in files]
    return [
        {"variant": variant, "seed": seed, **{key: timing.get(key) for key in TRAINING[2:]}}
        for variant, seed, timing in measured
        if timing
    ]


def _read_json(path: Path) -> dict:
    """A record; {} for one that cannot be read, as one may be that is no longer of this run."""
    try:
        return read_json(path)
    except (OSError, AtlasError):
        return {}


def _row(folder: Path) -> dict | None:
    """A rule's jobs; None where there is no benchmark of it."""
    jobs = [job for path in sorted(folder.rglob("*.tsv")) for job in benchmark_files.read(path)]
    if not jobs:
        return None
    seconds = [job["s"] for job in jobs]
    return {
        "rule": folder.name,
        "jobs": len(jobs),
        "seconds": round(sum(seconds), 1),
        "longest": round(max(seconds), 1),
        "processor_seconds": round(sum(job["cpu_time"] for job in jobs), 1),
        "peak_megabytes": round(max(job["max_rss"] for job in jobs)),
    }


def _machines(results: Path) -> list[Mapping]:
    """The environments of the run's trainings, each once."""
    records: Iterable[Path] = sorted(results.glob("models/*/seed*/training.json"))
    found = [{key: _read_json(path).get("environment", {}).get(key) for key in MACHINE} for path in records]
    return [machine for index, machine in enumerate(found) if machine not in found[:index]]
