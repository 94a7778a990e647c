"""Unpickling of files from elsewhere: arrays and plain values, and nothing that could run."""

import pickle
from pathlib import Path
from typing import BinaryIO

from cnnatlas.data.archives import broken
from cnnatlas.errors import AtlasError

# What NumPy arrays need; its private modules moved under numpy._core in NumPy 2
ALLOWED = {
    ("numpy", "ndarray"),
    ("numpy", "dtype"),
    ("numpy.core.multiarray", "_reconstruct"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("_codecs", "encode"),  # how Python 3 writes bytes into old protocols
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it calls for {module}.{name}, which no data file needs")
        return super().find_class(module.replace("numpy.core", "numpy._core"), name)


def load(stream: BinaryIO, archive: Path, member: str) -> object:
    """Read one pickle of plain values and arrays; text of Python 2 becomes str.

    Raises AtlasError, naming archive and member, for anything else.
    """
    try:
        return _Unpickler(stream, encoding="latin1").load()
    except AtlasError:
        raise
    except Exception as error:  # a damaged pickle may raise anything, as the pickle module's documentation says
        raise broken(archive, f"member {member}: {type(error).__name__}: {error}") from error
