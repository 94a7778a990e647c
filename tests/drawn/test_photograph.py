from dataclasses import replace

import numpy as np
import pytest

from cnnatlas.drawn import canvas, catalogue, scenes
from cnnatlas.drawn.canvas import Sketch
from cnnatlas.drawn.photograph import Difficulty, generator, photograph

DIFFICULTY = Difficulty(extent=(0.3, 0.95), usual_setting=0.4, crowd=8, hidden=1.0, noise=12)


@pytest.mark.parametrize("name", sorted(catalogue.SUBJECTS))
def test_every_class_is_drawn_and_recorded_in_its_mask(name):
    picture = photograph(generator(0, 1, 3), catalogue.SUBJECTS[name], (60, 80), DIFFICULTY)
    assert picture.image.shape == (60, 80, 3) and picture.image.dtype == np.uint8 and picture.image.std() > 5
    assert picture.mask.shape == (60, 80) and 0.02 < picture.mask.mean() < 0.95


@pytest.mark.parametrize("name", ["cat", "airplane", "accordion"])
def test_an_object_changes_pixels_inside_its_mask_only(name):
    rng, size = generator(0, 1, 5), (96, 96)
    background = scenes.backdrop(rng, size, "room", 5)
    sketch = canvas.fit(catalogue.SUBJECTS[name].draw(rng), rng, size, 0.5, canvas.pose(rng, 0.1, True))
    body = scenes.lit(rng, canvas.render(sketch, size), 0.05)
    with_object = scenes.composed(background, body, None)
    changed = np.abs(with_object.image - background).max(-1) > 0.02
    edge = (body.alpha > 0) & (body.alpha < 1)  # pixels that the outline shares with the background
    assert not (changed & ~with_object.mask & ~edge).any()
    assert changed[with_object.mask].mean() > 0.8


def test_things_in_front_of_the_object_are_drawn_by_chance():
    def visible(hidden):
        difficulty = replace(DIFFICULTY, hidden=hidden)
        drawn = [photograph(generator(0, 1, k), catalogue.SUBJECTS["ship"], (40, 60), difficulty) for k in range(6)]
        return sum(picture.mask.sum() for picture in drawn)

    assert visible(1.0) < visible(0.0)


def test_what_is_hidden_is_not_in_the_mask():
    size = (50, 50)
    body, front = Sketch(), Sketch()
    body.box(10, 10, 40, 40, (200, 0, 0))
    front.box(25, 0, 50, 50, (0, 0, 200))
    picture = scenes.composed(np.zeros((50, 50, 3), np.float32), canvas.render(body, size), canvas.render(front, size))
    assert picture.mask[20, 15] and not picture.mask[20, 30] and not picture.mask[5, 15]
    assert picture.image[20, 30, 2] > 0.7 and picture.image[20, 15, 0] > 0.7


def test_the_object_lies_within_the_image_and_has_the_size_asked_for():
    for index in range(30):
        rng = generator(0, 3, index)
        sketch = canvas.fit(catalogue.SUBJECTS["dog"].draw(rng), rng, (90, 120), 0.4, canvas.pose(rng, 0.1, True))
        low, high = sketch.bounds()
        assert (low >= -5).all() and (high <= np.array([125, 95])).all()
        assert 0.15 < (high - low).prod() / (90 * 120) < 0.45


def test_generators_differ_between_images_and_data_sets():
    draws = {generator(s, d, i).integers(2**62) for s in (0, 1) for d in (1, 0) for i in (0, 1)}
    assert len(draws) == 8


def test_the_same_generator_gives_the_same_photograph():
    first, second = (photograph(generator(0, 1, 9), catalogue.SUBJECTS["ship"], (96, 96), DIFFICULTY) for _ in "ab")
    assert np.array_equal(first.image, second.image) and np.array_equal(first.mask, second.mask)


def test_clipped_shapes_stay_inside_what_they_are_cut_to():
    sketch = Sketch()
    disc = sketch.ellipse(10, 10, 6, 6, (255, 255, 255))
    sketch.box(0, 0, 20, 20, (255, 0, 0), within=disc)
    alpha = canvas.render(sketch, (20, 20)).alpha
    assert alpha[10, 10] == 1 and alpha[1, 1] == 0 and abs(alpha.sum() - np.pi * 36) < 12
