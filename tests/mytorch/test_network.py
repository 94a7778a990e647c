"""The other layers, the loss and the optimiser against torch; a network as a whole; the digits."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

from cnnatlas.mytorch import digits
from cnnatlas.mytorch.layers import Flatten, Linear, Parameter, ReLU
from cnnatlas.mytorch.losses import CrossEntropy
from cnnatlas.mytorch.network import Sequential
from cnnatlas.mytorch.optimisers import SGD
from cnnatlas.mytorch.pooling import MaxPool2d
from cnnatlas.workflow import sources

REPEATABLE = settings(max_examples=100, deadline=None, derandomize=True, database=None)
EXACT = {"rtol": 1e-12, "atol": 1e-12}


def backward_by_torch(function, x, gradient):
    tensor = torch.from_numpy(x).requires_grad_()
    output = function(tensor)
    (found,) = torch.autograd.grad(output, tensor, torch.from_numpy(gradient))
    return output.detach().numpy(), found.numpy()


@REPEATABLE
@given(
    st.tuples(st.integers(1, 3), st.integers(1, 3)),
    st.none() | st.tuples(st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(3, 9), st.integers(3, 9)),
    st.integers(0, 2**32 - 1),
)
def test_pooling_equals_torch_with_ties(kernel, stride, size, seed):
    rng = np.random.default_rng(seed)
    x = rng.integers(0, 3, (2, 3, *size)).astype(float)  # few values: most windows hold equal ones
    layer = MaxPool2d(kernel, stride)
    gradient = rng.standard_normal(layer.forward(x).shape)
    output, found = backward_by_torch(lambda t: functional.max_pool2d(t, kernel, stride), x, gradient)
    np.testing.assert_array_equal(layer.forward(x), output)
    np.testing.assert_allclose(layer.backward(gradient), found, **EXACT)


def test_of_equal_values_the_first_gets_the_gradient():
    layer = MaxPool2d(2)
    layer.forward(np.ones((1, 1, 2, 2)))
    assert layer.backward(np.full((1, 1, 1, 1), 5.0)).tolist() == [[[[5, 0], [0, 0]]]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_linear_equals_torch(dtype):
    rng = np.random.default_rng(0)
    layer = Linear(7, 4, rng, dtype)
    layer.bias.value[:] = rng.standard_normal(4)
    x, gradient = rng.standard_normal((5, 7)).astype(dtype), rng.standard_normal((5, 4)).astype(dtype)
    inputs = [torch.from_numpy(a).requires_grad_() for a in (x, layer.weight.value, layer.bias.value)]
    output = functional.linear(*inputs)
    expected = [output.detach(), *torch.autograd.grad(output, inputs, torch.from_numpy(gradient))]
    found = [layer.forward(x), layer.backward(gradient), layer.weight.gradient, layer.bias.gradient]
    tolerance = EXACT if dtype == np.float64 else {"rtol": 1e-5, "atol": 1e-5}
    for mine, theirs in zip(found, expected, strict=True):
        assert mine.dtype == dtype
        np.testing.assert_allclose(mine, theirs.numpy(), **tolerance)


@pytest.mark.parametrize("layer, function", [(ReLU(), torch.relu), (Flatten(), lambda t: t.flatten(1))])
def test_relu_and_flatten_equal_torch(layer, function):
    rng = np.random.default_rng(0)
    x = rng.integers(-2, 3, (3, 2, 4, 5)).astype(np.float32)
    gradient = rng.standard_normal(layer.forward(x).shape).astype(np.float32)
    output, found = backward_by_torch(function, x, gradient)
    mine = layer.forward(x), layer.backward(gradient)
    for a, b in zip(mine, (output, found), strict=True):
        assert a.dtype == np.float32
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("scale", [1, 1e4])  # 1e4: exponentials overflow unless shifted
def test_cross_entropy_equals_torch(scale):
    rng = np.random.default_rng(0)
    scores, labels = scale * rng.standard_normal((6, 5)), rng.integers(0, 5, 6)
    tensor = torch.from_numpy(scores).requires_grad_()
    expected = functional.cross_entropy(tensor, torch.from_numpy(labels))
    expected.backward()
    loss = CrossEntropy()
    assert loss.forward(scores, labels) == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(loss.backward(), tensor.grad.numpy(), **EXACT)


def test_sgd_equals_torch():
    rng = np.random.default_rng(0)
    mine = Parameter(rng.standard_normal(4))
    theirs = nn.Parameter(torch.from_numpy(mine.value.copy()))
    ours, torchs = SGD([mine], 0.1, 0.9), torch.optim.SGD([theirs], lr=0.1, momentum=0.9)
    for _ in range(5):
        gradient = rng.standard_normal(4)
        mine.gradient, theirs.grad = gradient, torch.from_numpy(gradient.copy())
        ours.step()
        torchs.step()
    np.testing.assert_allclose(mine.value, theirs.detach().numpy(), **EXACT)


def twin(network: Sequential) -> nn.Sequential:
    """The digits' network in torch, with the same weights, in float64."""
    made = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1, bias=False), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1, bias=False), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(128, 10),
    ).double()  # fmt: skip
    for theirs, mine in zip(made.parameters(), network.parameters, strict=True):
        theirs.data = torch.from_numpy(mine.value.copy())
    return made


