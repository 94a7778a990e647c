"""Files in a run's folder that no job of its present configuration makes."""

import re
from collections.abc import Iterable
from pathlib import Path

from cnnatlas.configuration.photographs import KEY
from cnnatlas.files import read_json
from cnnatlas.workflow import last_report

# Of trainings in progress, of a whole run, of the last one with a report, of `make export` and `make predict`: outputs
# of no job
UNPLANNED = ("checkpoints", "benchmarks/times.", "benchmarks/trainings.csv", "export/", "predict/", last_report.FOLDER)
# What is made on request also where no chapter shows it: such a file and log there is wherever there is that of an
# evaluation. A test holds them to the rules
FIGURES = ("confusion.svg", "counts.svg", "right.png", "wrong.png")
ON_REQUEST = (
    *((r"/metrics\.json$", f"/{name}") for name in ("predictions.csv", *FIGURES)),
    *((r"/logs/evaluate/", f"/logs/{rule}/") for rule in ("predictions", "figure_confusion", "figure_gallery")),
    (r"/seed\d+/metrics\.json$", "/curves.svg"),
    (r"/logs/evaluate/(.+)/seed\d+\.log$", r"/logs/figure_curves/\1.log"),
)
PHOTOGRAPHS = {KEY, "photograph", "figure_photograph"}  # the names of folders and files that have to do with them


def orphans(project: Path, run: Path, made: Iterable[str]) -> list[str]:
    """Paths of the files below `run` that are not in `made`, nor in a folder that is; all relative to `project`.

    A job's benchmark lies at its log's place, in benchmarks/ instead of logs/. Photographs that a command line named
    are in no plan: they count as made unless the report was made without them.
    """
    logs, benchmarks = (f"{run.as_posix()}/{name}/" for name in ("logs", "benchmarks"))
    known = set(made)
    given = not _planned(run, known) and _shown(project / run)
    known |= {re.sub(pattern, other, file) for file in known for pattern, other in ON_REQUEST}
    known |= {benchmarks + file.removeprefix(logs).removesuffix(".log") + ".tsv" for file in known if logs in file}
    files = (path.relative_to(project) for path in sorted((project / run).rglob("*")) if not path.is_dir())
    return [
        file.as_posix()
        for file in files
        if not file.relative_to(run).as_posix().startswith(UNPLANNED)
        and not (given and _of_photographs(file.relative_to(run)))
        and not known & {file.as_posix(), *(parent.as_posix() for parent in file.parents)}
    ]


def _planned(run: Path, made: Iterable[str]) -> bool:
    """Whether photographs are in the plan, as they are where the configuration names them."""
    return any(file.startswith(f"{run.as_posix()}/{KEY}/") for file in made)


def _shown(run: Path) -> bool:
    """Whether the report that there is has a chapter on photographs, or may get one, for it is not made yet."""
    labels = run / "report" / "build" / "labels.json"
    return not labels.is_file() or any(entry["chapter"] == KEY for entry in read_json(labels)["contents"])


def _of_photographs(file: Path) -> bool:
    return any(part.split(".")[0] in PHOTOGRAPHS for part in file.parts)


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
