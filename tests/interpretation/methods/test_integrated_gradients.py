"""Integrated gradients: completeness, and its residual as it is returned."""

import numpy as np
import pytest
import torch

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.interpretation.methods.integrated_gradients import integrated_gradients


@pytest.fixture
def network():
    """With a normalisation: without biases the way from black would be a straight one, and every rule exact."""
    torch.manual_seed(0)
    return Classifier(build({"name": "simple_convnet"}, 4, 9), torch.full((3,), 0.4), torch.full((3,), 0.25)).eval()


def test_attributions_and_residual_add_up_to_the_rise_from_black(network):
    images = torch.rand(3, 3, 9, 9)
    found = integrated_gradients(network, images, [0, 3, 2])
    assert found["attribution"].shape == (3, 3, 9, 9) and found["residual"].shape == (3,)
    assert all(found[key].dtype == np.float32 for key in ("attribution", "residual", "rise"))
    with torch.no_grad():
        rises = (network(images) - network(torch.zeros_like(images)))[range(3), [0, 3, 2]].numpy()
    assert np.allclose(found["attribution"].sum((1, 2, 3)) - found["residual"], rises, atol=1e-5)
    assert np.abs(found["residual"]).max() < 0.05 * np.abs(rises).max()


def test_more_steps_leave_a_smaller_residual(network):
    images = torch.rand(4, 3, 9, 9)
    few, many = (
        np.abs(integrated_gradients(network, images, [0] * 4, steps=n, most=n)["residual"]).mean() for n in (1, 64)
    )
    assert many < few / 5


def test_points_are_doubled_until_the_residual_is_small_or_the_limit_is_reached(network):
    images = torch.rand(6, 3, 9, 9)
    limited = integrated_gradients(network, images, [0] * 6, steps=1, most=1)
    found = integrated_gradients(network, images, [0] * 6, steps=1, most=256)
    assert (np.abs(limited["residual"]) > 0.05 * np.abs(limited["rise"])).any() and set(limited["points"]) == {1}
    assert (np.abs(found["residual"]) <= 0.05 * np.abs(found["rise"])).all() and found["points"].max() > 1
    with torch.no_grad():
        rises = (network(images) - network(torch.zeros_like(images)))[:, 0].numpy()
    np.testing.assert_allclose(found["rise"], rises, atol=1e-5)


def test_a_black_image_has_no_attribution(network):
    found = integrated_gradients(network, np.zeros((1, 9, 9, 3), np.uint8), [0], steps=2)
    assert not found["attribution"].any() and not found["residual"].any()
