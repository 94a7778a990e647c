"""List the files of a run that its configuration no longer makes: of removed variants, studies, chapters.

make clean-orphans RUN=results/embedded             lists them
make clean-orphans RUN=results/embedded REMOVE=yes  lists them, then removes them
"""

import sys
from pathlib import Path

from cnnatlas.configuration import run as configuration
from cnnatlas.errors import AtlasError
from cnnatlas.workflow import dry_run, orphans
from why import ROOT, inside


def _run(typed: str) -> Path:
    run = inside("RUN", typed)
    if run.parts[:-1] != ("results",) or not (ROOT / run).is_dir():
        raise AtlasError(f"RUN={typed}: no such run; name its folder, such as results/embedded")
    return run


def _configuration(run: Path) -> str:
    if file := configuration.file_of(ROOT, run.name):
        return file
    raise AtlasError(f"RUN={run}: no file of config/ has `run: {run.name}`, which would tell what this run makes; put "
                     "its configuration there")  # fmt: skip


def main() -> None:
    """List the run's orphans and, if told so, remove them; or one line of what is wrong."""
    try:
        run, remove = _run(sys.argv[1]), sys.argv[2:] == ["yes"]
        found = orphans.orphans(ROOT, run, dry_run.made(ROOT, _configuration(run)))
    except AtlasError as error:
        sys.exit(f"error: {error}")
    print(*found, orphans.summary(ROOT, run, found, remove), sep="\n")
    if remove:
        orphans.remove(ROOT, run, found)


if __name__ == "__main__":
    main()
