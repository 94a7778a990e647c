"""SmoothGrad: the mean gradient over noisy copies, the same for every run and every company."""

import numpy as np
import pytest
import torch

from cnnatlas.architectures.registry import build
from cnnatlas.interpretation.methods.gradient import gradient
from cnnatlas.interpretation.methods.smooth_grad import smooth_grad


@pytest.fixture
def network():
    torch.manual_seed(0)
    return build({"name": "shallownet"}, 4, 7)


@pytest.fixture
def images():
    return torch.rand(3, 3, 7, 7, generator=torch.Generator().manual_seed(0))


def test_it_is_the_mean_gradient_over_copies_with_noise_of_the_images_range(network, images):
    image = images[:1] * 0.5
    found = smooth_grad(network, image, [1], samples=40, noise=0.2, seed=3)["attribution"]
    torch.manual_seed(3)
    spread = 0.2 * (image.max() - image.min())
    noise = torch.cat([torch.normal(0.0, spread.expand(n, 3, 7, 7)) for n in (32, 8)])
    copies = (image + noise).requires_grad_()
    (gradients,) = torch.autograd.grad(network(copies)[:, 1].sum(), copies)
    assert np.allclose(found, gradients.mean(0, keepdim=True).numpy(), atol=1e-6)
    assert (found < 0).any() and (found > 0).any()


def test_without_noise_it_is_the_gradient(network, images):
    smooth = smooth_grad(network, images, [0, 1, 2], samples=3, noise=0.0)["attribution"]
    assert np.allclose(smooth, gradient(network, images, [0, 1, 2])["attribution"], atol=1e-6)


def test_the_seed_alone_decides_the_noise_and_the_global_generator_is_left_alone(network, images):
    torch.manual_seed(5)
    state = torch.get_rng_state()
    together = smooth_grad(network, images, [0, 1, 2], samples=4)["attribution"]
    assert torch.equal(torch.get_rng_state(), state)
    torch.manual_seed(6)
    alone = smooth_grad(network, images[2:], [2], samples=4)["attribution"]
    assert np.array_equal(together[2:], alone)
    assert not np.allclose(alone, smooth_grad(network, images[2:], [2], samples=4, seed=1)["attribution"])
