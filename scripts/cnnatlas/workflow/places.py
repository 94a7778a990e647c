"""Where the project and its Python may lie, and a run: what Snakemake ends in a traceback, or in every job."""

import re
import sys
import tempfile
from pathlib import Path

from cnnatlas.errors import AtlasError

OF_THE_SHELL = re.compile(r"[\s'\"\\$&()<>|;*?\[\]{}`!]")
OF_SNAKEMAKE = re.compile(r"[{}:]")  # it looks for wildcards with braces; a colon parts the folders of PYTHONPATH


def check(root: Path, python: str = sys.executable) -> None:
    """Raises AtlasError where no job could start from the project's folder, or with this Python.

    Snakemake puts both paths into commands, not always quoted.
    """
    for path, pattern, what in ((python, OF_THE_SHELL, "Python"), (str(root), OF_SNAKEMAKE, "project")):
        if found := pattern.search(path):
            raise AtlasError(
                f"{path}: Snakemake starts no jobs where the path of the {what} has {found[0]!r} in it; move the "
                "project into a folder without such characters and remove its .venv, which is then made again"
            )


def check_writable(folder: Path) -> None:
    """Raises AtlasError where Snakemake could not keep its records in the folder of a run."""
    records = folder / ".snakemake"
    try:
        records.mkdir(exist_ok=True)
        tempfile.TemporaryFile(dir=records).close()
    except OSError as error:
        raise AtlasError(
            f"{records}: it cannot be written to ({error.strerror}); make it so, or run in a folder of your own: "
            "--directory FOLDER"
        ) from error


def main() -> None:
    """Check the current folder, before `make` puts a .venv into it."""
    try:
        check(Path.cwd(), str(Path.cwd() / ".venv/bin/python"))
    except AtlasError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
