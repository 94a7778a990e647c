"""Every network: its shapes, its size computed by hand, and what the interpretation methods rely on."""

import itertools

import pytest
import torch
from torch import nn

from cnnatlas.architectures import registry
from cnnatlas.architectures.classifier import Classifier, load_network
from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError

SIZES = dict.fromkeys(registry.names(), 32) | {"lenet5": 64, "stl_shallow": 96}  # these need larger images
NEEDED = {"on_base": {"base": {"name": "convnet", "widths": [4, 8]}, "dense": [9]}}  # arguments without a default
PLAIN = [{"name": name, **NEEDED.get(name, {})} for name in registry.names()]
VARIANTS = [
    *PLAIN,
    {"name": "lenet5", "batch_norm": True, "dropout": 0.5, "initialisation": "xavier"},
    {"name": "stl_deep", "widths": [4, 8], "normalisation": "batch", "initialisation": "he"},
    {"name": "vgg", "widths": [4, 8], "blocks": [1, 2], "dense": [], "batch_norm": True, "dropout": 0.5},
    {"name": "resnet", "stem": 4, "stem_stride": 1, "widths": [4, 8], "blocks": [1, 1], "activation": "pre"},
    {"name": "resnet", "stem": 4, "widths": [4, 8], "blocks": [2, 1], "batch_norm": False, "dropout": 0.5},
    {"name": "resnet", "widths": [4, 8], "blocks": [1, 2], "batch_norm": False, "dropout": 0.5, "activation": "pre"},
    {"name": "resnet18", "stem": "small"},
    {"name": "simple_convnet", "batch_norm": True, "residual": True, "initialisation": "default"},
    {"name": "simple_convnet", "residual": True},
    {"name": "convnet", "widths": [8, 16], "extra": ["inception", "residual"], "dense": [9], "dropout": 0.5},
    {"name": "convnet", "widths": [8, 16], "extra": ["residual", "inception"], "batch_norm": False},
    {"name": "whitened", "widths": [4, 8], "residual": False, "dense": [9], "dropout": 0.5, "identity": False},
]


def parameters(network: nn.Module) -> int:
    return sum(p.numel() for p in network.parameters())


@pytest.mark.parametrize("architecture", VARIANTS, ids=str)
def test_logits_have_one_value_per_class_and_gradients_reach_every_parameter(architecture):
    size = SIZES[architecture["name"]]
    network = build(architecture, 7, size)
    logits = network(torch.rand(2, 3, size, size))
    assert logits.shape == (2, 7)
    logits.square().sum().backward()
    assert all((p.grad is not None) == p.requires_grad for p in network.parameters())


@pytest.mark.parametrize("architecture", VARIANTS, ids=str)
def test_a_single_image_of_an_odd_size_gives_the_same_logits_from_a_copy(architecture):
    size = SIZES[architecture["name"]] + 5
    network, again = (build(architecture, 7, size).eval() for _ in range(2))
    image = torch.rand(1, 3, size, size)
    again.load_state_dict(network.state_dict())
    assert network(image).shape == (1, 7) and torch.equal(network(image), again(image))


@pytest.mark.parametrize("architecture", VARIANTS, ids=str)
def test_a_small_step_down_the_gradient_lowers_the_loss(architecture):
    torch.manual_seed(0)
    size = SIZES[architecture["name"]]
    network = build(architecture, 7, size)
    images, labels = torch.rand(4, 3, size, size), torch.arange(4)

    def loss() -> torch.Tensor:
        torch.manual_seed(1)  # the same neurons dropped
        return nn.functional.cross_entropy(network(images), labels)

    before = loss()
    before.backward()
    with torch.no_grad():
        for parameter in network.parameters():
            parameter -= 1e-4 * parameter.grad if parameter.requires_grad else 0
    assert loss() < before


