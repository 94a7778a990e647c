"""Costs by formula against operations that are counted, and against hand-made numbers."""

import pytest

from cnnatlas.theory import costs


@pytest.mark.parametrize(("inputs", "outputs"), [(1, 1), (4, 3), (3, 7)])
def test_dense_costs_are_the_counted_ones(inputs, outputs):
    assert costs.dense(inputs, outputs) == costs.counted_dense(inputs, outputs)


@pytest.mark.parametrize(("filters", "kernel", "length"), [(1, 1, 4), (2, 3, 5), (3, 5, 9)])
def test_convolution_costs_are_the_counted_ones(filters, kernel, length):
    expected = costs.counted_convolution(filters, kernel, length)
    assert costs.convolution(1, filters, kernel, length) == expected


def test_costs_by_hand():
    cost = costs.dense(2, 3)
    assert (cost.outputs, cost.parameters, cost.products, cost.additions, cost.operations) == (3, 6, 6, 3, 9)
    assert costs.weights_of_branch(192, [(96, 1), (128, 3)]) == 192 * 96 + 96 * 128 * 9
