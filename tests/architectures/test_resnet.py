"""The small residual network in its four combinations of batch normalisation and dropout."""

import math

import pytest
import torch
from torch import nn

from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build

SMALL = {"name": "resnet", "stem": 8, "widths": [8, 16], "blocks": [2, 2]}


def kinds(network: nn.Module) -> list[str]:
    return [type(module).__name__ for module in network.modules()]


def test_the_design_of_d2_3_keeps_its_parameters_and_their_names():
    network = build({"name": "resnet", "widths": [32, 64, 128], "blocks": [1, 1, 2]}, 10, 96)
    assert sum(p.numel() for p in network.parameters()) == 604_074
    weights = [key for key in network.state_dict() if key.startswith("stages.1") and key.endswith("weight")]
    block = ["conv1", "norm1", "conv2", "norm2", "shortcut.0", "shortcut.1"]
    assert weights == [f"stages.1.0.{layer}.weight" for layer in block]


@pytest.mark.parametrize("activation", ["post", "pre"])
def test_each_form_ends_in_a_relu_before_the_pooling(activation):
    layers = [layer["type"] for layer in describe(build({**SMALL, "activation": activation}, 10, 16), 16)["layers"]]
    assert layers[-3:] == ["ReLU", "GlobalAveragePooling", "Linear"]
    assert "Sequential" not in layers  # an empty one, such as the identity shortcut, is no layer


@pytest.mark.parametrize("activation", ["post", "pre"])
def test_without_batch_normalisation_biases_take_its_place(activation):
    network = build({**SMALL, "activation": activation, "batch_norm": False}, 10, 16)
    assert "BatchNorm2d" not in kinds(network)
    assert all(m.bias is not None for m in network.modules() if isinstance(m, nn.Conv2d))
    convolutions = [(3, 8), *[(8, 8)] * 4, (8, 16), *[(16, 16)] * 3]
    shortcut = 9 * 16
    assert sum(p.numel() for p in network.parameters()) == sum((9 * i + 1) * o for i, o in convolutions) + (
        shortcut + 17 * 10
    )


@pytest.mark.parametrize("activation", ["post", "pre"])
@pytest.mark.parametrize("batch_norm", [True, False])
def test_dropout_drops_half_of_what_the_second_convolution_sees(activation, batch_norm):
    torch.manual_seed(0)
    network = build({**SMALL, "activation": activation, "batch_norm": batch_norm, "dropout": 0.5}, 10, 16)
    blocks = [block for stage in network.stages for block in stage]
    dropped = []
    for block in blocks:
        block.dropout.register_forward_hook(lambda m, x, y: dropped.append((y[x[0] > 0] == 0).float().mean().item()))
        block.conv2.register_forward_hook(lambda m, x, y: dropped.append(x[0].count_nonzero().item()))
        block.dropout.register_forward_hook(lambda m, x, y: dropped.append(y.count_nonzero().item()))
    network(torch.randn(16, 3, 16, 16))
    assert kinds(network).count("Dropout") == len(blocks) == 4
    assert all(share == pytest.approx(0.5, abs=0.05) for share in dropped[::3])
    assert dropped[1::3] == dropped[2::3]  # nothing between dropout and the convolution
    assert "Dropout" not in kinds(build(SMALL, 10, 16))


@pytest.mark.slow
@pytest.mark.parametrize("activation", ["post", "pre"])
def test_without_normalisation_a_deep_network_starts_at_its_shortcuts_and_learns(activation):
    torch.manual_seed(0)
    deep = {**SMALL, "activation": activation, "batch_norm": False, "blocks": [8, 8], "dropout": 0.1}
    network = build(deep, 2, 16)
    images, labels = torch.randn(32, 3, 16, 16), torch.arange(32) % 2
    images[labels == 1, 0] += 1  # the second class is redder
    maps = network.stages[0](torch.rand(2, 8, 8, 8))
    assert torch.isfinite(maps).all() and maps.max() <= 1  # what eight blocks of identities leave of it
    optimiser, losses = torch.optim.SGD(network.parameters(), lr=0.02, momentum=0.9), []
    for _ in range(20):
        optimiser.zero_grad()
        loss = nn.functional.cross_entropy(network(images), labels)
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(math.log(2)) and max(losses) < 1
    assert losses[-1] < 0.4
