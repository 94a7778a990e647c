import io
import struct
from contextlib import suppress

import numpy as np
import pytest
from scipy.io import savemat

from cnnatlas.data.matlab import variables

VALUES = {
    "double": np.array([[0.5, -2e300, np.pi], [3, 4, 5]]),
    "single": np.array([[1.5], [2.5]], np.float32),
    "words": np.array([[30, 137, 49, 349]], np.uint16),
    "x": np.array([[7]], np.int8),  # name and value fit into their tags
    "empty": np.zeros((0, 3)),
    "long": np.arange(10, dtype=np.int64).reshape(5, 2),
}


def matlab_file(compressed, **values):
    stream = io.BytesIO()
    savemat(stream, values, do_compression=compressed)
    return stream.getvalue()


@pytest.mark.parametrize("compressed", [False, True])
def test_what_scipy_wrote_is_read(compressed):
    found = variables(matlab_file(compressed, **VALUES), 10_000)
    assert list(found) == list(VALUES)
    for name, values in VALUES.items():
        assert found[name].dtype == values.dtype and np.array_equal(found[name], values)


def test_files_of_machines_with_the_other_byte_order_are_read():
    def element(kind, content):
        return struct.pack(">II", kind, len(content)) + content + bytes(-len(content) % 8)

    parts = (
        (6, struct.pack(">II", 6, 0)),
        (5, struct.pack(">ii", 2, 3)),
        (1, b"contour"),
        (4, struct.pack(">6H", *range(6))),
    )
    content = b"MATLAB 5.0".ljust(124) + b"\x01\x00MI" + element(14, b"".join(element(*part) for part in parts))
    assert variables(content, 1000)["contour"].tolist() == [[0, 2, 4], [1, 3, 5]]


def test_what_is_not_real_and_numeric_is_left_out():
    others = {"text": "abc", "nested": {"a": {"b": 1}}, "complex": np.array([[1j]]), "cube": np.zeros((2, 2, 2))}
    assert list(variables(matlab_file(False, **others, kept=np.eye(2)), 1000)) == ["kept"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no MATLAB file"),
        (b"MATLAB 7.3 MAT-file".ljust(124) + b"\x00\x02", "no MATLAB file"),
        (matlab_file(False, a=np.eye(3))[:-8], "cut off"),
        (matlab_file(True, a=np.eye(3))[:-8], "cut off"),
        (matlab_file(True, a=np.zeros((100, 100))), "more than 1,000 bytes"),
        (matlab_file(False, a=np.eye(3)).replace(struct.pack("ii", 3, 3), struct.pack("ii", 3, 4)), "9 values for the"),
    ],
    ids=["empty", "version 7.3", "cut off", "cut off, compressed", "large", "another shape"],  # a file holds the time
)
def test_what_is_wrong_is_said(content, reason):
    with pytest.raises(ValueError, match=reason):
        variables(content, 1000)


@pytest.mark.parametrize("compressed", [False, True])
def test_damaged_files_raise_nothing_else(compressed):
    whole, rng = matlab_file(compressed, **VALUES), np.random.default_rng(0)
    for _ in range(1000):
        damaged = bytearray(whole)
        for place in rng.integers(100, len(whole), 2):
            damaged[place] = rng.integers(256)
        with suppress(ValueError):
            variables(bytes(damaged[: rng.integers(len(whole))] if rng.random() < 0.2 else damaged), 10_000)
