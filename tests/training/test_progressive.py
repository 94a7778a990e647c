"""Progressive resizing: which size when, and what the loop does with it."""

import numpy as np
import pytest
import torch

from cnnatlas.errors import AtlasError
from cnnatlas.training import progressive
from cnnatlas.training.data import resized, subset
from cnnatlas.training.loop import train
from training.test_loop import LOG, problem, spec  # noqa: F401 (a fixture)


def test_images_grow_to_full_size_and_stay():
    sides = [progressive.side(96, 0.5, step / 100) for step in range(101)]
    assert sides[0] == 48 and sides == sorted(sides) and set(sides[75:]) == {96} and sides[60] < 96
    assert all(side % 8 == 0 for side in sides)
    assert {progressive.side(35, 1.0, step / 10) for step in range(11)} == {35}
    assert max(progressive.side(13, 0.9, step / 100) for step in range(101)) == 13  # no multiple of 8 above full size


@pytest.mark.parametrize("start", [0.3, 0.5, 0.8, 1.0])
def test_the_mean_area_is_that_of_all_steps(start):
    areas = [(progressive.side(1024, start, step / 1000) / 1024) ** 2 for step in range(1001)]
    assert progressive.mean_area(start) == pytest.approx(sum(areas) / len(areas), abs=0.005)


def test_the_network_sees_small_images_first(problem):  # noqa: F811
    seen = []
    architecture = {"name": "resnet", "stem": 4, "stem_stride": 1, "widths": [4], "blocks": [1]}
    images, labels, split, classes = problem
    large = np.kron(images, np.ones((1, 2, 2, 1), dtype=np.uint8))

    def note(module, inputs):
        if module.training and isinstance(module, torch.nn.Conv2d):
            seen.append(inputs[0].shape[-1])

    with torch.nn.modules.module.register_module_forward_pre_hook(note):
        train(spec(architecture=architecture, progressive=0.5), 0, large, labels, split, classes, LOG)
    assert seen[0] == 8 and seen[-1] == 16


def test_a_network_of_one_size_says_so(problem):  # noqa: F811
    with pytest.raises(AtlasError, match=r"progressive: .*one size"):
        train(spec(architecture={"name": "vgg", "widths": [4], "blocks": [1]}, progressive=0.5), 0, *problem, LOG)


def test_a_network_for_which_the_first_images_are_too_small_says_that():
    network = torch.nn.Sequential(torch.nn.MaxPool2d(16), torch.nn.AdaptiveAvgPool2d(1))
    progressive.check(network, 96, 0.2)
    with pytest.raises(AtlasError, match=r"progressive: 0\.01 starts with images of 8 pixels, too small"):
        progressive.check(network, 96, 0.01)
    with pytest.raises(AtlasError, match=r"progressive: 0\.5 starts with images of 8 pixels, too small"):
        progressive.check(network, 16, 0.5)  # not: of one size only


def test_images_are_resized_once_and_keep_their_mean():
    images = np.random.default_rng(0).integers(0, 256, (5, 12, 12, 3), dtype=np.uint8)
    assert resized(images, None) is images and resized(images, 12) is images
    small = resized(images, 6)
    assert small.shape == (5, 6, 6, 3) and small.dtype == np.uint8
    assert np.abs(small.mean((1, 2)) - images.mean((1, 2))).max() < 8
    flat = np.full((2, 9, 9, 3), 201, dtype=np.uint8)
    assert (resized(flat, 4) == 201).all()


def test_a_part_of_the_training_images_is_drawn_by_the_seed():
    index = torch.arange(100) * 3
    first, again, other = (subset(index, 20, torch.Generator().manual_seed(s)) for s in (0, 0, 1))
    assert torch.equal(first, again) and not torch.equal(first, other)
    assert torch.equal(first, first.sort().values)  # in their original order
    assert len(set(first.tolist())) == 20 and set(first.tolist()) <= set(index.tolist())
    with pytest.raises(AtlasError, match="train_images: 101"):
        subset(index, 101, torch.Generator())
