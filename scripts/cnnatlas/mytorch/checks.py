"""Checks of the arguments of layers: each raises a ValueError that names the expected and the given."""

from collections.abc import Sequence
from numbers import Integral

import numpy as np

FLOATS = (np.dtype(np.float32), np.dtype(np.float64))


def refuse(subject: str, expected: object, given: object) -> None:
    """Raise the ValueError of a wrong argument: its name, what was expected, what was given."""
    raise ValueError(f"{subject}: expected {expected}, given {given}")


def pair(subject: str, value: int | Sequence[int], least: int) -> tuple[int, int]:
    """An integer, or a pair of them for height and width, as a pair; each at least `least`."""
    values = (value, value) if isinstance(value, Integral) else value
    whole = isinstance(values, (tuple, list)) and len(values) == 2 and all(isinstance(v, Integral) for v in values)
    if not whole or min(values) < least:
        refuse(subject, f"an integer or a pair of integers of at least {least}", repr(value))
    return int(values[0]), int(values[1])


def count(subject: str, value: int) -> int:
    """A number of channels, groups or features: an integer of at least 1."""
    if not isinstance(value, Integral) or value < 1:
        refuse(subject, "an integer of at least 1", repr(value))
    return int(value)


def floats(subject: str, array: np.ndarray, rank: int, axes: str) -> np.ndarray:
    """An array of float32 or float64 with `rank` axes, which `axes` names."""
    if not isinstance(array, np.ndarray):
        refuse(subject, "a NumPy array", type(array).__name__)
    if array.ndim != rank:
        refuse(subject, f"{rank} axes ({axes})", f"{array.ndim}, shape {array.shape}")
    if array.dtype not in FLOATS:
        refuse(f"{subject} dtype", "float32 or float64", array.dtype)
    return array


def like(subject: str, array: np.ndarray, shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    """An array of exactly this shape and dtype."""
    if not isinstance(array, np.ndarray):
        refuse(subject, "a NumPy array", type(array).__name__)
    if array.shape != shape:
        refuse(f"{subject} shape", shape, array.shape)
    if array.dtype != dtype:
        refuse(f"{subject} dtype", dtype, array.dtype)
    return array
