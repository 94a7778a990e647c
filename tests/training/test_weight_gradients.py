"""Weight gradients of convolutions as matrix products."""

import pytest
import torch
from torch import nn

from cnnatlas.training import convolutions, precision
from cnnatlas.training.convolutions import use_products, weight_gradient


@pytest.mark.parametrize(
    ("kernel", "stride", "padding"), [((3, 3), (1, 1), (1, 1)), ((3, 2), (2, 1), (0, 1)), ((2, 2), (2, 2), (0, 0))]
)
def test_the_product_is_autograds_gradient(kernel, stride, padding):
    torch.manual_seed(0)
    x = torch.randn(3, 4, 8, 7, dtype=torch.float64)
    weight = torch.randn(5, 4, *kernel, dtype=torch.float64, requires_grad=True)
    output = nn.functional.conv2d(x, weight, None, stride, padding)
    gradient = torch.randn_like(output)
    (expected,) = torch.autograd.grad(output, weight, gradient)
    torch.testing.assert_close(weight_gradient(x, gradient, kernel, stride, padding), expected)


def network():
    torch.manual_seed(0)
    layers = nn.Conv2d(3, 8, 3, padding=1), nn.ReLU(), nn.Conv2d(8, 8, 3, stride=2, padding=1, bias=False), nn.ReLU()
    return nn.Sequential(*layers, nn.Conv2d(8, 6, 3, padding=1), nn.Flatten())


def gradients(model, images):
    model.zero_grad()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        outputs = model(images)
    outputs.float().square().mean().backward()
    return [outputs, *[weight.grad for weight in model.parameters()], images.grad]


@pytest.fixture
def products(monkeypatch):
    """The shapes of the gradients of outputs that products are computed from."""
    shapes = []

    def noted(inputs, gradient, *geometry):
        shapes.append(tuple(gradient.shape[2:]))
        return weight_gradient(inputs, gradient, *geometry)

    monkeypatch.setattr(convolutions, "weight_gradient", noted)
    return shapes


def test_a_network_trains_as_before(products):
    images = torch.rand(4, 3, 8, 8).contiguous(memory_format=torch.channels_last)
    sides = [network().to(memory_format=torch.channels_last) for _ in range(2)]
    use_products(sides[1])
    plain, own = (gradients(side, images.clone().requires_grad_()) for side in sides)
    assert products == [(4, 4), (4, 4)]  # the first convolution has 8 x 8 positions and few channels
    for one, other in zip(plain, own, strict=True):
        assert one.dtype == other.dtype
        torch.testing.assert_close(one, other, rtol=0.02, atol=1e-4)
    assert own[3].stride() == plain[3].stride()  # gradients lie as their weights do


def test_many_channels_are_multiplied_on_larger_maps(products):
    model = nn.Conv2d(256, 256, 3, padding=1)
    use_products(model)
    for side in (8, 9):
        gradients(model, torch.rand(1, 256, side, side, requires_grad=True))
    assert products == [(8, 8)]


@pytest.mark.parametrize(
    "options", [{"groups": 2}, {"dilation": 2}, {"padding": "same"}, {"padding_mode": "reflect"}, {"kernel_size": 1}]
)
def test_other_convolutions_are_left_alone(products, options):
    model = nn.Conv2d(**{"in_channels": 4, "out_channels": 4, "kernel_size": 3, "padding": 1} | options)
    use_products(model)
    gradients(model, torch.rand(2, 4, 4, 4, requires_grad=True))
    assert products == []


def test_frozen_weights_and_predictions_take_none(products):
    model = network()
    use_products(model)
    for weight in model.parameters():
        weight.requires_grad_(False)
    images = torch.rand(2, 3, 8, 8, requires_grad=True)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        model(images).float().sum().backward()
    with torch.no_grad():
        model.requires_grad_(True)(images)
    assert products == []


def test_only_processors_with_fast_bfloat16_take_products():
    assert precision.for_cpu(frozenset({"avx512_bf16", "amx_bf16", "avx2"}), "GenuineIntel").products
    assert precision.for_cpu(frozenset({"avx512_bf16", "avx2"}), "AuthenticAMD").products
    assert not precision.for_cpu(frozenset({"avx512_bf16", "avx2"}), "GenuineIntel").products
    assert not precision.for_cpu(frozenset({"avx2"})).products


def test_weights_keep_their_names_and_the_network_can_be_copied():
    import copy

    model = network()
    names = list(model.state_dict())
    use_products(model)
    assert list(copy.deepcopy(model).state_dict()) == names
