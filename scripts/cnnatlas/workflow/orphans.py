"""Files in a run's folder that no job of its present configuration makes."""

from collections.abc import Iterable
from pathlib import Path

from cnnatlas.workflow import last_report

# Of trainings in progress, of a whole run, of the last one with a report, of `make export` and `make predict`: outputs
# of no job
UNPLANNED = ("checkpoints", "benchmarks/times.", "benchmarks/trainings.csv", "export/", "predict/", last_report.FOLDER)
# What is made on request only, beside what every run makes: there is the one wherever there is the other
ON_REQUEST = {"/metrics.json": "/predictions.csv", "/logs/evaluate/": "/logs/predictions/"}


def orphans(project: Path, run: Path, made: Iterable[str]) -> list[str]:
    """Paths of the files below `run` that are not in `made`, nor in a folder that is; all relative to `project`.

    A job's benchmark lies at its log's place, in benchmarks/ instead of logs/.
    """
    logs, benchmarks = (f"{run.as_posix()}/{name}/" for name in ("logs", "benchmarks"))
    known = set(made)
    known |= {file.replace(name, other) for file in known for name, other in ON_REQUEST.items() if name in file}
    known |= {benchmarks + file.removeprefix(logs).removesuffix(".log") + ".tsv" for file in known if logs in file}
    files = (path.relative_to(project) for path in sorted((project / run).rglob("*")) if not path.is_dir())
    return [
        file.as_posix()
        for file in files
        if not file.relative_to(run).as_posix().startswith(UNPLANNED)
        and not known & {file.as_posix(), *(parent.as_posix() for parent in file.parents)}
    ]


def summary(project: Path, run: Path, found: list[str], remove: bool) -> str:
    """What a list of orphans comes to, and what becomes of them."""
    if not found:
        return f"{run}: every file is one that this run makes"
    size = sum((project / file).stat().st_size for file in found) / 2**20
    said = "removed" if remove else "add REMOVE=yes to remove them"
    return f"{run}: {len(found)} files ({size:.1f} MiB) that this run no longer makes; {said}"


def remove(project: Path, run: Path, found: list[str]) -> None:
    """Remove files, and the folders below `run` that become empty."""
    for file in found:
        path = project / file
        path.unlink()
        for parent in path.parents:
            if parent == project / run or any(parent.iterdir()):
                break
            parent.rmdir()
