"""What all methods share: checked input, networks left as they were, hooks that end with their use."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import class_indices, executed, hooked, named_module, prepared, untouched


@pytest.fixture
def network():
    return build({"name": "simple_convnet", "batch_norm": True}, 4, 9)


def hooks(network):
    return sum(len(m._forward_hooks) + len(m._forward_pre_hooks) + len(m._backward_hooks) for m in network.modules())


def traces(network):
    return [m.training for m in network.modules()], [p.requires_grad for p in network.parameters()]


@pytest.mark.parametrize("raises", [False, True])
def test_an_untouched_network_has_its_modes_and_wishes_back(network, raises):
    network.train()
    network.features[0].eval()
    network.fc.bias.requires_grad_(False)
    before = traces(network)
    try:
        with untouched(network) as opened:
            assert opened is network
            assert not any(m.training for m in network.modules())
            assert not any(p.requires_grad for p in network.parameters())
            if raises:
                raise KeyError
    except KeyError:
        pass
    assert traces(network) == before


def test_gradients_reach_the_input_of_an_untouched_network_and_no_weight(network):
    x = torch.rand(2, 3, 9, 9, requires_grad=True)
    with untouched(network):
        network(x).sum().backward()
    assert x.grad.abs().sum() > 0 and all(p.grad is None for p in network.parameters())


@pytest.mark.parametrize("raises", [False, True])
def test_hooks_see_and_replace_outputs_and_are_gone_afterwards(network, raises):
    x = torch.rand(2, 3, 9, 9)
    network.eval()
    plain = network(x)
    try:
        with hooked([network.pool, network.fc], lambda module, inputs, output: torch.zeros_like(output)):
            assert hooks(network) == 2
            assert torch.equal(network(x), torch.zeros(2, 4))
            if raises:
                raise KeyError
    except KeyError:
        pass
    assert hooks(network) == 0 and torch.equal(network(x), plain)


def test_bytes_and_floats_are_prepared_alike(network):
    pixels = np.random.default_rng(0).integers(256, size=(2, 5, 7, 3), dtype=np.uint8)
    floats = pixels.transpose(0, 3, 1, 2) / 255
    for images in (pixels, torch.as_tensor(pixels), floats, torch.as_tensor(floats), pixels[:, ::-1][:, ::-1]):
        x = prepared(network, images)
        assert x.dtype == torch.float32 and x.shape == (2, 3, 5, 7)
        assert np.allclose(x.numpy(), floats, atol=1e-7)


def image(value=0.5):
    return torch.full((2, 3, 9, 9), value)


@pytest.mark.parametrize(
    ("images", "words"),
    [
        (np.zeros((9, 9, 3), np.uint8), ["(9, 9, 3)", "(N, H, W, 3)"]),
        (np.zeros((2, 3, 9, 9), np.uint8), ["(2, 3, 9, 9)", "(N, H, W, 3)"]),
        (np.zeros((2, 9, 9, 3)), ["(2, 9, 9, 3)", "(N, 3, H, W)"]),
        (np.zeros((2, 3, 9, 9), np.int64), ["int64", "uint8"]),
        (image()[:0], ["at least one"]),
        (torch.cat([image(), image(float("nan"))]), ["number 2", "not finite"]),
        (image(float("inf")), ["number 0", "not finite"]),
        (image(255.0), ["255", "[0, 1]"]),
        (image(-0.5), ["-0.5", "[0, 1]"]),
    ],
    ids=str,
)
def test_unusable_images_are_named(network, images, words):
    with pytest.raises(AtlasError) as caught:
        prepared(network, images)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("targets", [[1, 0, 3], (1, 0, 3), np.array([1, 0, 3]), torch.tensor([1, 0, 3])], ids=str)
def test_targets_may_come_as_any_sequence(targets):
    assert torch.equal(class_indices(targets, 3, 4), torch.tensor([1, 0, 3]))


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ([1], ["(1,)", "3 images"]),
        ([[1, 2, 3]], ["(1, 3)"]),
        ([0, 4, 1], ["4", "numbered from 0"]),
        ([0, -1, 1], ["-1", "numbered from 0"]),
        ([0.0, 1.0, 2.0], ["whole numbers"]),
    ],
    ids=str,
)
def test_unusable_targets_are_named(targets, words):
    with pytest.raises(AtlasError) as caught:
        class_indices(targets, 3, 4)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("name", ["", "features.9", "conv"])
def test_a_layer_that_does_not_exist_is_named_with_those_that_do(network, name):
    with pytest.raises(AtlasError) as caught:
        named_module(network, name)
    assert f"`{name}`" in str(caught.value) and "features.0.0" in str(caught.value)
    assert named_module(network, "features.0.0") is network.features[0][0]


def test_executed_layers_come_in_their_order_with_their_outputs(network):
    x = torch.rand(2, 3, 9, 9)
    network.eval()
    layers = executed(network, x)
    assert [name for name, *_ in layers][:3] == ["features.0.0", "features.0.1", "features.0.2"]
    assert [name for name, *_ in layers][-2:] == ["pool", "fc"]
    assert all(isinstance(module, nn.Module) and not output.requires_grad for _, module, output in layers)
    assert torch.equal(layers[-1][2], network(x)) and hooks(network) == 0
