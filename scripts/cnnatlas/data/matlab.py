"""Numeric variables of MATLAB files, level 5, which is all that Caltech-101 needs.

Not scipy.io.loadmat: a damaged file can make it end the whole process (segmentation fault), which cannot be caught.
Source: The MathWorks, "MAT-File Format", chapter 1, "MAT-File Level 5 File Format".
"""

import math
import struct
import zlib
from collections.abc import Iterator

import numpy as np

HEADER = 128  # bytes; the last two tell the byte order
ORDERS = {b"IM": "<", b"MI": ">"}
STORED = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8", 12: "i8", 13: "u8"}
MATRIX, COMPRESSED = 14, 15
NUMERIC = range(6, 16)  # array classes: double, single, integers
COMPLEX = 1 << 11


def variables(content: bytes, most: int) -> dict[str, np.ndarray]:
    """Return the real, numeric, two-dimensional variables of a file, by name; others are left out.

    A compressed variable may unpack to `most` bytes. Raises ValueError where this is no such file, whatever it is.
    """
    order = ORDERS.get(content[HEADER - 2 : HEADER])
    if order is None:
        raise ValueError("no MATLAB file of level 5")
    matrices = []
    for kind, data in _elements(content[HEADER:], order):
        inner = _elements(_inflated(data, most), order) if kind == COMPRESSED else [(kind, data)]
        matrices += [_matrix(data, order) for kind, data in inner if kind == MATRIX]
    return {name: values for name, values in matrices if values is not None}


def _elements(content: bytes, order: str) -> Iterator[tuple[int, bytes]]:
    """Yield type and data of each element: a tag of 8 bytes and data up to a multiple of 8, or 4 bytes and up to 4."""
    position = 0
    while position + 8 <= len(content):
        kind, length = struct.unpack_from(f"{order}II", content, position)
        start = position + 8
        if kind >> 16:
            kind, length, start = kind & 0xFFFF, min(kind >> 16, 4), position + 4
        data = content[start : start + length]
        if len(data) < length:
            raise ValueError("cut off")
        yield kind, data
        position = start + length + (0 if kind == COMPRESSED else -(start + length) % 8)


def _inflated(data: bytes, most: int) -> bytes:
    stream = zlib.decompressobj()
    try:
        content = stream.decompress(data, most)
    except zlib.error as error:
        raise ValueError(f"damaged: {error}") from error
    if not stream.eof:
        raise ValueError(f"a variable that is cut off, or unpacks to more than {most:,} bytes")
    return content


def _matrix(data: bytes, order: str) -> tuple[str, np.ndarray | None]:
    """Name and values of an array; None for one that is not real, numeric and two-dimensional."""
    parts = list(_elements(data, order))
    if len(parts) < 4 or len(parts[0][1]) < 4:
        raise ValueError("an incomplete variable")
    (flags,) = struct.unpack_from(f"{order}I", parts[0][1])
    shape = np.frombuffer(parts[1][1], f"{order}i4").tolist()
    name = parts[2][1].decode("latin-1")
    kind, stored = parts[3]
    if flags & 0xFF not in NUMERIC or flags & COMPLEX or kind not in STORED or len(shape) != 2:
        return name, None
    values = np.frombuffer(stored, f"{order}{STORED[kind]}")
    if min(shape) < 0 or values.size != math.prod(shape):
        raise ValueError(f"{name}: {values.size} values for the shape {tuple(shape)}")
    return name, values.reshape(shape, order="F")
