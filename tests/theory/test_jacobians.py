"""Jacobians of circular cross-correlation: the formula against differences, over lengths."""

import numpy as np
import pytest

from cnnatlas.theory.jacobians import central_differences, circular_correlation, index_x, index_y


@pytest.mark.parametrize("n", [1, 2, 5])
def test_formulas_are_the_slopes(n):
    x, y = np.random.default_rng(n).standard_normal((2, n))
    by_x = central_differences(lambda v: circular_correlation(v, y), x, 1e-4)
    by_y = central_differences(lambda v: circular_correlation(x, v), y, 1e-4)
    np.testing.assert_allclose(y[index_x(n)], by_x, atol=1e-9)
    np.testing.assert_allclose(x[index_y(n)], by_y, atol=1e-9)


def test_correlation_by_hand():
    assert circular_correlation(np.array([1, 2]), np.array([3, 5])).tolist() == [13, 11]
