"""The basic network of assignment C and its inception and residual blocks."""

import pytest
import torch
from torch import nn

from cnnatlas.architectures.convnet import InceptionBlock
from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


def basic(**arguments) -> nn.Module:
    return build({"name": "convnet", **arguments}, 10, 32)


def test_the_basic_network_has_three_convolutions_and_a_single_dense_layer():
    convolutions = sum(9 * i * o + 2 * o for i, o in ((3, 32), (32, 64), (64, 128)))
    assert parameters(basic()) == convolutions + (128 * 16 + 1) * 10
    assert parameters(basic(batch_norm=False)) == parameters(basic()) - 32 - 64 - 128  # one bias for two of the norm
    assert parameters(basic(dense=[50])) == convolutions + (128 * 16 + 1) * 50 + 51 * 10
    assert basic().features(torch.rand(2, 3, 32, 32)).shape == (2, 128, 4, 4)


@pytest.mark.parametrize("count", [1, 2])
@pytest.mark.parametrize(
    ("kind", "size"),
    [
        (
            "inception",
            (128 + 2) * 32 + (128 + 2) * 48 + (9 * 48 + 2) * 64 + (128 + 2) * 8 + (25 * 8 + 2 + 128 + 2) * 16,
        ),
        ("residual", 2 * (9 * 128 + 2) * 128),
    ],
)
def test_extra_blocks_stand_before_the_last_pooling_and_change_no_other_layer(kind, size, count):
    network = basic(extra=[kind] * count)
    assert parameters(network) == parameters(basic()) + count * size
    assert [type(block).__name__ for block in network.features][-2 - count : -1] == [
        "Sequential",
        *[{"inception": "InceptionBlock", "residual": "BasicBlock"}[kind]] * count,
    ]
    maps = []
    network.features[-2].register_forward_hook(lambda module, x, y: maps.append(y.shape[1:]))
    assert network.features(torch.rand(2, 3, 32, 32)).shape == (2, 128, 4, 4)
    assert maps == [(128, 8, 8)]


def test_an_inception_block_looks_through_its_four_windows():
    torch.manual_seed(0)
    block = InceptionBlock(16, batch_norm=True).eval()
    for module in block.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.constant_(module.weight, 0.1)  # nothing that a ReLU would hide
    x = torch.rand(1, 16, 9, 9, requires_grad=True)
    sides = []
    for branch in torch.split(block(x), [4, 8, 2, 2], dim=1):
        (gradient,) = torch.autograd.grad(branch[..., 4, 4].sum(), x, retain_graph=True)
        rows = gradient.abs().sum((0, 1, 3)).nonzero()
        sides.append((rows.max() - rows.min() + 1).item())
    assert sides == [1, 3, 5, 3]


def test_dropout_acts_before_every_dense_layer():
    layers = describe(basic(dense=[50, 20], dropout=0.3), 32)["layers"]
    head = [layer["type"] for layer in layers[[layer["type"] for layer in layers].index("Flatten") :]]
    assert head == ["Flatten", *["Dropout", "Linear", "ReLU"] * 2, "Dropout", "Linear"]


def test_without_normalisation_all_classes_start_equally_likely():
    logits = basic(batch_norm=False, extra=["residual"])(100 * torch.rand(2, 3, 32, 32))
    assert torch.equal(logits, torch.zeros(2, 10))
