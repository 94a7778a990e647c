"""Unpickling of files from elsewhere: arrays and plain values, and nothing that could run, or fill the memory."""

import io
import pickle
import pickletools
from pathlib import Path
from typing import BinaryIO

import numpy as np

from cnnatlas.data.archives import broken

LARGEST = 64 << 20  # bytes; a batch of CIFAR-10 has 31 million
MOST = {  # opcodes of a kind; a batch of CIFAR-10 has 30,098
    "all": 200_000,  # each makes at most a small object
    "TUPLE": 1000,  # tuples inside each other can be as deep; comparing some 100,000 of them ends the process
}
NUMERIC = frozenset(f"{kind}{size}" for kind in "uif" for size in (1, 2, 4, 8)) - {"f1"}


class _Type:
    """Stands for numpy.dtype while a pickle is read: numbers only."""

    def __init__(self, code: str, *_: object):
        if code not in NUMERIC:
            raise pickle.UnpicklingError(f"it has values of type {code!r}, which are no numbers")
        self.dtype = np.dtype(code)

    def __setstate__(self, state: tuple):
        self.dtype = self.dtype.newbyteorder(state[1])


class _Array:
    """Stands for numpy.ndarray while a pickle is read: NumPy believes whatever shape and type it is given."""

    def __setstate__(self, state: tuple):
        _, shape, kind, fortran, content = state
        content = content.encode("latin-1") if isinstance(content, str) else content  # Python 2 had one type for both
        self.array = np.frombuffer(content, kind.dtype).reshape(shape, order="F" if fortran else "C")


def _reconstruct(*_: object) -> _Array:
    return _Array()


def _encode(text: str, encoding: str) -> bytes:
    if encoding != "latin1":
        raise pickle.UnpicklingError(f"it encodes text as {encoding!r}")
    return text.encode("latin-1")


# What NumPy arrays need; its private modules moved under numpy._core in NumPy 2
ALLOWED = {
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Type,
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("_codecs", "encode"): _encode,  # how Python 3 writes bytes into old protocols
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> object:
        if (module, name) not in ALLOWED:
            raise pickle.UnpicklingError(f"it calls for {module}.{name}, which no data file needs")
        return ALLOWED[module, name]


def load(stream: BinaryIO, archive: Path, member: str) -> object:
    """Read one pickle of plain values, or a dictionary of them and of numeric arrays; text of Python 2 becomes str.

    Raises AtlasError, naming archive and member, for anything else.
    """
    try:
        content = stream.read(LARGEST + 1)
        _check_size(content)
        value = _Unpickler(io.BytesIO(content), encoding="latin1").load()
        if isinstance(value, dict):
            return {key: item.array if isinstance(item, _Array) else item for key, item in value.items()}
        return value
    except Exception as error:  # a damaged pickle may raise anything, as the pickle module's documentation says
        raise broken(archive, f"member {member}: {type(error).__name__}: {error}") from error


def _check_size(content: bytes) -> None:
    """Refuse what would take far more memory, or a deeper stack, than a file of data needs."""
    if len(content) > LARGEST:
        raise pickle.UnpicklingError(f"more than {LARGEST:,} bytes")
    counts = dict.fromkeys(MOST, 0)
    for opcode, argument, _ in pickletools.genops(content):
        counts["all"] += 1
        counts["TUPLE"] += opcode.name.startswith("TUPLE")
        if any(counts[kind] > most for kind, most in MOST.items()):
            raise pickle.UnpicklingError("more values inside each other, or more in all, than a data file has")
        if opcode.name in ("PUT", "LONG_BINPUT") and argument > MOST["all"]:  # the memo is as long as its last index
            raise pickle.UnpicklingError(f"it numbers a value {argument:,}")