@pytest.mark.parametrize("architecture", VARIANTS, ids=str)
def test_relus_are_modules_used_once_and_not_in_place(architecture):
    size = SIZES[architecture["name"]]
    network = build(architecture, 7, size).eval()
    calls: dict[str, int] = {}
    for name, module in network.named_modules():
        if isinstance(module, nn.ReLU):
            assert not module.inplace
            calls[name] = 0
            module.register_forward_hook(lambda m, x, y, name=name: calls.__setitem__(name, calls[name] + 1))
    logits = network(torch.rand(1, 3, size, size))
    assert set(calls.values()) == {1}
    functional, pending = [], [logits.grad_fn]
    while pending:  # every ReLU of the graph belongs to a module
        node = pending.pop()
        if node is not None and node not in functional:
            functional.append(node)
            pending.extend(parent for parent, _ in node.next_functions)
    assert sum(node.name().startswith("ReluBackward") for node in functional) == len(calls)


def test_the_shallow_network_is_the_one_of_table_1():
    network = build({"name": "stl_shallow"}, 10, 96)
    assert network.fc1.in_features == 1152
    convolutions = (3 * 49 + 1) * 96 + (96 * 25 + 1) * 64 + (64 * 9 + 1) * 128
    assert parameters(network) == convolutions + 1153 * 128 + 129 * 10
    layers = {layer["name"]: layer for layer in describe(network, 96)["layers"]}
    assert layers["conv1"]["output"] == [96, 45, 45] and layers["maxpool"]["output"] == [128, 3, 3]
    assert layers["conv1"]["stride"] == [2, 2] and layers["maxpool"]["stride"] == [3, 3]


def test_the_deep_network_is_the_one_of_tables_2_and_3():
    network = build({"name": "stl_deep"}, 10, 96)
    widths = [3, 32, 64, 128, 192]
    blocks = itertools.pairwise(widths)
    convolutions = sum((9 * i + 1) * o + (o + 1) * o + (9 * o + 1) * o for i, o in blocks)
    assert parameters(network) == convolutions + 193 * 10
    pooled = [layer for layer in describe(network, 96)["layers"] if layer["type"] == "GlobalAveragePooling"]
    assert [layer["input"] for layer in pooled] == [[192, 6, 6]]


def test_lenet_is_the_one_of_assignment_e():
    network = build({"name": "lenet5"}, 101, 64)
    assert parameters(network) == 76 * 32 + (25 * 32 + 1) * 64 + 257 * 1021 + 1022 * 84 + 85 * 101


def test_our_own_design_has_fewer_parameters_than_the_deep_network_and_less_than_twice_its_cost():
    own, deep = (describe(build({"name": name}, 10, 96), 96) for name in ("resnet", "stl_deep"))
    assert own["parameters"] < deep["parameters"]
    assert own["multiply_adds"] < 2 * deep["multiply_adds"]


def test_description_counts_multiply_adds_and_parameters():
    network = build({"name": "vgg", "widths": [4], "blocks": [1], "dense": [5]}, 3, 8)
    description = describe(network, 8)
    assert description["parameters"] == parameters(network) == sum(la["parameters"] for la in description["layers"])
    assert description["multiply_adds"] == 27 * 4 * 64 + 4 * 16 * 5 + 5 * 3
    assert [la["type"] for la in description["layers"]][:3] == ["Conv2d", "ReLU", "MaxPool2d"]


def test_description_leaves_out_dropout_of_rate_zero_only():
    def layers(rate):
        return [layer["name"] for layer in describe(build({"name": "lenet5", "dropout": rate}, 3, 64), 64)["layers"]]

    assert set(layers(0.5)) - set(layers(0.0)) == {"dropout1", "dropout2", "dropout3"}
    assert set(layers(0.0)) < set(layers(0.5))


def test_description_leaves_no_hooks_and_no_trace_even_after_an_error():
    network = build({"name": "resnet"}, 3, 32).train()
    state = {key: value.clone() for key, value in network.state_dict().items()}
    describe(network, 32)
    shallow = build({"name": "stl_shallow"}, 3, 96)
    with pytest.raises(RuntimeError):
        describe(shallow, 32)
    for each in (network, shallow):
        assert each.training
        assert not any(module._forward_hooks for module in each.modules())
    assert all(torch.equal(value, state[key]) for key, value in network.state_dict().items())


