"""Executing a chapter's notebook with papermill, in this process, in a kernel that sees nothing but its inputs."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import nbformat
import papermill
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError
from traitlets.config import Config

from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing, write_json

SCRIPTS = Path(__file__).resolve().parents[2]
KERNEL = "python3"
# IPython started without what this machine's administrator lets it run, and without importing from the current folder
START = (
    "from IPython.core import application as settings; "
    "settings.SYSTEM_CONFIG_DIRS.clear(); settings.ENV_CONFIG_DIRS.clear(); "
    "from ipykernel.kernelapp import launch_new_instance; launch_new_instance()"
)
OPTIONS = ("--InteractiveShellApp.exec_PYTHONSTARTUP=False", "--InteractiveShellApp.ignore_cwd=True")
JUPYTERS_FOLDERS = ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "JUPYTER_CONFIG_PATH", "JUPYTER_PATH")
LONGEST = 60  # bytes: a socket's whole path may have about 100
PATIENCE = 600  # seconds for a kernel to start: on a machine with many jobs it may take minutes; one that fails says so
TIMED = ("execution", "papermill")  # metadata that hold when a cell ran, and from and to which files


def execute(
    notebook: Path | str,
    output: Path | str,
    parameters: Mapping[str, object],
    half_run: Path | str,
    inputs: Iterable[str] = (),
) -> None:
    """Execute `notebook` with `parameters`, and write the executed copy to `output`.

    It sees `inputs`, files below the current folder, and no others there: of one that is not declared, it would show
    whatever an earlier run has left. Equal results give equal bytes. Raises AtlasError where a cell raises, naming the
    notebook and the cell; the half-run copy then stays at `half_run`.
    """
    with kernel_environment() as folder, replacing(output) as temporary:
        try:
            papermill.execute_notebook(
                _read(notebook),
                temporary,
                parameters=dict(parameters),
                kernel_name=KERNEL,
                cwd=_holding(inputs, Path(folder) / "inputs"),
                progress_bar=False,
                start_timeout=PATIENCE,
                # TCP, the default, is open to every user of the machine and warns about it. The sockets are named here,
                # since kernels that start at once in one folder would otherwise pick the same names
                config=Config({"KernelManager": {"transport": "ipc", "ip": f"{folder}/kernel"}}),
            )
        except (PapermillExecutionError, DeadKernelError) as error:
            print(error)
            shutil.copyfile(temporary, half_run)
            raise AtlasError(f"{notebook}: {_failure(half_run, error)}; the half-run copy is {half_run}") from error
        nbformat.write(repeatable(nbformat.read(temporary, nbformat.NO_CONVERT)), temporary)
    Path(half_run).unlink(missing_ok=True)


def _read(path: Path | str) -> NotebookNode:
    """A notebook as any editor may save it: perhaps with a byte order mark, without names of its cells or kernel.

    Raw cells, which are for other converters, are left out.
    """
    notebook = nbformat.reads(Path(path).read_text(encoding="utf-8-sig"), nbformat.NO_CONVERT)
    notebook.metadata.kernelspec = {"name": KERNEL, "display_name": "Python 3", "language": "python"}
    notebook.cells = [cell for cell in notebook.cells if cell.cell_type != "raw"]
    for number, cell in enumerate(notebook.cells):
        cell.setdefault("id", f"cell-{number}")  # papermill would draw one each time
    notebook.nbformat_minor = max(5, notebook.nbformat_minor)
    return notebook


def repeatable(notebook: NotebookNode) -> NotebookNode:
    """What the same notebook and results give in any process: without times, papermill's notes and warnings.

    Warnings, which name the kernel's process, are printed, to the job's log. The cell of parameters, whose id papermill
    draws, is called by its tag.
    """
    for part in (notebook, *notebook.cells):
        for key in TIMED:
            part.metadata.pop(key, None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
        if cell.cell_type == "code":
            print(*(output.text for output in cell.outputs if output.get("name") == "stderr"), sep="", end="")
            cell.outputs = [output for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


@contextmanager
def kernel_environment() -> Iterator[str]:
    """Let kernels import this library, and keep them out of the user's own Jupyter settings, kernels, start-up files.

    Gives a folder of their own, which goes with them.
    """
    before = dict(os.environ)
    paths = [str(SCRIPTS), *filter(None, [before.get("PYTHONPATH")])]
    with tempfile.TemporaryDirectory(prefix="atlas", dir=_place_for_sockets()) as folder:
        os.environ.update(dict.fromkeys(JUPYTERS_FOLDERS, folder), PYTHONPATH=os.pathsep.join(paths))
        _declare_kernel(Path(folder))
        try:
            yield folder
        finally:
            os.environ.clear()
            os.environ.update(before)


def _holding(inputs: Iterable[str], folder: Path) -> Path:
    """The folder, with a link to each of `inputs` at its relative path."""
    folder.mkdir()
    for file in dict.fromkeys(inputs):  # two readings may name the same
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).symlink_to(Path(file).absolute())
    return folder


def _place_for_sockets() -> str | None:
    """None, the folder of all temporary files, or /tmp where a socket in that one would have too long a path."""
    return "/tmp" if len(os.fsencode(tempfile.gettempdir())) > LONGEST else None


def _declare_kernel(folder: Path) -> None:
    """Put this Python's kernel where Jupyter looks first: the user or a system may have another one of its name."""
    command = [sys.executable, "-P", "-c", START, "-f", "{connection_file}", *OPTIONS]
    write_json(
        folder / "kernels" / KERNEL / "kernel.json",
        {"argv": command, "display_name": "Python 3", "language": "python"},
    )


def _failure(half_run: Path | str, error: Exception) -> str:
    """What went wrong and in which cell, from the half-run notebook."""
    for cell in nbformat.read(half_run, nbformat.NO_CONVERT).cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                line = next(iter(cell.source.strip().splitlines()), "")
                return f"cell {cell.id} ({line}) raised {output.ename}: {output.evalue}"
    return f"the kernel ended ({error})"
