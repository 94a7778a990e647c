"""Permuted weights: which layers, what stays, and that each image has a permutation of its own."""

import numpy as np
import torch
from torch import nn

from cnnatlas.architectures.registry import build
from cnnatlas.interpretation.methods.gradient import gradient
from cnnatlas.interpretation.permuted import attributions, layers, randomised
from ordered_network import Ordered


def test_layers_come_in_the_order_of_execution():
    assert layers(Ordered(), torch.rand(2, 3, 8, 8)) == ["first", "second", "head"]


def test_randomised_layers_keep_their_values_but_not_their_order_and_others_stay():
    network = Ordered()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    changed = randomised(network, ["second", "head"], torch.rand(4, 3, 8, 8), 0)
    after = changed.state_dict()
    for name in ("second.weight", "second.bias", "head.weight"):
        assert not torch.equal(after[name], before[name])
        assert torch.equal(after[name].flatten().sort().values, before[name].flatten().sort().values)
    for name in ("first.weight", "first.bias", "norm.weight", "norm.bias"):
        assert torch.equal(after[name], before[name])
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    again, other = (randomised(network, ["second"], torch.rand(4, 3, 8, 8), seed) for seed in (0, 1))
    assert not torch.equal(again.second.weight, other.second.weight)


def test_statistics_of_batch_normalisation_are_those_of_the_randomised_features():
    x = torch.rand(4, 3, 8, 8)
    changed = randomised(Ordered(), ["first"], x, 0)
    features = changed.first(x)
    torch.testing.assert_close(changed.norm.running_mean, features.mean((0, 2, 3)))
    torch.testing.assert_close(changed.norm.running_var, features.var((0, 2, 3)), rtol=1e-4, atol=1e-6)
    assert not any(part.training for part in changed.modules())


def test_one_image_whose_last_maps_have_one_value_a_channel_is_enough():
    network = build({"name": "resnet18", "stem": "imagenet"}, 4, 32)
    image = np.random.default_rng(0).integers(0, 256, (1, 32, 32, 3), np.uint8)
    found = attributions(gradient, network, image, [0], {})
    assert found.shape == (1, 3, 32, 32) and np.isfinite(found).all()


def test_each_image_has_a_permutation_of_its_own_and_the_network_stays():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Flatten(), nn.Linear(3 * 4 * 4, 2)).eval()
    before = network[1].weight.clone()
    images = np.full((3, 4, 4, 3), 128, np.uint8)
    found = attributions(gradient, network, images, [0, 0, 1], {})
    assert found.shape == (3, 3, 4, 4)
    assert not np.array_equal(found[0], found[1])  # the same image and class
    values = np.sort(before.detach().numpy(), axis=None)
    assert all(np.isin(part.astype(np.float32), values).all() for part in found)  # of a linear network, its weights
    assert torch.equal(network[1].weight, before)
    np.testing.assert_array_equal(found, attributions(gradient, network, images, [0, 0, 1], {}))
