import numpy as np
import pytest
import torch
from torch import nn

from cnnatlas.interpretation.reliability import faithfulness as module
from cnnatlas.interpretation.reliability.faithfulness import faithfulness, random_curves

SIDE = 12


class Square(nn.Module):
    """Logits of two classes: how much brighter than the rest the known pixels are, and nothing."""

    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.tensor(8.0))
        self.sizes = []

    def forward(self, x):
        self.sizes.append(len(x))
        bright = self.gain * (x[:, :, 4:8, 4:8].mean((1, 2, 3)) - 0.5)
        return torch.stack([bright, torch.zeros_like(bright)], 1)


def judged(network, images, heats, **options):
    """Maps of images of class 0 beside random orders."""
    targets = [0] * len(images)
    return faithfulness(network, images, targets, heats, random_curves(network, images, targets, **options))


@pytest.fixture
def images():
    images = torch.full((3, 3, SIDE, SIDE), 0.1)
    images[:, :, 4:8, 4:8] = 1.0
    return images


@pytest.fixture
def known():
    """Hot where the network looks."""
    known = np.zeros((3, SIDE, SIDE))
    known[:, 4:8, 4:8] = 1
    return known


def test_the_right_pixels_delete_and_insert_at_once(images, known):
    found = judged(Square(), images, known, steps=9)
    before = torch.sigmoid(torch.tensor(4.0)).item()
    mean = (16 * 1.0 + 128 * 0.1) / 144
    after = torch.sigmoid(torch.tensor(8 * (mean - 0.5))).item()
    # sixteen of 144 pixels are one of nine steps: all of them, and nothing after that
    assert found["deletion"]["curve"] == pytest.approx([before, *[after] * 9], abs=1e-5)
    area = ((before + after) / 2 + 8 * after) / 9
    assert found["deletion"]["area"]["value"] == pytest.approx(area, abs=1e-5)
    assert found["insertion"]["curve"][1:] == pytest.approx([before] * 9, abs=1e-5)
    assert found["deletion"]["than"]["high"] < 0 < found["insertion"]["than"]["low"]


def test_the_wrong_pixels_are_worse_than_random_ones(images, known):
    found = judged(Square(), images, 1 - known, steps=9)
    assert found["insertion"]["than"]["high"] < 0 < found["deletion"]["than"]["low"]


def test_a_constant_map_is_one_more_random_order(images):
    found = judged(Square(), images, np.ones((3, SIDE, SIDE)), steps=9, orders=4)
    assert abs(found["deletion"]["than"]["difference"]) < 0.1
    assert found["deletion"]["curve"][1] > 0.9  # in the order of rows the square would come late, or at once


def test_ties_are_broken_at_random_and_the_hottest_come_first():
    heats = np.zeros((1, 4, 5))
    heats[0, 2, 3], heats[0, 0, 1] = 2, 1
    ranks = module._ranks(heats, np.random.default_rng(0))[0]
    assert ranks[2, 3] == 0 and ranks[0, 1] == 1
    assert sorted(ranks.ravel()) == list(range(20))
    assert list(ranks.ravel()) != list(module._ranks(heats, np.random.default_rng(1))[0].ravel())


def test_random_orders_are_the_same_for_all_methods_and_differ_from_each_other(images, known):
    one, other = (judged(Square(), images, h, steps=4) for h in (known, 1 - known))
    assert one["deletion"]["random"] == other["deletion"]["random"]
    more = judged(Square(), images, known, steps=4, orders=3)
    assert more["deletion"]["random"]["curve"] != one["deletion"]["random"]["curve"]


def test_batches_hold_no_more_than_the_bound_and_change_nothing(images, known, monkeypatch):
    network = Square()
    whole = judged(network, images, known, steps=5)
    assert max(network.sizes) == 12  # four points of three images: the ends are computed apart
    monkeypatch.setattr(module, "PIXELS", 7 * SIDE * SIDE)
    network.sizes.clear()
    assert judged(network, images, known, steps=5) == whole
    assert max(network.sizes) == 7
