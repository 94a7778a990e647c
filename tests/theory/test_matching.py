"""Template matching and pyramids: against brute force and torch, and on the drawn scene."""

import numpy as np
import torch

from cnnatlas.theory import matching, networks, scene


def test_normalised_responses_are_cosines_of_centred_windows():
    rng = np.random.default_rng(0)
    image, template = rng.random((6, 7)), rng.random((3, 2))
    plain, normalised = matching.responses(image, template)
    window = image[2:5, 4:6]
    assert np.isclose(plain[2, 4], (window * template).sum())
    assert np.isclose(normalised[2, 4], np.corrcoef(window.ravel(), template.ravel())[0, 1])
    assert plain.shape == normalised.shape == (4, 6)


def test_brightness_and_contrast_do_not_matter():
    image = np.random.default_rng(0).random((12, 12))
    assert matching.peak(matching.responses(image, 5 + 0.1 * image[3:7, 4:9])[1]) == [3, 4]


def test_a_level_is_that_of_torch():
    image = np.random.default_rng(0).random((9, 12))
    np.testing.assert_allclose(matching.reduced(image), networks.reduced(torch.tensor(image)), atol=1e-12)


def test_constants_stay_and_sizes_halve():
    levels = matching.pyramid(np.full((16, 24), 0.3), 3)
    assert [level.shape for level in levels] == [(16, 24), (8, 12), (4, 6)]
    assert all(np.allclose(level, 0.3) for level in levels)


def test_the_scene_is_the_same_each_time_and_its_objects_lie_inside():
    first, second = scene.draw(0), scene.draw(0)
    np.testing.assert_array_equal(first.image, second.image)
    assert first.image.shape == (*scene.SIZE, 3)
    assert (first.boxes[:, :2] + first.boxes[:, 2:] <= scene.SIZE).all()
    changed = (first.image != scene.draw(1).image).any()
    assert changed
