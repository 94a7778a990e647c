"""Every method on every kind of architecture, at tiny sizes: what it gives, and what it leaves as it was."""

import inspect
from functools import cache
from importlib import import_module

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models

from cnnatlas.architectures import registry
from cnnatlas.architectures.classifier import Classifier
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.declarations import METHODS

CLASSES = 4
# Kind -> (architecture, size). Where global average pooling leads to one dense layer, the images are not square.
DENSE = {
    "lenet5": ({"name": "lenet5"}, 37),
    "lenet5, regularised": ({"name": "lenet5", "batch_norm": True, "dropout": 0.5}, 37),
    "stl_shallow": ({"name": "stl_shallow"}, 39),
    "vgg": ({"name": "vgg", "widths": [4, 8], "blocks": [1, 2], "dense": [5], "dropout": 0.5}, 9),
    "vgg, normalised": ({"name": "vgg", "widths": [4, 8], "blocks": [2, 1], "dense": [], "batch_norm": True}, 9),
    "shallownet": ({"name": "shallownet"}, 9),
    "convnet": ({"name": "convnet", "widths": [8, 16], "extra": ["inception", "residual"], "dense": [5]}, 9),
    "convnet, plain": ({"name": "convnet", "widths": [16], "extra": ["inception"], "batch_norm": False}, 9),
    "whitened, dense": ({"name": "whitened", "widths": [4, 8], "residual": False, "dense": [5], "dropout": 0.5}, 9),
    "on_base": ({"name": "on_base", "base": {"name": "convnet", "widths": [4, 8]}, "dense": [5]}, 9),
}
AVERAGED = {
    "stl_deep": ({"name": "stl_deep", "widths": [4, 8]}, 9),
    "stl_deep, normalised": ({"name": "stl_deep", "widths": [4, 8], "normalisation": "batch"}, 9),
    "resnet": ({"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [2, 1], "dropout": 0.5}, 9),
    "resnet, pre": ({"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [1, 1], "activation": "pre"}, 9),
    "resnet, unnormalised": ({"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [1, 1], "batch_norm": False}, 9),
    "resnet18": ({"name": "resnet18"}, 17),
    "resnet18, small": ({"name": "resnet18", "stem": "small"}, 9),
    "simple_convnet": ({"name": "simple_convnet"}, 9),
    "simple_convnet, residual": ({"name": "simple_convnet", "batch_norm": True, "residual": True}, 9),
    "whitened": ({"name": "whitened", "widths": [4, 8]}, 9),
    "on_base, one layer": ({"name": "on_base", "base": {"name": "simple_convnet"}, "dense": []}, 9),
    "squeezenet1_1": ({"name": "squeezenet1_1"}, 33),
}
KINDS = DENSE | AVERAGED

OPTIONS = {  # as little work as there can be
    "activation_maximisation": {"units": 1, "steps": 2},
    "fooling": {"steps": 2},
    "integrated_gradients": {"steps": 2, "most": 4},
    "occlusion": {"patch": 7, "stride": 6},
    "response": {"scales": (1.0, 1.5)},
    "smooth_grad": {"samples": 2},
}
NEED_AVERAGING = ("cam", "response")
READ_WEIGHTS_ONLY = ("filters",)  # neither images nor targets


SEEING = [name for name in METHODS if name not in READ_WEIGHTS_ONLY]


def method(name):
    return getattr(import_module(f"cnnatlas.interpretation.methods.{name}"), name)


@cache
def network_of(kind):
    """A network with no weight at rest, and with modes, flags and gradients as a careless caller may leave them."""
    torch.manual_seed(0)
    architecture, size = KINDS[kind]
    if architecture["name"] in registry.names():
        network = registry.build(architecture, CLASSES, size)
    else:
        network = models.get_model(architecture["name"], weights=None, num_classes=CLASSES)
    return careless(Classifier(network, torch.full((3,), 0.4), torch.full((3,), 0.25)))


def careless(network):
    for i, module in enumerate(network.modules()):
        module.training = i % 2 == 0
    for i, parameter in enumerate(network.parameters()):
        parameter.data += 0.05 * torch.randn_like(parameter)
        parameter.grad = torch.randn_like(parameter) if i % 2 else None
        parameter.requires_grad_(i % 3 > 0)
    return network


def pixels(kind, count=1):
    size = KINDS[kind][1]
    shape = (count, size, size + 2 * (kind in AVERAGED), 3)
    return np.random.default_rng(0).integers(256, size=shape, dtype=np.uint8)


def hooks(network):
    tables = ("_forward_hooks", "_forward_pre_hooks", "_backward_hooks", "_backward_pre_hooks")
    return sum(len(getattr(module, table)) for module in network.modules() for table in tables)


def traces(network):
    """All that a method must leave as it was, as bytes or numbers that do not change with it."""
    return {
        "hooks": hooks(network),
        "modes": [module.training for module in network.modules()],
        "weights": [value.numpy().tobytes() for value in network.state_dict().values()],
        "requires_grad": [parameter.requires_grad for parameter in network.parameters()],
        "gradients": [None if p.grad is None else p.grad.numpy().tobytes() for p in network.parameters()],
        "generator": torch.get_rng_state().numpy().tobytes(),
    }


def test_all_families_are_crossed_with_the_methods():
    assert {architecture["name"] for architecture, _ in KINDS.values()} >= set(registry.names())


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", METHODS)
def test_bytes_and_floats_give_equal_bits_and_leave_the_network_as_it_was(name, kind):
    network, images, options = network_of(kind), pixels(kind), OPTIONS.get(name, {})
    floats = torch.as_tensor(images).permute(0, 3, 1, 2).float() / 255
    before = traces(network)
    if name in NEED_AVERAGING and kind in DENSE:
        with pytest.raises(AtlasError, match="grad_cam"):
            method(name)(network, images, [3], **options)
        assert traces(network) == before
        return
    found = method(name)(network, images, [3], **options)
    again = method(name)(network, floats, np.array([3]), **options)
    assert traces(network) == before
    assert found and found.keys() == again.keys()
    for key, values in found.items():
        assert isinstance(values, np.ndarray) and values.size and np.isfinite(values).all(), key
        assert values.dtype != np.float64, key
        assert values.shape == again[key].shape and values.tobytes() == again[key].tobytes(), key
    if "attribution" in found:
        attribution = found["attribution"]
        assert attribution.dtype == np.float32
        assert attribution.any() or name == "grad_cam"  # rectified: there may be no evidence for the class
        assert attribution.shape in [(1, channels, *images.shape[1:3]) for channels in (1, 3)]


class Failing(nn.Module):
    """A network whose middle raises the n-th time that it runs."""

    def __init__(self):
        super().__init__()
        self.conv, self.relu = nn.Conv2d(3, 4, 3, padding=1), nn.ReLU()
        self.second, self.last = nn.Conv2d(4, 4, 3, padding=1), nn.ReLU()
        self.pool, self.fc = nn.AdaptiveAvgPool2d(1), nn.Linear(4, CLASSES)
        self.left = 0

    def forward(self, x):
        self.left -= 1
        if self.left == 0:
            raise InterruptedError
        return self.fc(self.pool(self.last(self.second(self.relu(self.conv(x))))).flatten(1))


class FailingLater(Failing):
    """The same, after the first layers have run."""

    def __init__(self):
        super().__init__()
        self.last = FailingReLU(self)

    def forward(self, x):
        return self.fc(self.pool(self.last(self.second(self.relu(self.conv(x))))).flatten(1))


class FailingReLU(nn.ReLU):
    def __init__(self, network):
        super().__init__()
        self.network = [network]  # not its part

    def forward(self, x):
        self.network[0].left -= 1
        if self.network[0].left == 0:
            raise InterruptedError
        return super().forward(x)


@pytest.mark.parametrize("kind", [Failing, FailingLater])
@pytest.mark.parametrize("name", SEEING)
def test_a_network_that_raises_at_any_of_its_runs_is_left_as_it_was(name, kind):
    torch.manual_seed(0)
    network, images = careless(kind()), np.full((2, 9, 9, 3), 99, np.uint8)
    before = traces(network)
    for run in range(1, 9):
        network.left = run
        try:
            method(name)(network, images, [0, 3], **OPTIONS.get(name, {}))
        except InterruptedError:
            assert traces(network) == before, run
        else:
            break
    assert run > 1, "the network has not run"
    network.left = 0
    assert traces(network) == before


@pytest.mark.parametrize("targets", [[CLASSES], [-1], [0, 1], []], ids=str)
@pytest.mark.parametrize("name", SEEING)
def test_wrong_targets_are_named(name, targets):
    with pytest.raises(AtlasError, match="targets"):
        method(name)(network_of("simple_convnet"), pixels("simple_convnet"), targets, **OPTIONS.get(name, {}))


@pytest.mark.parametrize("name", SEEING)
def test_an_image_that_is_not_a_number_is_named(name):
    images = torch.full((2, 3, 9, 9), 0.5)
    images[1, 2, 3, 4] = float("nan")
    with pytest.raises(AtlasError, match=r"number 1 .* not finite"):
        method(name)(network_of("simple_convnet"), images, [0, 1], **OPTIONS.get(name, {}))


@pytest.mark.parametrize("name", METHODS)
def test_a_layer_that_does_not_exist_is_named(name):
    parameters = inspect.signature(method(name)).parameters
    given = {"layer": "tail"} if "layer" in parameters else {"layers": ["tail"]} if "layers" in parameters else None
    if given:
        with pytest.raises(AtlasError, match="`tail` is not in the network"):
            method(name)(network_of("simple_convnet"), pixels("simple_convnet"), [0], **OPTIONS.get(name, {}), **given)


@pytest.mark.parametrize("name", METHODS)
def test_signatures_are_the_same_up_to_options(name):
    parameters = inspect.signature(method(name)).parameters
    assert list(parameters)[:3] == ["network", "images", "targets"]
    options = list(parameters.values())[3:]
    assert all(option.kind is option.KEYWORD_ONLY and option.default is not option.empty for option in options)
