"""Grad-CAM: against its formula, against exact CAM, and the layer that it chooses."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods.cam import cam
from cnnatlas.interpretation.methods.grad_cam import grad_cam

POOLED = {"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [1, 1]}
DENSE = {"name": "convnet", "widths": [8, 16], "extra": ["inception"], "dense": [9]}


def pair(architecture, size=17):
    torch.manual_seed(0)
    return build(architecture, 4, size), torch.rand(3, 3, size, size)


@pytest.mark.parametrize("activation", ["post", "pre"])
def test_behind_average_pooling_it_is_the_rectified_cam_over_the_number_of_places(activation):
    network, images = pair({**POOLED, "activation": activation})
    found, exact = (method(network, images, [3, 0, 1])["map"] for method in (grad_cam, cam))
    assert found.shape == (3, 5, 5)
    assert np.allclose(found, exact.clip(min=0) / 25, atol=1e-7) and found.max() > 0


def test_before_a_dense_head_it_is_the_formula_on_the_maps_that_enter_the_last_pooling():
    network, images = pair(DENSE)
    found = grad_cam(network, images, [3, 0, 1])
    network.eval()
    maps = network.features[:-1](images).detach().requires_grad_()  # all branches of the inception block together
    logits = network.head(network.flatten(network.features[-1](maps)))
    (gradients,) = torch.autograd.grad(logits[range(3), [3, 0, 1]].sum(), maps)
    expected = (gradients.mean((2, 3), keepdim=True) * maps).sum(1).relu().detach()
    assert np.allclose(found["map"], expected.numpy(), atol=1e-7) and found["map"].shape == (3, 8, 8)
    large = nn.functional.interpolate(expected[:, None], (17, 17), mode="bilinear")
    assert np.allclose(found["attribution"], large.numpy(), atol=1e-6)


def test_a_named_layer_is_used():
    network, images = pair(DENSE)
    first = grad_cam(network, images, [0, 0, 0], layer="features.0")["map"]
    assert first.shape == (3, 17, 17)
    pooled = grad_cam(network, images, [0, 0, 0], layer="features.4")["map"]
    assert pooled.shape == (3, 4, 4)


def test_a_layer_before_an_in_place_relu_keeps_its_values():
    torch.manual_seed(0)
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.ReLU(inplace=True), nn.Flatten(), nn.Linear(4 * 49, 2))
    images = torch.rand(2, 3, 9, 9)
    maps = network[0](images).detach().requires_grad_()
    (gradients,) = torch.autograd.grad(network[3](network[2](maps.relu()))[:, 1].sum(), maps)
    expected = (gradients.mean((2, 3), keepdim=True) * maps).sum(1).relu().detach().numpy()
    assert np.allclose(grad_cam(network, images, [1, 1], layer="0")["map"], expected, atol=1e-7)


@pytest.mark.parametrize(("layer", "words"), [("head.1", "does not give maps"), ("tail", "`tail` is not in")])
def test_layers_without_maps_and_absent_ones_are_named(layer, words):
    network, images = pair(DENSE)
    with pytest.raises(AtlasError, match=words):
        grad_cam(network, images, [0, 0, 0], layer=layer)


def test_a_network_without_maps_is_refused():
    with pytest.raises(AtlasError, match="no layer"):
        grad_cam(nn.Sequential(nn.Flatten(), nn.Linear(27, 2)), torch.rand(1, 3, 3, 3), [0])