def test_a_whole_network_equals_torch():
    rng = np.random.default_rng(0)
    network = digits.build(rng)
    for parameter in network.parameters:
        parameter.value = parameter.value.astype(np.float64)
    images, labels = rng.random((4, 1, 8, 8)), rng.integers(0, 10, 4)
    made, loss = twin(network), CrossEntropy()
    expected = functional.cross_entropy(made(torch.from_numpy(images)), torch.from_numpy(labels))
    expected.backward()
    assert loss.forward(network.forward(images), labels) == pytest.approx(expected.item(), rel=1e-12)
    network.backward(loss.backward())
    for mine, theirs in zip(network.parameters, made.parameters(), strict=True):
        np.testing.assert_allclose(mine.gradient, theirs.grad.numpy(), **EXACT)


def test_splits_are_disjoint_and_balanced():
    labels = np.repeat(np.arange(10), np.arange(170, 190, 2))
    index = digits.split(labels, np.random.default_rng(0))
    assert sorted(np.concatenate(list(index.values()))) == list(range(len(labels)))
    for name, share in digits.SHARES.items():
        counts = np.bincount(labels[index[name]])
        np.testing.assert_allclose(counts, share * np.bincount(labels), atol=1)


def test_training_learns_and_repeats_itself(monkeypatch):
    monkeypatch.setattr(digits, "EPOCHS", 2)
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 10, 300)
    images = np.zeros((300, 8, 8))
    images[np.arange(300), labels % 8, labels // 2] = 16  # a dot whose position is the class
    history, outcome = digits.run(images, labels, seed=0)
    assert [row["epoch"] for row in history] == [1, 2]
    assert history[1]["train_loss"] < history[0]["train_loss"]
    assert outcome["best_epoch"] == int(np.argmax([row["validation_accuracy"] for row in history])) + 1
    assert sum(outcome["images"].values()) == 300
    assert digits.run(images, labels, seed=0) == (history, outcome)


def test_of_equal_epochs_the_first_is_kept(monkeypatch):
    def epochs(network, data, rng):
        for epoch, accuracy in enumerate((0.5, 0.7, 0.7), 1):
            network.parameters[0].value[:] = epoch
            yield {"epoch": epoch, "validation_accuracy": accuracy}

    built = []
    monkeypatch.setattr(digits, "epochs", epochs)
    monkeypatch.setattr(digits, "build", lambda rng, build=digits.build: built.append(build(rng)) or built[0])
    _, outcome = digits.run(np.zeros((50, 8, 8)), np.arange(50) % 10, seed=0)
    assert outcome["best_epoch"] == 2 and (built[0].parameters[0].value == 2).all()


def test_the_learning_rate_falls_linearly(monkeypatch):
    rates = []
    monkeypatch.setattr(digits, "EPOCHS", 2)
    monkeypatch.setattr(digits.SGD, "step", lambda self: rates.append(self.learning_rate))
    data = {name: (np.zeros((64, 1, 8, 8), np.float32), np.arange(64) % 10) for name in ("train", "validation")}
    rng = np.random.default_rng(0)
    list(digits.epochs(digits.build(rng), data, rng))
    assert rates == pytest.approx([digits.RATE * share for share in (1, 0.75, 0.5, 0.25)])


def test_the_layers_are_made_of_numpy_alone():
    modules = ("convolution", "pooling", "layers", "losses", "optimisers", "network", "digits")
    for module in modules:
        for file in sources.closure(f"scripts/cnnatlas/mytorch/{module}.py"):
            text = (Path(__file__).parents[2] / file).read_text()
            assert not any(name in text for name in ("import torch", "scipy", "sklearn")), file
