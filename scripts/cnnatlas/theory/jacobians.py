"""Circular cross-correlation and its Jacobians (B1b)."""

from collections.abc import Callable

import numpy as np


def circular_correlation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """z[k] = sum over i of x[i] y[(i + k) mod n], for signals (n,)."""
    n = len(x)
    return np.array([sum(x[i] * y[(i + k) % n] for i in range(n)) for k in range(n)])


def index_x(n: int) -> np.ndarray:
    """(n, n) indices m with dz[k]/dx[i] = y[m], row k, column i: m = (i + k) mod n."""
    k, i = np.indices((n, n))
    return (i + k) % n


def index_y(n: int) -> np.ndarray:
    """(n, n) indices m with dz[k]/dy[i] = x[m], row k, column i: m = (i - k) mod n."""
    k, i = np.indices((n, n))
    return (i - k) % n


def central_differences(function: Callable[[np.ndarray], np.ndarray], at: np.ndarray, step: float) -> np.ndarray:
    """Jacobian (outputs, inputs) of a function of a vector, by central differences."""
    steps = step * np.eye(len(at))
    return np.stack([(function(at + e) - function(at - e)) / (2 * step) for e in steps], axis=1)
