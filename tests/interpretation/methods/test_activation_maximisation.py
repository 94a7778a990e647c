"""Maximised activations: the parametrisation, the random views, and units whose best image is known."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.methods import activation_maximisation as module
from cnnatlas.interpretation.methods.activation_maximisation import (
    activation_maximisation,
    image_of,
    natural,
    viewed,
)


def coefficients(n, size, seed=0, deviation=1.0):
    shape = (n, 3, size[0], size[1] // 2 + 1, 2)
    return deviation * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def convolution(kernels: torch.Tensor) -> nn.Module:
    """A convolution with these kernels (C, 3, k, k), then two logits."""
    layer = nn.Conv2d(3, len(kernels), kernels.shape[-1], bias=False)
    layer.weight.data = kernels.clone()
    return nn.Sequential(layer, nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(len(kernels), 2))


def stripes(period: float, side: int = 7) -> torch.Tensor:
    """A kernel (3, side, side) of grey vertical stripes without a mean."""
    wave = torch.cos(2 * torch.pi * torch.arange(side) / period)
    return (wave - wave.mean()).expand(3, side, side)


@pytest.mark.parametrize("size", [(33, 47), (32, 32), (9, 64), (64, 9)])
def test_images_are_of_the_exact_size(size):
    drawn = image_of(coefficients(2, size, deviation=3), size)
    assert drawn.shape == (2, 3, *size) and drawn.dtype == torch.float32
    assert 0 <= drawn.min() < 0.3 and 0.7 < drawn.max() <= 1


def test_small_coefficients_make_grey_images():
    assert (image_of(coefficients(1, (32, 32), deviation=0.01), (32, 32)) - 0.5).abs().max() < 0.05


@pytest.mark.parametrize("size", [(32, 32), (33, 47)])
def test_a_coefficient_is_a_wave_of_its_frequency_and_weaker_the_finer_it_is(size):
    amplitudes = []
    for column in (2, 8):
        spectrum = torch.zeros(1, 3, size[0], size[1] // 2 + 1, 2)
        spectrum[0, 0, 0, column, 0] = 0.1
        planes = image_of(spectrum, size).logit()[0, 0]
        x = torch.arange(size[1])
        wave = torch.cos(2 * torch.pi * column * x / size[1]).expand(size)
        amplitudes.append((planes * wave).sum() / (wave * wave).sum())
        torch.testing.assert_close(planes, amplitudes[-1] * wave, atol=1e-5, rtol=1e-4)
    assert amplitudes[0] / amplitudes[1] == pytest.approx(4, rel=1e-3)


def test_independent_planes_make_colours_that_vary_together_as_natural_ones_do():
    size = (64, 64)
    colours = image_of(coefficients(24, size, deviation=0.05), size).logit().permute(1, 0, 2, 3).flatten(1)
    directions = torch.tensor(module.COLOUR_DIRECTIONS)
    expected = directions @ directions.T
    found = torch.cov(colours)
    torch.testing.assert_close(found / found.trace(), expected / expected.trace(), atol=0.01, rtol=0)
    correlation = torch.corrcoef(colours)
    assert correlation[0, 1] > correlation[0, 2] > 0.8  # red is nearer to green than to blue
    assert (module._colours().norm(dim=0).max() - 1).abs() < 1e-6


def test_places_between_pixels_are_interpolated_as_torch_does():
    images = torch.rand(2, 3, 9, 14, dtype=torch.float64)
    places = torch.rand(2, 11, 6, dtype=torch.float64) * torch.tensor([13.0, 18.0])[:, None, None] - 2
    scale = torch.tensor([9.0, 14.0])[:, None, None]
    grid = ((2 * places + 1) / scale - 1).flip(0).permute(1, 2, 0).expand(2, -1, -1, -1)
    torch.testing.assert_close(module._sampled(images, places), F.grid_sample(images, grid, align_corners=False))


def test_views_differ_stay_near_and_show_grey_beyond_the_canvas(monkeypatch):
    canvas = torch.rand(2, 3, 40, 50, generator=torch.Generator().manual_seed(0))
    generator = torch.Generator().manual_seed(0)
    first, second = (viewed(canvas, (33, 41), generator) for _ in range(2))
    assert first.shape == (2, 3, 33, 41) and not torch.equal(first, second)
    assert viewed(torch.ones(1, 3, 20, 20), (60, 60), generator)[0, :, 0, 0].tolist() == [0.5] * 3
    for name, value in {"SHIFT": 0, "SCALES": (1, 1), "ROTATION": 0}.items():
        monkeypatch.setattr(module, name, value)
    torch.testing.assert_close(viewed(canvas, (30, 40), generator), canvas[:, :, 5:35, 5:45])


def dots(monkeypatch, **changed):
    """Where a dot 14 pixels right of the middle is seen in 40 views: (40, 2), from the middle."""
    for name, value in ({"SHIFT": 0, "SCALES": (1, 1), "ROTATION": 0} | changed).items():
        monkeypatch.setattr(module, name, value)
    y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
    canvas = torch.exp(-((y - 31.5) ** 2 + (x - 45.5) ** 2) / 18).expand(1, 1, -1, -1) + 0.5
    generator = torch.Generator().manual_seed(0)
    seen = torch.cat([viewed(canvas, (64, 64), generator) for _ in range(40)])[:, 0] - 0.5
    return torch.stack([(seen * place).sum((1, 2)) / seen.sum((1, 2)) - 31.5 for place in (y, x)], 1)


def test_views_are_shifted_to_all_sides_by_no_more_than_they_may(monkeypatch):
    moves = dots(monkeypatch, SHIFT=1 / 8) - torch.tensor([0.0, 14.0])
    assert (moves.amax(0) > 6).all() and (moves.amin(0) < -6).all() and moves.abs().max() < 8.1


def test_views_are_scaled_within_their_range(monkeypatch):
    places = dots(monkeypatch, SCALES=(0.5, 1.5))
    assert places[:, 0].abs().max() < 0.1
    assert places[:, 1].min() == pytest.approx(7, abs=1) and places[:, 1].max() == pytest.approx(20.5, abs=1)


def test_views_are_turned_to_both_sides_by_no_more_than_they_may(monkeypatch):
    places = dots(monkeypatch, ROTATION=60)
    angles = torch.rad2deg(torch.atan2(places[:, 0], places[:, 1]))
    assert (places.norm(dim=1) - 14).abs().max() < 0.2
    assert 50 < angles.max() < 61 and -61 < angles.min() < -50


def test_a_filter_of_stripes_is_shown_stripes_of_its_period_and_direction():
    network = convolution(torch.stack([stripes(4.0), stripes(4.0).transpose(1, 2)]))
    found = activation_maximisation(network, torch.rand(2, 3, 32, 32), [0, 1], layers=["0"], steps=40)
    steepness = np.hypot(np.fft.fftfreq(32)[:, None], np.fft.fftfreq(32)) ** 2  # coarse shades need no step
    for shown, axis in zip(found["0"].mean(1), (1, 0), strict=True):
        power = np.abs(np.fft.fft2(shown)) ** 2 * steepness
        peak = np.unravel_index(power.argmax(), power.shape)
        assert abs(np.abs(np.fft.fftfreq(32))[peak[axis]] - 1 / 4) < 0.07
        assert abs(np.fft.fftfreq(32)[peak[1 - axis]]) < 0.07


def test_a_filter_for_a_colour_is_shown_that_colour():
    red = torch.tensor([1.0, -1.0, 0.0]).view(1, 3, 1, 1)
    found = activation_maximisation(convolution(red), torch.full((1, 3, 16, 16), 0.5), [0], layers=["0"], steps=60)
    assert found["0"][0, 0].mean() > found["0"][0, 1].mean() + 0.1
    assert found["0_reached"][0] > 0.15
    assert natural(convolution(red), found, np.full((1, 16, 16, 3), 128, np.uint8))["0_natural"][0] == 0


def test_activations_are_those_of_the_images_and_of_the_best_image():
    torch.manual_seed(0)
    network = Classifier(build({"name": "convnet", "widths": [4, 8]}, 5, 17)).eval()
    images, norm = torch.rand(7, 3, 17, 17), network.network.features[0][1]
    nn.init.normal_(norm.bias)  # or the normalisation would do nothing yet
    found = activation_maximisation(network, images, [3, 1, 3, 1, 4, 4, 1], units=3, steps=3)
    assert found["classes_units"].tolist() == [1, 3, 4]
    name = "network.features.0.0"
    assert found[f"{name}_units"].tolist() == [0, 2, 3]
    with torch.no_grad():
        given = torch.tensor(found[name])
        active = norm(network.network.features[0][0](network.normalise(given))).clamp_min(0).mean((2, 3))
        np.testing.assert_allclose(found[f"{name}_reached"], active[range(3), [0, 2, 3]], rtol=1e-4)
        logits = network(torch.tensor(found["classes"]))
        np.testing.assert_allclose(found["classes_reached"], logits[range(3), [1, 3, 4]], rtol=1e-4)


def test_every_natural_image_is_asked_for_the_highest_activation(monkeypatch):
    monkeypatch.setattr(module, "BATCH", 4)
    torch.manual_seed(0)
    network = Classifier(build({"name": "convnet", "widths": [4, 8]}, 5, 17)).eval()
    images = np.random.default_rng(0).integers(0, 256, (11, 17, 17, 3), dtype=np.uint8)
    name, norm = "network.features.0.0", network.network.features[0][1]
    found = natural(
        network, {f"{name}_units": np.array([0, 3]), f"{name}_reached": np.zeros(2), name: 0}
        | {"classes_units": np.array([1, 4]), "classes_reached": np.zeros(2), "classes": 0}, images,
    )  # fmt: skip
    x = torch.from_numpy(images).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        active = norm(network.network.features[0][0](network.normalise(x))).clamp_min(0).mean((2, 3))
        np.testing.assert_allclose(found[f"{name}_natural"], active[:, [0, 3]].amax(0), rtol=1e-4)
        np.testing.assert_allclose(found["classes_natural"], network(x)[:, [1, 4]].amax(0), rtol=1e-4)
    assert found["natural_images"] == 11


def test_the_ascent_raises_every_unit_above_the_start():
    torch.manual_seed(0)
    network = Classifier(build({"name": "convnet", "widths": [4, 8]}, 5, 16)).eval()
    found = activation_maximisation(network, torch.rand(5, 3, 16, 16), range(5), units=4, steps=30)
    for name in ("network.features.0.0", "network.features.2.0"):
        assert (found[f"{name}_reached"] > 1.5 * found[f"{name}_start"]).all()
    assert (found["classes_reached"] > found["classes_start"] + 0.05).all()


def test_a_unit_that_is_silent_at_the_start_is_woken():
    kernel = torch.tensor([1.0, 1.0, 1.0]).view(1, 3, 1, 1)
    network = convolution(kernel)
    network[0].bias = nn.Parameter(torch.tensor([-1.8]))
    found = activation_maximisation(network, torch.full((1, 3, 16, 16), 0.5), [0], layers=["0"], steps=60)
    assert found["0_start"][0] == 0 < found["0_reached"][0]


def test_the_default_layers_are_an_early_a_middle_and_a_late_convolution():
    network = build({"name": "vgg", "widths": [4, 8], "blocks": [2, 3], "dense": []}, 3, 16)
    found = activation_maximisation(network, torch.rand(1, 3, 16, 16), [0], units=2, steps=1)
    shown = [name for name in found if f"{name}_reached" in found]
    assert shown == ["features.0.0", "features.1.0", "features.1.4", "classes"]


def test_layers_without_position_can_be_asked_for():
    network = build({"name": "vgg", "widths": [4], "blocks": [1], "dense": [6]}, 3, 8)
    last = next(name for name, part in network.named_modules() if isinstance(part, nn.Linear))
    found = activation_maximisation(network, torch.rand(1, 3, 8, 8), [0], layers=[last], units=9, steps=1)
    assert found[last].shape == (6, 3, 8, 8)


def test_the_same_seed_gives_the_same_images_and_another_others():
    torch.manual_seed(0)
    network = build({"name": "convnet", "widths": [4]}, 3, 17)
    images = torch.rand(1, 3, 17, 17)
    first, again, other = (activation_maximisation(network, images, [0], steps=3, seed=s) for s in (5, 5, 6))
    assert all(np.array_equal(first[name], again[name]) for name in first)
    assert not np.array_equal(first["classes"], other["classes"])


@pytest.mark.parametrize(("layer", "message"), [("features.9", "is not in the network"), ("idle", "does not run")])
def test_a_layer_that_does_not_exist_or_run_is_refused(layer, message):
    network = build({"name": "convnet", "widths": [4]}, 3, 8)
    network.idle = nn.Conv2d(3, 4, 3)
    with pytest.raises(AtlasError, match=message):
        activation_maximisation(network, torch.rand(1, 3, 8, 8), [0], layers=[layer], steps=1)
    assert not any(part._forward_hooks for part in network.modules())


def test_the_network_stays_as_it_was():
    network = Classifier(build({"name": "convnet", "widths": [4]}, 3, 9))
    before = {name: value.clone() for name, value in network.state_dict().items()}
    activation_maximisation(network, torch.rand(2, 3, 9, 9), [0, 1], steps=2)
    assert network.training and all(p.requires_grad and p.grad is None for p in network.parameters())
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())
    assert not any(part._forward_hooks for part in network.modules())


@pytest.mark.gpu
def test_a_network_on_a_gpu_gives_arrays():
    network = build({"name": "convnet", "widths": [4]}, 3, 9).cuda()
    found = activation_maximisation(network, torch.rand(1, 3, 9, 9), [0], steps=2)
    assert np.isfinite(found["classes"]).all()
