"""This library as the one that jobs import, whatever else Python could find under its name."""

import os
from pathlib import Path


def put_first(scripts: Path) -> None:
    """Let jobs look into this folder before they look into any other.

    Snakemake's own entry for the folder of a script comes after PYTHONPATH, which may name another clone, and after
    installed packages.
    """
    others = filter(None, [os.environ.get("PYTHONPATH")])
    os.environ["PYTHONPATH"] = os.pathsep.join([str(scripts), *others])
