"""Explain why a target would be rebuilt; nothing runs.

make why TARGET=results/embedded/report/report.pdf
make why TARGET=results/cpu/report/report.pdf CONFIG=config/cpu.yaml
"""

import os
import sys
from pathlib import Path

from cnnatlas.configuration import run as configuration
from cnnatlas.errors import AtlasError
from cnnatlas.workflow import dry_run, reruns

ROOT = Path(__file__).resolve().parents[1]


def inside(name: str, typed: str) -> Path:
    """A path below the project, relative to it, of one that was typed: absolute, or seen from the project.

    Raises AtlasError for one elsewhere, which no plan that is made here is about.
    """
    for path in (Path(os.path.normpath(ROOT / typed)), (ROOT / typed).resolve()):  # results/ may be a link, or the way
        if path.is_relative_to(ROOT):
            return path.relative_to(ROOT)
    raise AtlasError(f"{name}={typed}: not in {ROOT}, whose runs alone are known here; name a path below it")


def overlay(target: str) -> str:
    """The configuration whose `run` a target belongs to."""
    run = (*Path(target).parts, "", "")[1]
    if file := configuration.file_of(ROOT, run):
        return file
    raise AtlasError(
        f"TARGET={target}: no file of config/ has `run: {run}`; add CONFIG=config/embedded.yaml or the like"
    )


def why(target: str, config: str) -> str:
    """What `make why` prints."""
    found = dry_run.jobs(ROOT, target, config)
    changed = any(job.of("inputs") is not None for job in found)
    recorded = dry_run.recorded_inputs(ROOT, target, config) if changed else {}
    return reruns.explain(target, found, recorded)


def main() -> None:
    """Print why, or one line of what is wrong."""
    try:
        target = inside("TARGET", sys.argv[1]).as_posix()
        print(why(target, sys.argv[2] if len(sys.argv) > 2 else overlay(target)))
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
