"""The gradient of a logit: against finite differences, and independent of the company of other images."""

import numpy as np
import pytest
import torch

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.interpretation.methods import gradient as module
from cnnatlas.interpretation.methods.gradient import gradient


@pytest.fixture
def network():
    torch.manual_seed(0)
    return Classifier(build({"name": "shallownet"}, 4, 5), torch.full((3,), 0.4), torch.full((3,), 0.25))


def test_the_gradient_is_the_slope_of_the_target_logit_of_the_image_in_0_1(network):
    images = torch.rand(2, 3, 5, 5, generator=torch.Generator().manual_seed(0)) * 0.8 + 0.1
    found = gradient(network, images, [3, 1])["attribution"]
    exact, step = network.double(), 1e-6
    for i, target in enumerate([3, 1]):
        for place in [(0, 0, 0), (1, 2, 3), (2, 4, 4)]:
            moved = images[i : i + 1].double().repeat(2, 1, 1, 1)
            moved[(0, *place)] += step
            moved[(1, *place)] -= step
            with torch.no_grad():
                above, below = exact(moved)[:, target]
            assert found[(i, *place)] == pytest.approx(((above - below) / (2 * step)).item(), rel=1e-4, abs=1e-6)


def test_each_image_has_the_map_that_it_has_alone(network, monkeypatch):
    images = np.random.default_rng(0).integers(256, size=(5, 5, 5, 3), dtype=np.uint8)
    together = gradient(network, images, [0, 1, 2, 3, 0])["attribution"]
    assert together.shape == (5, 3, 5, 5) and together.dtype == np.float32
    monkeypatch.setattr(module, "BATCH", 2)
    batched = gradient(network, images, [0, 1, 2, 3, 0])["attribution"]
    alone = [gradient(network, images[i : i + 1], [i % 4])["attribution"] for i in range(5)]
    assert np.allclose(together, batched, atol=1e-6) and np.allclose(together, np.concatenate(alone), atol=1e-6)


def test_it_works_where_the_caller_has_switched_gradients_off(network):
    images = torch.rand(1, 3, 5, 5)
    with torch.no_grad():
        inside = gradient(network, images, [2])["attribution"]
    assert np.array_equal(inside, gradient(network, images, [2])["attribution"]) and inside.any()
