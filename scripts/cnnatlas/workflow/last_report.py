"""The last whole report outlives a run that fails: Snakemake removes the files of a job before it starts the job."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

from cnnatlas.files import remove_folder

FOLDER = "previous_report"  # below results/{run}/, while a run goes on and after one that failed
WHOLE = ("report.pdf", "index.html")


def put_aside(results: Path) -> None:
    """Give the files of a whole report second names, in FOLDER; where the file system can, they take no room.

    After a run that failed, the report is whole only if it has all files of the one that is kept there.
    """
    report, kept = results / "report", results / FOLDER
    if _whole(report, _parts(kept)):
        remove_folder(kept)
        for source in sorted(report.rglob("*")):
            if source.is_file() and source.relative_to(report).parts[0] != "build":
                _link(source, kept / source.relative_to(report))


def settle(results: Path, remade: bool) -> str | None:
    """After a run: remove FOLDER where the report is whole again; else the line that says what is there.

    A report that has not been `remade`, by a run that succeeded, is whole only if it has all files that it had.
    """
    kept = results / FOLDER
    if _whole(results / "report", [] if remade else _parts(kept)):
        remove_folder(kept)
    if kept.exists():
        return f"the last whole report is kept: {kept}/report.pdf and index.html; the next that succeeds replaces it"
    return None


def planned(outputs: Iterable[str], results: Path) -> bool:
    """Whether the report was among what a run was asked for, by all that its jobs make."""
    return {str(results / "report" / name) for name in WHOLE} <= set(map(str, outputs))


def _whole(report: Path, parts: Iterable[Path]) -> bool:
    return all((report / part).exists() for part in (*WHOLE, *parts))


def _parts(kept: Path) -> list[Path]:
    """What the kept report consists of; nothing where none is kept."""
    return [path.relative_to(kept) for path in kept.rglob("*")]


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # not on every file system; one that refuses links may refuse permissions and times too
        shutil.copyfile(source, target)
