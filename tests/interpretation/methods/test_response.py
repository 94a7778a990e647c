"""Class responses on larger images: the dense layer applied at every position, whose mean is the network's logit."""

import numpy as np
import pytest
import torch
from torch import nn
from torchvision import models

from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods.response import response


@pytest.fixture
def network():
    torch.manual_seed(0)
    return build({"name": "simple_convnet"}, 4, 9).eval()


def test_it_is_the_dense_layer_at_every_place_of_an_image_larger_than_those_of_training(network):
    images = torch.rand(2, 3, 37, 29)
    found = response(network, images, [3, 1])["response_0"]
    maps = network.features(images)
    without_bias = nn.functional.linear(maps.permute(0, 2, 3, 1), network.fc.weight).detach().numpy()
    assert found.shape == (2, 10, 8)
    assert np.allclose(found, np.stack([without_bias[0, ..., 3], without_bias[1, ..., 1]]), atol=1e-5)


def test_at_every_scale_mean_and_bias_make_the_logit_of_the_scaled_image(network):
    images = torch.rand(2, 3, 21, 23)
    found = response(network, images, [3, 1], scales=(1.0, 2.0, 0.5))
    assert sorted(found) == ["bias", "response_0", "response_1", "response_2"]
    assert [found[f"response_{k}"].shape for k in range(3)] == [(2, 6, 6), (2, 11, 12), (2, 3, 3)]
    for k, size in enumerate([(21, 23), (42, 46), (10, 12)]):
        scaled = nn.functional.interpolate(images, size, mode="bilinear", antialias=True)
        logits = network(scaled)[range(2), [3, 1]].detach().numpy()
        assert np.allclose(found[f"response_{k}"].mean((1, 2)) + found["bias"], logits, atol=1e-5)


def test_a_place_responds_to_what_is_there_and_not_to_what_is_far(network):
    """Far from the change, beyond the receptive field, nothing moves; at the change something does."""
    plain = torch.full((1, 3, 65, 65), 0.5)
    changed = plain.clone()
    changed[:, :, :8, :8] = torch.rand(3, 8, 8)
    before, after = (response(network, images, [0])["response_0"][0] for images in (plain, changed))
    assert np.abs(after - before)[:2, :2].min() > 1e-4
    assert np.allclose(after[8:, 8:], before[8:, 8:], atol=1e-6)


def test_squeezenet_reads_larger_images():
    torch.manual_seed(0)
    network = models.squeezenet1_1(weights=None, num_classes=5).eval()
    nn.init.normal_(network.classifier[1].weight, std=0.1)
    images = torch.rand(1, 3, 97, 65)
    found = response(network, images, [2], scales=(1, 1.5))
    assert found["response_0"].shape == (1, 6, 4) and found["response_1"].shape == (1, 9, 6)
    assert found["response_0"].mean() == pytest.approx(network(images)[0, 2].item(), abs=1e-5)


def test_a_flattening_network_is_refused_also_on_images_that_it_could_not_take():
    network = build({"name": "shallownet"}, 4, 9)
    for size in (9, 15):
        with pytest.raises(AtlasError, match=r"every position .* grad_cam"):
            response(network, torch.rand(1, 3, size, size), [0])


def test_a_scale_that_the_network_cannot_take_is_named(network):
    whitened = build({"name": "whitened", "widths": [4, 8]}, 4, 16)
    with pytest.raises(
        AtlasError, match=r"at scale 0\.05 this network does not run on 1 x 1 pixels .* leave that scale out"
    ):
        response(whitened, torch.rand(1, 3, 16, 16), [0], scales=(1.0, 0.05))


@pytest.mark.parametrize("scales", [(), (1.0, 0.0), (-1.0,)])
def test_scales_are_positive(network, scales):
    with pytest.raises(AtlasError, match="scales"):
        response(network, torch.rand(1, 3, 9, 9), [0], scales=scales)
