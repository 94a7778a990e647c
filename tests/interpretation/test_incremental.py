"""Inference on windows gives what inference on whole copies gives, whatever the network is made of."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional
from torchvision import models

from cnnatlas.architectures import registry
from cnnatlas.architectures.convnet import InceptionBlock
from cnnatlas.architectures.registry import build
from cnnatlas.interpretation.incremental import Changed

SIZES = dict.fromkeys(registry.names(), 32) | {"lenet5": 64, "stl_shallow": 96}  # these need larger images
NEEDED = {"on_base": {"base": {"name": "convnet", "widths": [4, 8]}, "dense": [9]}}
KINDS = [
    *({"name": name, **NEEDED.get(name, {})} for name in registry.names()),
    {"name": "resnet", "widths": [4, 8], "blocks": [1, 2], "activation": "pre"},
    {"name": "convnet", "widths": [16, 16], "extra": ["inception", "residual"], "dropout": 0.5},
]


class Odd(nn.Module):
    """What no architecture here has: uneven kernels, dilation, groups, rounded-up pooling, changes in place."""

    def __init__(self):
        super().__init__()
        self.uneven = nn.Conv2d(3, 8, (5, 2), stride=(1, 2), padding=(0, 1))
        self.dilated = nn.Conv2d(8, 8, 3, dilation=(2, 1), padding=2, groups=4)
        self.same = nn.Conv2d(8, 8, 3, padding="same")
        self.reflecting = nn.Conv2d(8, 8, 3, padding=1, padding_mode="reflect")
        self.in_place = nn.ReLU(inplace=True)

    def forward(self, x):
        x = self.uneven(1 - 2 * x)
        kept = self.dilated(x)
        branch = functional.max_pool2d(self.in_place(kept), 3, 2, ceil_mode=True)
        x = torch.cat([branch, functional.max_pool2d(kept + kept, 3, 2, ceil_mode=True)[:, :8] / 2], 1)
        x = torch.sigmoid(self.same(x[:, :8])) + x[:, 8:]
        return self.reflecting(x).flatten(1)[:, ::7]


def copies(size, channels=3, seed=0):
    """Copies of two images with windows in all corners and anywhere, as Changed and as plain tensor."""
    rng, patch = np.random.default_rng(seed), 5
    far = [side - patch for side in size]
    corners = np.array([[0, 0], [0, far[1]], [far[0], 0], far, *rng.integers(0, far, (8, 2)).tolist()])
    images, windows = torch.randn(2, channels, *size), torch.randn(len(corners), channels, patch, patch)
    owner = rng.integers(2, size=len(corners))
    whole = images[owner].clone()
    for copy, window, (r, c) in zip(whole, windows, corners, strict=True):
        copy[:, r : r + patch, c : c + patch] = window
    return Changed(images, owner, windows, corners), whole


def restless(network):
    """The network in evaluation mode with running statistics and weights that are not neutral."""
    torch.manual_seed(1)
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_normal_(module.weight)  # so that changes of the image reach the logits
        if isinstance(module, nn.BatchNorm2d):
            nn.init.uniform_(module.running_mean, -0.5, 0.5)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.bias, -1, 1)
    return network.eval().requires_grad_(False)


@pytest.mark.parametrize("architecture", KINDS, ids=str)
def test_every_architecture_gives_the_logits_of_the_whole_copies(architecture):
    size = SIZES[architecture["name"]] + 3
    network = restless(build(architecture, 7, size))
    changed, whole = copies((size, size))
    torch.testing.assert_close(network(changed), network(whole), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("size", [(41, 30), (17, 64)])
def test_a_network_of_rare_layers_gives_the_same(size):
    network = restless(Odd())
    changed, whole = copies(size)
    torch.testing.assert_close(network(changed), network(whole), rtol=1e-4, atol=1e-5)


def test_early_layers_compute_windows_only():
    network, seen = restless(build({"name": "stl_shallow"}, 10, 96)), []
    network.conv2.register_forward_hook(lambda _, inputs, output: seen.append((inputs[0], output)))
    network(copies((96, 96))[0])
    for changed in seen[0]:
        share = np.prod(changed.windows.shape[2:]) / np.prod(changed.shape[2:])
        assert share < 0.15


@pytest.mark.parametrize(
    "layer",
    [
        nn.Conv2d(3, 4, (3, 5), stride=2, padding=1, dilation=(1, 2)),
        nn.MaxPool2d(3, stride=2, padding=1),
        nn.MaxPool2d(2, ceil_mode=True),
        nn.BatchNorm2d(3),
        nn.ReLU(),
        nn.ReLU(inplace=True),
        nn.Dropout(0.5),
        models.squeezenet1_1(weights=None).features[:3],
        models.resnet18(weights=None).layer1[0],
        InceptionBlock(16, batch_norm=True),
    ],
    ids=lambda layer: type(layer).__name__,
)
def test_local_layers_keep_windows_that_stand_for_the_right_tensor(layer):
    restless(layer)
    channels = next((p.shape[1] for p in layer.parameters() if p.ndim == 4), 3)
    changed, whole = copies((61, 46), channels)
    output = layer(changed)
    assert isinstance(output, Changed)
    torch.testing.assert_close(output.full(), layer(whole), rtol=1e-4, atol=1e-5)
    assert output.shape == output.full().shape
