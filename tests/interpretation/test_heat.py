"""Relevance of attributions: which sign counts, and in which type."""

import numpy as np
import pytest

from cnnatlas.interpretation.declarations import METHODS
from cnnatlas.interpretation.heat import heat

ATTRIBUTION = np.array([1.0, -2.0, 3.0]).reshape(1, 3, 1, 1)


@pytest.mark.parametrize(("sign", "expected"), [("either", 6), ("positive", 4)])
def test_channels_are_summed_by_size_or_by_their_positive_part(sign, expected):
    found = heat(ATTRIBUTION, sign)
    assert found.shape == (1, 1, 1) and found.item() == expected


def test_negative_values_alone_are_no_evidence():
    assert heat(ATTRIBUTION[:, 1:2], "positive").item() == 0


def test_the_type_is_kept():
    assert heat(ATTRIBUTION.astype(np.float32), "either").dtype == np.float32


@pytest.mark.parametrize(
    ("sign", "methods"),
    [
        ("either", ("gradient", "smooth_grad", "integrated_gradients", "guided_backpropagation")),
        ("positive", ("cam", "grad_cam", "occlusion")),
    ],
)
def test_gradients_count_by_size_and_maps_of_a_class_by_their_evidence(sign, methods):
    assert {METHODS[method].sign for method in methods} == {sign}
