"""Exact CAM: mean plus bias is the logit, in every network that it accepts; others are refused."""

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods.cam import cam

POOLED = [
    {"name": "simple_convnet"},
    {"name": "simple_convnet", "batch_norm": True, "residual": True},
    {"name": "stl_deep", "widths": [4, 8]},
    {"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [1, 1]},
    {"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [1, 1], "activation": "pre"},
    {"name": "on_base", "base": {"name": "convnet", "widths": [4, 8]}, "dense": []},
]


def classifier(architecture, size=17):
    torch.manual_seed(0)
    return Classifier(build(architecture, 4, size), torch.full((3,), 0.4), torch.full((3,), 0.25)).eval()


def squeezenet():
    torch.manual_seed(0)
    network = models.squeezenet1_1(weights=None, num_classes=5).eval()
    nn.init.normal_(network.classifier[1].weight, std=0.1)  # torchvision's own draws make all logits nearly 0
    return network


@pytest.mark.parametrize("architecture", POOLED, ids=str)
def test_the_mean_of_the_map_and_the_bias_make_the_logit(architecture):
    network, images = classifier(architecture), torch.rand(4, 3, 17, 17)
    found = cam(network, images, [3, 0, 1, 0])
    logits = network(images)[range(4), [3, 0, 1, 0]].detach().numpy()
    assert found["map"].ndim == 3 and found["map"].shape[1] > 1 and found["attribution"].shape == (4, 1, 17, 17)
    assert np.allclose(found["map"].mean((1, 2)) + found["bias"], logits, atol=1e-5)
    assert found["map"].std(axis=(1, 2)).min() > 1e-4


def test_squeezenets_own_class_maps_are_exact():
    network, images = squeezenet(), torch.rand(2, 3, 65, 65)
    found = cam(network, images, [4, 2])
    logits = network(images)[range(2), [4, 2]].detach().numpy()
    assert np.allclose(found["map"].mean((1, 2)) + found["bias"], logits, atol=1e-5)
    assert found["map"].shape == (2, 4, 4) and found["map"].max() > 0 and not found["bias"].any()


def test_torchvisions_residual_network_is_accepted():
    torch.manual_seed(0)
    network, images = models.resnet18(weights=None, num_classes=5).eval(), torch.rand(1, 3, 65, 65)
    found = cam(network, images, [4])
    assert found["map"].shape == (1, 3, 3)
    assert found["map"].mean() + found["bias"][0] == pytest.approx(network(images)[0, 4].item(), abs=1e-5)


class GlobalMaximum(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.relu, self.fc = nn.Conv2d(3, 4, 3), nn.ReLU(), nn.Linear(4, 4)

    def forward(self, x):
        return self.fc(self.relu(self.conv(x)).amax((2, 3)))


@pytest.mark.parametrize(
    "network",
    [
        build({"name": "vgg", "widths": [4], "blocks": [1], "dense": [5]}, 4, 17),
        build({"name": "shallownet"}, 4, 17),
        build({"name": "on_base", "base": {"name": "convnet", "widths": [4, 8]}, "dense": [8]}, 4, 17),
        GlobalMaximum(),
        nn.Sequential(nn.Flatten(), nn.Linear(867, 4)),
        nn.Sequential(nn.Conv2d(3, 4, 17), nn.ReLU(), nn.Conv2d(4, 4, 1), nn.Tanh(), nn.Flatten(), nn.Softmax(1)),
    ],
    ids=["hidden dense layer", "flattened", "hidden behind the mean", "maximum", "no maps", "softmax"],
)
def test_networks_with_another_head_are_referred_to_grad_cam(network):
    with pytest.raises(AtlasError, match="use grad_cam"):
        cam(network, torch.rand(2, 3, 17, 17), [0, 1])
