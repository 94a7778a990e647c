"""On linear networks every attribution has a known answer."""

import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.architectures.layers import GlobalAveragePooling
from cnnatlas.interpretation.methods.cam import cam
from cnnatlas.interpretation.methods.grad_cam import grad_cam
from cnnatlas.interpretation.methods.gradient import gradient
from cnnatlas.interpretation.methods.guided_backpropagation import guided_backpropagation
from cnnatlas.interpretation.methods.integrated_gradients import integrated_gradients
from cnnatlas.interpretation.methods.response import response
from cnnatlas.interpretation.methods.smooth_grad import smooth_grad

HEIGHT, WIDTH = 6, 9
TARGETS = [2, 0]


@pytest.fixture
def dense():
    """Each pixel and channel has its own weight in each class."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Flatten(), nn.Linear(3 * HEIGHT * WIDTH, 4))


@pytest.fixture
def averaged():
    """Each place speaks for each class alike: a 1x1 convolution, the mean over places, a dense layer."""
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 5, 1), GlobalAveragePooling(), nn.Linear(5, 4))


@pytest.fixture
def images():
    return torch.rand(2, 3, HEIGHT, WIDTH, generator=torch.Generator().manual_seed(0))


def weights(network):
    return network[-1].weight.detach().numpy().reshape(4, 3, HEIGHT, WIDTH)[TARGETS]


@pytest.mark.parametrize(
    ("method", "options"),
    [(gradient, {}), (guided_backpropagation, {}), (smooth_grad, {"samples": 3}), (smooth_grad, {"noise": 0.9})],
)
def test_gradients_are_the_weights(dense, images, method, options):
    found = method(dense, images, TARGETS, **options)["attribution"]
    assert np.allclose(found, weights(dense), atol=1e-6)


@pytest.mark.parametrize("steps", [1, 7])
def test_integrated_gradients_are_weight_times_distance_from_black(dense, images, steps):
    found = integrated_gradients(dense, images, TARGETS, steps=steps)
    assert np.allclose(found["attribution"], weights(dense) * images.numpy(), atol=1e-6)
    assert np.allclose(found["residual"], 0, atol=1e-5)


@pytest.mark.parametrize("fill", [0.0, 0.5])
def test_occlusion_is_the_drop_of_the_score_with_the_logits_less_the_hidden_terms(dense, images, fill):
    module = pytest.importorskip("cnnatlas.interpretation.methods.occlusion")
    found = module.occlusion(dense, images, TARGETS, patch=3, stride=3, fill=fill)
    values = dense[-1].weight.detach().reshape(1, 4, 3, HEIGHT, WIDTH) * (images[:, None] - fill)
    hidden = values.reshape(2, 4, 3, HEIGHT // 3, 3, WIDTH // 3, 3).sum((2, 4, 6))  # of each class's logit
    logits = dense(images).detach()[:, :, None, None]
    drops = (logits.softmax(1) - (logits - hidden).softmax(1)).numpy()[[0, 1], TARGETS]
    assert np.allclose(found["attribution"][:, 0], drops.repeat(3, 1).repeat(3, 2), atol=1e-6)


def test_class_activation_maps_are_the_product_of_both_layers_at_every_place(averaged, images):
    convolution, _, fc = averaged
    product = (fc.weight @ convolution.weight[:, :, 0, 0]).detach().numpy()[TARGETS]
    constant = (fc.weight @ convolution.bias).detach().numpy()[TARGETS]
    expected = np.einsum("nc,nchw->nhw", product, images.numpy()) + constant[:, None, None]
    found = cam(averaged, images, TARGETS)
    assert np.allclose(found["map"], expected, atol=1e-6)
    assert np.allclose(found["attribution"][:, 0], expected, atol=1e-6)
    assert np.allclose(found["bias"], fc.bias.detach().numpy()[TARGETS], atol=1e-6)
    assert np.allclose(response(averaged, images, TARGETS)["response_0"], expected, atol=1e-6)
    rectified = expected.clip(min=0) / (HEIGHT * WIDTH)
    assert np.allclose(grad_cam(averaged, images, TARGETS)["map"], rectified, atol=1e-7) and rectified.any()
