"""Receptive fields by formula against the gradient."""

import numpy as np
import pytest

from cnnatlas.theory import networks, receptive

STACKS = [*receptive.STACKS.values(), [(5, 2, 1), (3, 1, 2)], [(2, 2, 1), (3, 2, 1), (3, 1, 1)]]


@pytest.mark.parametrize("layers", STACKS)
def test_size_and_paths_are_those_of_the_gradient(layers):
    gradient = networks.ones_gradient(layers)
    assert receptive.size(layers) == len(gradient)
    np.testing.assert_array_equal(receptive.paths(layers), gradient)
