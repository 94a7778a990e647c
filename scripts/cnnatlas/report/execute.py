"""Executing a chapter's notebook with papermill, in this process, in a kernel that touches nothing but the results."""

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing

SCRIPTS = Path(__file__).resolve().parents[2]


def execute(notebook: Path | str, output: Path | str, parameters: Mapping[str, object], half_run: Path | str) -> None:
    """Execute `notebook` with `parameters` in the current folder, and write the executed copy to `output`.

    Raises AtlasError where a cell raises, naming the notebook and the cell; the half-run copy then stays at `half_run`.
    """
    with kernel_environment() as folder, replacing(output) as temporary:
        try:
            papermill.execute_notebook(
                notebook,
                temporary,
                parameters=dict(parameters),
                kernel_name="python3",
                cwd=Path.cwd(),
                progress_bar=False,
                # TCP, the default, is open to every user of the machine and warns about it. The sockets are named here,
                # since kernels that start at once in one folder would otherwise pick the same names
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}}),
            )
        except (PapermillExecutionError, DeadKernelError) as error:
            print(error)
            shutil.copyfile(temporary, half_run)
            raise AtlasError(f"{notebook}: {_failure(half_run, error)}; the half-run copy is {half_run}") from error
    Path(half_run).unlink(missing_ok=True)


@contextmanager
def kernel_environment() -> Iterator[str]:
    """Let kernels import this library, and keep them out of the user's own Jupyter settings and start-up files.

    Gives a folder of their own, which goes with them.
    """
    before = dict(os.environ)
    paths = [str(SCRIPTS), *filter(None, [before.get("PYTHONPATH")])]
    with tempfile.TemporaryDirectory(prefix="atlas") as folder:
        os.environ.update(
            PYTHONPATH=os.pathsep.join(paths), IPYTHONDIR=folder, JUPYTER_RUNTIME_DIR=folder, JUPYTER_CONFIG_DIR=folder
        )
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ.update(before)


def _failure(half_run: Path | str, error: Exception) -> str:
    """What went wrong and in which cell, from the half-run notebook."""
    for cell in nbformat.read(half_run, nbformat.NO_CONVERT).cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                line = next(iter(cell.source.strip().splitlines()), "")
                return f"cell {cell.id} ({line}) raised {output.ename}: {output.evalue}"
    return f"the kernel ended ({error})"
