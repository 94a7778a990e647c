"""The trainings of a run that are under way, by their logs: files only, so that it works from any node of a cluster.

A training writes a line to its log after each epoch (cnnatlas.training.loop) and, in between, where its bar stands.
"""

import re
import time
from dataclasses import dataclass
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.wording import counted
from cnnatlas.workflow.durations import lasting, roughly

EPOCH = re.compile(
    r"^epoch (?P<epoch>\d+)/(?P<epochs>\d+): .*validation loss \S+ accuracy (?P<accuracy>[\d.]+%).*"
    r"; (?P<speed>\d+) images/s, (?P<minutes>[\d.]+) min left$",
    re.MULTILINE,
)
RESUMED = re.compile(r"^resuming from a checkpoint: (?P<epoch>\d+) of (?P<epochs>\d+) epochs", re.MULTILINE)
BAR = re.compile(r"^ *\d+ % \|.*\| batch \d+ of \d+, [\d:]+ gone, (?P<left>[\d:]+) left$", re.MULTILINE)
ENDED = re.compile(r"^(done in|failed after|stopped by|error:) ", re.MULTILINE)
SILENT = 300  # seconds after which a training may no longer be there
HEADER = ("training", "epoch", "validation", "images/s", "left", "last sign")


@dataclass(frozen=True)
class Progress:
    """How far a training is: epochs done and to do, the last validation accuracy, images/s and seconds left.

    What its log does not say yet is None. `silence` is the seconds since it last wrote.
    """

    variant: str
    seed: str
    epoch: int | None
    epochs: int | None
    accuracy: str | None
    speed: int | None
    left: float | None
    silence: float


def under_way(results: Path) -> list[Progress]:
    """The trainings of results/{run} that have begun and neither ended nor failed, by name.

    Raises AtlasError where there is no such run.
    """
    if not results.is_dir():
        raise AtlasError(f"RUN={results}: no such folder; name that of a run, such as RUN=results/embedded")
    if not (results / "logs").is_dir():
        raise AtlasError(f"RUN={results}: no run, as it has no logs/; name one, such as RUN=results/embedded")
    logs = sorted((results / "logs" / "train").glob("*/seed*.log"))
    return [found for log in logs if not _made(results, log) and (found := _read(log))]


def _made(results: Path, log: Path) -> bool:
    record = results / "models" / log.parent.name / log.stem / "training.json"
    return record.exists()


def _read(log: Path) -> Progress | None:
    """What a log says; None for that of a training that has ended."""
    text = log.read_text(encoding="utf-8", errors="replace")
    if ENDED.search(text):
        return None
    epochs = list(EPOCH.finditer(text))
    last = epochs[-1] if epochs else None
    begun = last or RESUMED.search(text)
    bars = list(BAR.finditer(text, last.end() if last else 0))
    left = _seconds(bars[-1]["left"]) if bars else 60 * float(last["minutes"]) if last else None
    return Progress(
        log.parent.name,
        log.stem.removeprefix("seed"),
        int(begun["epoch"]) if begun else None,
        int(begun["epochs"]) if begun else None,
        last["accuracy"] if last else None,
        int(last["speed"]) if last else None,
        left,
        max(0.0, time.time() - log.stat().st_mtime),
    )


def _seconds(clock: str) -> int:
    """Seconds of 1:02:03 or 02:03."""
    total = 0
    for part in clock.split(":"):
        total = 60 * total + int(part)
    return total


def table(results: Path) -> str:
    """What `make progress` prints."""
    found = under_way(results)
    done = len(list(results.glob("models/*/seed*/training.json")))
    title = f"{results}: {len(found):,} under way, {counted(done, 'training')} done"
    rows = [HEADER, *map(_row, found)] if found else []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join([title, *("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)])


def _row(training: Progress) -> tuple[str, ...]:
    silent = " (stopped?)" if training.silence > SILENT else ""
    return (
        f"{training.variant}, seed {training.seed}",
        "begins" if training.epoch is None else f"{training.epoch:,} of {training.epochs:,}",
        training.accuracy or "-",
        "-" if training.speed is None else f"{training.speed:,}",
        "-" if training.left is None else roughly(training.left),
        f"{lasting(training.silence)} ago{silent}",
    )
