"""Filters are the weights of the named convolutions."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods.filters import filters

IMAGES = np.zeros((1, 32, 32, 3), np.uint8)


def test_filters_are_the_weights_and_stay_as_they_were_taken():
    network = Classifier(build({"name": "lenet5"}, 5, 64))
    weights = filters(network, IMAGES, [0])
    assert {name: array.shape for name, array in weights.items()} == {
        "network.conv1": (32, 3, 5, 5),
        "network.conv2": (64, 32, 5, 5),
    }
    before = weights["network.conv1"].copy()
    np.testing.assert_array_equal(before, network.network.conv1.weight.detach())
    with torch.no_grad():
        network.network.conv1.weight.zero_()
    np.testing.assert_array_equal(weights["network.conv1"], before)


def test_the_default_leaves_out_filters_of_one_pixel():
    network = nn.Sequential(*[nn.Conv2d(3, 3, k) for k in (1, 3, 5, 1, 7, 3, 1)])
    assert list(filters(network, IMAGES, [0])) == ["1", "2", "5"]
    assert filters(network, IMAGES, [0], layers=["0"])["0"].shape == (3, 3, 1, 1)
    with pytest.raises(AtlasError, match="larger than one pixel"):
        filters(nn.Sequential(nn.Conv2d(3, 3, 1)), IMAGES, [0])


@pytest.mark.parametrize(
    ("layers", "message"),
    [(["7"], "not in the network"), (["1"], "is a ReLU"), (["0", "2", "3", "4"], "name one to 3")],
)
def test_what_is_no_convolution_is_refused(layers, message):
    network = nn.Sequential(nn.Conv2d(3, 3, 3), nn.ReLU(), *[nn.Conv2d(3, 3, 3) for _ in range(3)])
    with pytest.raises(AtlasError, match=message):
        filters(network, IMAGES, [0], layers=layers)
