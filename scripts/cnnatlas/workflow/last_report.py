"""The last whole report outlives a run that fails: Snakemake removes the files of a job before it starts the job."""

import os
import shutil
from pathlib import Path

from cnnatlas.files import remove_folder

FOLDER = "previous_report"  # below results/{run}/, while a run goes on and after one that failed
WHOLE = ("report.pdf", "index.html")


def put_aside(results: Path) -> None:
    """Give the files of a whole report second names, in FOLDER; where the file system can, they take no room."""
    report, kept = results / "report", results / FOLDER
    if _whole(report):
        remove_folder(kept)
        for source in sorted(report.rglob("*")):
            if source.is_file() and source.relative_to(report).parts[0] != "build":
                _link(source, kept / source.relative_to(report))


def settle(results: Path, failed: bool = False) -> str | None:
    """After a run: remove FOLDER where the report is whole again; else the line that says what is there.

    After one that `failed` it is whole only if it has all files that it had.
    """
    kept = results / FOLDER
    parts = [path.relative_to(kept) for path in kept.rglob("*")] if failed else []
    if _whole(results / "report") and all((results / "report" / part).exists() for part in parts):
        remove_folder(kept)
    if kept.exists():
        return f"the last whole report is kept: {kept}/report.pdf and index.html; the next that succeeds replaces it"
    return None


def _whole(report: Path) -> bool:
    return all((report / name).exists() for name in WHOLE)


def _link(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:  # not on every file system; one that refuses links may refuse permissions and times too
        shutil.copyfile(source, target)
