"""Whitened networks: what is set before training, what is frozen, and what each stage computes."""

from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from cnnatlas.architectures.registry import build
from cnnatlas.architectures.whitened import PATCH, Stage
from cnnatlas.errors import AtlasError
from cnnatlas.training.data import Data, to_device
from cnnatlas.training.loop import train
from cnnatlas.training.precision import choose
from cnnatlas.training.run import Run
from training.test_loop import LOG, problem, spec  # noqa: F401 (a fixture)


def network(**arguments):
    return build({"name": "whitened", "widths": [32, 40], **arguments}, 5, 32)


def smooth(count: int = 200) -> torch.Tensor:
    """Images whose neighbouring pixels and channels go together, as in photographs."""
    torch.manual_seed(0)
    coarse = torch.randn(count, 1, 8, 8) + 0.2 * torch.randn(count, 3, 8, 8)
    return F.interpolate(coarse, (32, 32), mode="bilinear") + 0.05 * torch.randn(count, 3, 32, 32)


def responses(layer, images) -> torch.Tensor:
    """The first half of a first convolution's outputs (the others are their negatives), one row per patch."""
    maps = F.conv2d(images, layer.weight, stride=PATCH)[:, : len(layer.weight) // 2]
    return maps.permute(0, 2, 3, 1).flatten(0, 2)


def test_whitened_patches_are_uncorrelated_with_variances_of_at_most_one():
    images, net = smooth(), network()
    net.initialise_from(images)
    rows = responses(net.features[0][0], images)
    second = rows.T @ rows / len(rows)
    assert torch.allclose(second, torch.diag(second.diag()), atol=1e-3)
    assert second.diag().max() <= 1 and second.diag().min() > 0.5
    halves = net.features[0][0].weight.chunk(2)
    assert torch.equal(halves[0], -halves[1])
    assert net.features[0][0].bias.abs().max() == 0


def test_whitening_filters_are_frozen_and_their_biases_are_not():
    net = network()
    net.initialise_from(smooth(10))
    assert not net.features[0][0].weight.requires_grad and net.features[0][0].bias.requires_grad
    plain = network(whitening=False)
    before = plain.features[0][0].weight.clone()
    plain.initialise_from(smooth(10))
    assert torch.equal(plain.features[0][0].weight, before) and plain.features[0][0].weight.requires_grad


def test_convolutions_start_by_copying_their_inputs():
    net = network()
    for stage in net.features[1:-1]:
        for layer in (stage.conv1, stage.conv2):
            x = torch.randn(1, layer.in_channels, 6, 6)
            count = min(layer.in_channels, layer.out_channels)
            assert torch.allclose(layer(x)[:, :count], x[:, :count], atol=1e-6)
            assert len(layer.weight) == count or layer.weight[count:].abs().min(0).values.max() > 0
    other = network(identity=False).features[1].conv1
    assert not torch.allclose(other.weight[0, 1:], torch.zeros_like(other.weight[0, 1:]))


@pytest.mark.parametrize("residual", [True, False])
def test_a_stage_adds_its_own_first_half_only_with_a_shortcut(residual):
    stage, x = Stage(3, 4, residual=residual, identity=True).eval(), torch.randn(2, 3, 8, 8)
    halfway = F.relu(stage.norm1(F.max_pool2d(stage.conv1(x), 2)))
    change = stage.norm2(stage.conv2(halfway))
    assert torch.allclose(stage(x), F.relu(change + halfway if residual else change))
    assert not stage.norm1.weight.requires_grad and stage.norm1.bias.requires_grad


def test_its_activations_are_those_that_are_named():
    smooth_one = network(activation="gelu")
    assert [type(module) for module in smooth_one.modules() if isinstance(module, nn.ReLU | nn.GELU)] == [nn.GELU] * 5
    with pytest.raises(AtlasError, match="activation: `tanh` is not one of relu, gelu"):
        network(activation="tanh")


def test_whitening_fetches_its_images_from_the_device_that_they_lie_on(problem, monkeypatch):  # noqa: F811
    """The network is built on the CPU before it is moved to a GPU, where the images are already."""
    fetched, batch = [], Data.batch

    class Elsewhere(SimpleNamespace):
        def cpu(self):
            fetched.append(True)
            return self.images

    monkeypatch.setattr(Data, "batch", lambda data, index: Elsewhere(images=batch(data, index)))
    images, labels, split, classes = problem
    data = to_device(images, labels, split, torch.device("cpu"))
    Run(spec(architecture={"name": "whitened", "widths": [4]}), 0, data, classes, choose(torch.device("cpu")), {})
    assert fetched


def test_a_training_whitens_with_its_own_images_and_leaves_the_filters_alone(problem):  # noqa: F811
    changes = {"architecture": {"name": "whitened", "widths": [4]}, "optimiser": {"weight_decay": 0.1}}
    trained = [train(spec(epochs=epochs, **changes), 0, *problem, LOG).classifier for epochs in (1, 2)]
    filters = [each.network.features[0][0].weight for each in trained]
    assert torch.equal(*filters)
    images, _, split, _ = problem
    x = trained[0].normalise(torch.from_numpy(images[split["train"]]).permute(0, 3, 1, 2) / 255)
    second = np.cov(responses(trained[0].network.features[0][0], x).T.numpy(), ddof=0)
    assert np.allclose(second, np.diag(second.diagonal()), atol=0.1)
    biases = [each.network.features[0][0].bias for each in trained]
    assert not torch.equal(*biases)
