"""SimpleConvnet: its cost, its shortcuts, and the map that its logits are read from."""

import pytest
import torch

from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build


def simple(**arguments) -> torch.nn.Module:
    return build({"name": "simple_convnet", **arguments}, 10, 32)


def test_simple_convnet_is_cheap_and_has_the_parameters_of_its_five_convolutions():
    convolutions = [(3, 16), (16, 32), (32, 32), (32, 64), (64, 64)]
    description = describe(simple(), 32)
    assert description["parameters"] == sum((9 * i + 1) * o for i, o in convolutions) + 65 * 10
    places = [32**2, 16**2, 16**2, 8**2, 8**2]
    multiply_adds = sum(9 * i * o * n for (i, o), n in zip(convolutions, places, strict=True)) + 640
    assert description["multiply_adds"] == multiply_adds
    assert describe(simple(residual=True), 32)["multiply_adds"] <= 8_000_000


@pytest.mark.parametrize("batch_norm", [False, True])
def test_residual_adds_the_shortcuts_and_nothing_else(batch_norm):
    plain, residual = (simple(residual=r, batch_norm=batch_norm) for r in (False, True))
    own = [p.shape for name, p in residual.named_parameters() if "shortcut" not in name]
    assert own == [p.shape for p in plain.parameters()]
    shortcuts = [list(p.shape) for name, p in residual.named_parameters() if "shortcut.0.weight" in name]
    assert shortcuts == [[32, 16, 1, 1], [64, 32, 1, 1]]


@pytest.mark.parametrize("residual", [False, True])
def test_logits_are_read_from_the_last_map_which_keeps_its_places_on_larger_images(residual):
    network = simple(residual=residual).eval()
    assert network.features(torch.rand(1, 3, 32, 32)).shape == (1, 64, 8, 8)
    image = torch.rand(1, 3, 96, 64)
    maps = network.features(image)
    assert maps.shape == (1, 64, 24, 16)
    torch.testing.assert_close(network(image), network.fc(maps.mean((2, 3))))