@pytest.mark.parametrize(
    ("architecture", "size", "words"),
    [
        ({"name": "alexnet"}, 32, ["alexnet", "lenet5"]),
        ({"name": "vgg", "width": [4]}, 32, ["architecture.width", "vgg", "widths"]),
        ({"name": "stl_shallow", "dropout": 0.5}, 96, ["stl_shallow", "no arguments"]),
        ({"name": "stl_deep", "normalisation": "layer"}, 96, ["stl_deep", "layer", "batch"]),
        ({"name": "lenet5", "initialisation": "zero"}, 64, ["zero", "xavier"]),
        ({"name": "vgg", "widths": [4, 8], "blocks": [1]}, 32, ["vgg", "widths", "blocks"]),
        ({"name": "lenet5", "dropout": 1.5}, 64, ["lenet5", "1.5"]),
        ({"name": "stl_shallow"}, 32, ["stl_shallow", "32 x 32"]),
        ({"name": "shallownet", "filters": 8}, 32, ["shallownet", "no arguments"]),
        ({"name": "simple_convnet", "initialisation": "zero"}, 32, ["simple_convnet", "zero", "xavier"]),
        ({"name": "resnet", "dropout": 2.0}, 32, ["resnet", "2.0"]),
        ({"name": "resnet18", "stem": "large"}, 64, ["resnet18", "large", "imagenet", "small"]),
        ({"name": "convnet", "extra": ["dense"]}, 32, ["convnet", "dense", "inception", "residual"]),
        ({"name": "convnet", "extra": "inception"}, 32, ["convnet", "list of inception"]),
        ({"name": "convnet", "widths": [8], "extra": ["inception"]}, 32, ["convnet", "16", "8"]),
        ({"name": "convnet"}, 4, ["convnet", "4 x 4"]),
    ],
    ids=str,
)
def test_wrong_specs_are_named(architecture, size, words):
    with pytest.raises(AtlasError) as caught:
        build(architecture, 10, size)
    assert all(word in str(caught.value) for word in words), caught.value


@pytest.mark.parametrize("architecture", PLAIN, ids=str)
def test_arguments_read_from_the_source_are_those_of_the_class(architecture):
    import inspect

    name = architecture["name"]
    signature = inspect.signature(type(build(architecture, 10, SIZES[name])))
    keywords = [p.name for p in signature.parameters.values() if p.kind is p.KEYWORD_ONLY]
    assert registry.arguments(name) == tuple(sorted(keywords))


@pytest.mark.parametrize(("initialisation", "variance"), [("he", 2 / 1152), ("xavier", 2 / (1152 + 1152))])
def test_initialisation_draws_the_variance_of_its_paper(initialisation, variance):
    torch.manual_seed(0)
    network = build({"name": "stl_deep", "widths": [128], "initialisation": initialisation}, 10, 8)
    weights = [m.weight for m in network.modules() if isinstance(m, nn.Conv2d)][2]  # 3x3, 128 to 128
    assert weights.var().item() == pytest.approx(variance, rel=0.05)


def test_a_saved_classifier_comes_back_with_its_normalisation(tmp_path):
    from safetensors.torch import save_file

    architecture = {"name": "lenet5"}
    mean, std = torch.tensor([0.4, 0.5, 0.6]), torch.tensor([0.2, 0.25, 0.3])
    classifier = Classifier(build(architecture, 5, 64), mean, std).eval()
    save_file(classifier.state_dict(), tmp_path / "weights.safetensors")
    again = load_network(tmp_path / "weights.safetensors", architecture, 5, 64)
    images = torch.rand(2, 3, 64, 64)
    assert torch.equal(again(images), classifier(images)) and not again.training
    assert torch.allclose(classifier(images), classifier.network((images - mean.view(3, 1, 1)) / std.view(3, 1, 1)))
    with pytest.raises(AtlasError, match=r"weights\.safetensors"):
        load_network(tmp_path / "weights.safetensors", architecture, 6, 64)


def test_a_base_of_torchvision_is_one_with_features():
    network = build({"name": "on_base", "base": {"name": "mobilenet_v2"}, "dense": [9]}, 2, 64)
    assert network(torch.rand(2, 3, 64, 64)).shape == (2, 2)
    with pytest.raises(AtlasError, match="base: resnet50 has no `features` apart from its head"):
        build({"name": "on_base", "base": {"name": "resnet50"}}, 2, 64)
