"""List the files of a run that its configuration no longer makes: of removed variants, studies, chapters.

make clean-orphans RUN=results/embedded             lists them
make clean-orphans RUN=results/embedded REMOVE=yes  lists them, then removes them
"""

import sys
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import dry_run, orphans
from why import ROOT, overlay


def _configuration(run: Path) -> str:
    try:
        return overlay(str(run))
    except AtlasError:
        raise AtlasError(f"RUN={run}: no file of config/ has `run: {run.name}`, so nothing makes this run; put its "
                         "configuration back, or remove the folder yourself") from None  # fmt: skip


def main() -> None:
    """List the run's orphans and, if told so, remove them; or one line of what is wrong."""
    try:
        run, remove = Path(sys.argv[1]), sys.argv[2:] == ["yes"]
        if not (ROOT / run).is_dir():
            raise AtlasError(f"RUN={run}: no such folder; name that of a run, such as results/embedded")
        found = orphans.orphans(ROOT, run, dry_run.made(ROOT, _configuration(run)))
    except AtlasError as error:
        sys.exit(f"error: {error}")
    print(*found, orphans.summary(ROOT, run, found, remove), sep="\n")
    if remove:
        orphans.remove(ROOT, run, found)


if __name__ == "__main__":
    main()
