"""Which input of a job is damaged: asked once the job has failed, so that jobs that do not fail lose no time by it."""

import base64
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from cnnatlas import tables
from cnnatlas.errors import AtlasError, damaged


def first_damaged(files: Iterable[Path | str]) -> AtlasError | None:
    """The error of the first file that is missing or does not hold all that its format promises, if there is one."""
    for path in map(Path, files):
        if not path.exists():
            return AtlasError(f"{path}: it has been removed; run the same command again, which makes it anew")
        try:
            CHECKS.get(path.suffix, Path.exists)(path)
        except AtlasError as error:
            return error
        except Exception as error:  # a damaged file may raise anything
            return damaged(path, f"{type(error).__name__}: {error}")
    return None


def maker(path: str) -> str:
    """Which rule made a file and where its log is, as a part of a sentence; empty where Snakemake has no record of it.

    Snakemake keeps its records in .snakemake/metadata of the working directory, under the file's name in base64.
    """
    name = base64.urlsafe_b64encode(path.encode()).decode()
    try:
        record = json.loads(Path(".snakemake", "metadata", name).read_text(encoding="utf-8"))
        return f"rule {record['rule']} makes it, see {record['log'][0]}"
    except (OSError, ValueError, LookupError, TypeError):
        return ""


def _array(path: Path) -> None:
    import numpy as np

    np.load(path, mmap_mode="r")


def _arrays(path: Path) -> None:
    import numpy as np

    with np.load(path) as arrays:
        for name in arrays:
            arrays[name]


def _tensors(path: Path) -> None:
    """Of a safetensors file its header, after the header's length, says where the last tensor ends."""
    with path.open("rb") as stream:
        length = int.from_bytes(stream.read(8), "little")
        header = json.loads(stream.read(length))
    end = max(tensor["data_offsets"][1] for name, tensor in header.items() if name != "__metadata__")
    if path.stat().st_size != 8 + length + end:
        raise ValueError(f"{path.stat().st_size} bytes of {8 + length + end}")


def _document(path: Path) -> None:
    json.loads(path.read_text(encoding="utf-8"))


CHECKS: dict[str, Callable[[Path], object]] = {
    ".csv": tables.read,
    ".ipynb": _document,
    ".json": _document,
    ".npy": _array,
    ".npz": _arrays,
    ".safetensors": _tensors,
}
