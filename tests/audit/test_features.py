import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.audit.features import features, last_input
from cnnatlas.training.data import resized
from cnnatlas.training.precision import Precision

PLAIN = Precision(torch.float32, False, "for the test")


def classifier(name="vgg"):
    torch.manual_seed(0)
    return Classifier(build({"name": name}, 10, 96 if name.startswith("stl") else 32))


@pytest.mark.parametrize(("name", "size", "width"), [("vgg", 32, 256), ("stl_deep", 96, 192)])
def test_features_are_the_last_layers_input_and_know_no_left_from_right(name, size, width):
    images = np.random.default_rng(0).integers(0, 256, (5, size, size, 3), dtype=np.uint8)
    mirrored = np.ascontiguousarray(images[:, :, ::-1])
    network = classifier(name)
    found, turned = (features(network, each, PLAIN) for each in (images, mirrored))
    assert (found.shape, found.dtype) == ((5, width), np.float16)
    assert np.allclose(np.linalg.norm(found.astype(float), axis=1), 1, atol=1e-2)
    assert np.allclose(found, turned, atol=1e-3)
    assert not np.array_equal(found[0], found[1])


def test_the_last_convolution_counts_where_there_is_no_dense_layer():
    network = nn.Sequential(nn.Conv2d(3, 7, 1), nn.ReLU(), nn.Conv2d(7, 2, 1))
    images = np.zeros((2, 8, 8, 3), np.uint8)
    assert features(network, images, PLAIN).shape == (2, 7)


def test_feature_maps_are_averaged_over_spatial_positions():
    network = nn.Sequential(nn.Identity(), nn.Conv2d(3, 2, 1))
    images = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    means = nn.functional.normalize(torch.from_numpy(images).float().mean((1, 2)))
    assert np.allclose(features(network, images, PLAIN), means, atol=1e-3)


def test_hooks_are_released():
    network = nn.Linear(2, 2)
    with last_input(network):
        assert network._forward_pre_hooks
    assert not network._forward_pre_hooks


def test_images_are_seen_at_the_resolution_of_the_network():
    network = nn.Sequential(nn.Identity(), nn.Conv2d(3, 2, 1), nn.Flatten(), nn.Linear(2 * 16 * 16, 4))
    images = np.random.default_rng(0).integers(0, 256, (3, 32, 32, 3), dtype=np.uint8)
    found = features(network, images, PLAIN, side=16)
    assert np.array_equal(found, features(network, resized(images, 16), PLAIN))
