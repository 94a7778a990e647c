"""Guided backpropagation: captum's where captum is right, and a reference by hand where it is not."""

import numpy as np
import pytest
import torch
from captum.attr import GuidedBackprop
from torch import nn

from cnnatlas.architectures.layers import GlobalAveragePooling, PreActivationBlock
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods.gradient import gradient
from cnnatlas.interpretation.methods.guided_backpropagation import guided_backpropagation


def captums(network, images, targets):
    with pytest.warns(UserWarning, match="backward hooks"):
        return (
            GuidedBackprop(network.eval()).attribute(images.clone().requires_grad_(), target=targets).detach().numpy()
        )


def difference(a, b):
    return np.abs(a - b).max() / np.abs(b).max()


@pytest.mark.parametrize(
    "architecture",
    [
        {"name": "vgg", "widths": [4, 8], "blocks": [1, 2], "dense": [9], "batch_norm": True},
        {"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [1, 1]},
        {"name": "convnet", "widths": [8, 16], "extra": ["inception", "residual"], "dense": [9]},
    ],
    ids=str,
)
def test_it_is_captums_where_captum_is_right(architecture):
    torch.manual_seed(0)
    network, images = build(architecture, 4, 15), torch.rand(3, 3, 15, 15)
    found = guided_backpropagation(network, images, [3, 0, 1])["attribution"]
    assert difference(found, captums(network, images, [3, 0, 1])) < 1e-6
    assert difference(found, gradient(network, images, [3, 0, 1])["attribution"]) > 0.1


class PreActivated(nn.Module):
    """A convolution, one pre-activation block without normalisation, average pooling, a dense layer."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(3, 4, 3, padding=1)
        self.block = PreActivationBlock(4, 4, batch_norm=False)
        self.pool, self.fc = GlobalAveragePooling(), nn.Linear(4, 3)

    def forward(self, x):
        return self.fc(self.pool(self.block(self.stem(x))))


def by_hand(network, images, target):
    """The guided gradient of PreActivated, step by step backwards, by transposed convolutions alone."""
    block, back = network.block, torch.nn.functional.conv_transpose2d
    entering = network.stem(images)
    between = block.conv1(entering.clamp(min=0))
    places = images.shape[2] * images.shape[3]
    leaving = (network.fc.weight[target] / places)[None, :, None, None].expand_as(entering)
    guided = back(leaving, block.conv2.weight, padding=1).clamp(min=0) * (between > 0)
    guided = back(guided, block.conv1.weight, padding=1).clamp(min=0) * (entering > 0)
    return back(guided + leaving, network.stem.weight, padding=1).detach().numpy()  # the shortcut has no ReLU


def test_it_is_exact_in_a_pre_activation_block_where_captum_is_not():
    torch.manual_seed(0)
    network, images = PreActivated(), torch.rand(2, 3, 7, 7)
    reference = by_hand(network, images, 1)
    assert difference(guided_backpropagation(network, images, [1, 1])["attribution"], reference) < 1e-6
    assert difference(captums(network, images, [1, 1]), reference) > 0.01


class InPlace(nn.Module):
    """One in-place ReLU that serves two places, or functions."""

    def __init__(self, functions=False):
        super().__init__()
        self.first, self.second, self.fc = nn.Conv2d(3, 8, 3), nn.Conv2d(8, 8, 3), nn.Linear(8, 3)
        self.relu = nn.ReLU(inplace=True)
        self.functions = functions

    def forward(self, x):
        relu = torch.relu if self.functions else self.relu
        return self.fc(relu(self.second(relu(self.first(x)))).mean((2, 3)))


def test_reused_and_in_place_modules_are_guided_too():
    torch.manual_seed(0)
    network, images = InPlace(), torch.rand(2, 3, 9, 9)
    found = guided_backpropagation(network, images, [0, 2])["attribution"]
    assert difference(found, captums(network, images, [0, 2])) < 1e-6


def test_functions_that_nothing_could_replace_are_refused():
    with pytest.raises(AtlasError, match=r"2 ReLU or GELU .* nn\.ReLU"):
        guided_backpropagation(InPlace(functions=True), torch.rand(1, 3, 9, 9), [0])


def test_a_gelu_is_passed_backwards_as_a_relu_and_keeps_its_values():
    torch.manual_seed(0)
    first, second = nn.Linear(12, 8), nn.Linear(8, 3)
    network, images = nn.Sequential(nn.Flatten(), first, nn.GELU(), second), torch.rand(2, 3, 2, 2)
    seen = []
    second.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach()))
    found = guided_backpropagation(network, images, [0, 2])["attribution"]
    before = first(images.flatten(1))
    expected = (second.weight[[0, 2]].clamp(min=0) * (before > 0)) @ first.weight
    assert np.allclose(found.reshape(2, 12), expected.detach().numpy(), atol=1e-6)
    assert torch.allclose(seen[-1], nn.functional.gelu(before).detach())


def test_gradients_are_ordinary_again_afterwards():
    torch.manual_seed(0)
    network, images = InPlace(), torch.rand(1, 3, 9, 9)
    before = gradient(network, images, [0])["attribution"]
    guided_backpropagation(network, images, [0])
    assert np.array_equal(gradient(network, images, [0])["attribution"], before)
