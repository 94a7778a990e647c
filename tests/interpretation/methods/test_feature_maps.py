"""Feature maps are the outputs of the named layers; by default after the activation."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods.feature_maps import feature_maps


def images(n=2, height=64, width=64):
    return np.random.default_rng(0).integers(256, size=(n, height, width, 3), dtype=np.uint8)


def lenet(**arguments):
    torch.manual_seed(0)
    return Classifier(build({"name": "lenet5", **arguments}, 5, 64), torch.full((3,), 0.4), torch.full((3,), 0.2))


def test_lenets_maps_are_those_of_assignment_e():
    network, pictures = lenet(), images()
    maps = feature_maps(network, pictures, [0, 1])
    assert {name: array.shape for name, array in maps.items()} == {
        "network.relu1": (2, 32, 60, 60),
        "network.relu2": (2, 64, 11, 11),
    }
    x = (torch.from_numpy(pictures).permute(0, 3, 1, 2) / 255 - 0.4) / 0.2
    with torch.no_grad():
        expected = functional.relu(functional.conv2d(x, network.network.conv1.weight, network.network.conv1.bias))
    np.testing.assert_allclose(maps["network.relu1"], expected, atol=1e-5)
    assert maps["network.relu1"].dtype == np.float32


def test_more_images_than_a_batch_give_the_maps_of_each_alone():
    network, pictures = lenet(batch_norm=True), images(19)
    together = feature_maps(network, pictures, [0] * 19)["network.relu2"]
    alone = feature_maps(network, pictures[17:18], [0])["network.relu2"]
    np.testing.assert_allclose(together[17:18], alone, atol=1e-5)


class Branches(nn.Module):
    """Five convolutions: with ReLU, without, before a ReLU of fewer channels, projecting, and last before a pooling."""

    def __init__(self):
        super().__init__()
        self.last = nn.Conv2d(4, 4, 3)  # defined first, runs last
        self.first = nn.Conv2d(3, 4, 3)
        self.first_relu = nn.ReLU(inplace=True)
        self.bare = nn.Conv2d(4, 4, 3)
        self.third = nn.Conv2d(4, 8, 3)
        self.other_relu = nn.ReLU()
        self.fourth = nn.Conv2d(8, 4, 1)
        self.fourth_relu = nn.ReLU()
        self.fc = nn.Linear(4, 3)
        self.dense_relu = nn.ReLU()
        self.unused = nn.Conv2d(4, 4, 1)

    def forward(self, x):
        x = self.bare(self.first_relu(self.first(x)))
        y = self.third(x)
        self.other_relu(y[:, :3])
        x = self.last(self.fourth_relu(self.fourth(y)))
        return self.dense_relu(self.fc(x.mean((2, 3))))


def test_default_layers_follow_the_execution_and_take_the_activation_where_there_is_one():
    maps = feature_maps(Branches(), images(1, 21, 23), [2])
    assert list(maps) == ["first_relu", "third", "last"]
    assert maps["first_relu"].min() == 0 and maps["third"].min() < 0 and maps["last"].shape == (1, 4, 13, 15)


def test_a_convolution_by_name_is_shown_before_its_activation_even_where_that_works_in_place():
    maps = feature_maps(Branches(), images(1, 21, 21), [0], layers=["first", "first_relu"])
    assert maps["first"].min() < 0
    np.testing.assert_array_equal(np.maximum(maps["first"], 0), maps["first_relu"])


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        (["absent"], "not in the network"),
        (["fc"], "no maps"),
        (["unused"], "does not run"),
        (["first", "first"], "each once"),
        ([], "name one to 3"),
        (["first", "bare", "third", "last"], "name one to 3"),
    ],
)
def test_layers_without_maps_are_refused_and_the_hooks_released(layers, message):
    network = Branches().train()
    with pytest.raises(AtlasError, match=message):
        feature_maps(network, images(1), [0], layers=layers)
    assert all(not module._forward_hooks for module in network.modules())
    assert network.training and all(parameter.requires_grad for parameter in network.parameters())


def test_a_wrong_class_or_a_network_without_convolutions_is_refused():
    with pytest.raises(AtlasError, match="no class"):
        feature_maps(lenet(), images(1), [5])
    dense = nn.Sequential(nn.Flatten(), nn.Linear(3 * 16, 2))
    with pytest.raises(AtlasError, match="no convolution"):
        feature_maps(dense, images(1, 4, 4), [0])
