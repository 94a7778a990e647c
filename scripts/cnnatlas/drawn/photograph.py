"""One drawn photograph: a subject posed in a scene."""

from dataclasses import dataclass, replace

import numpy as np

from cnnatlas.drawn import canvas, scenes
from cnnatlas.drawn.scenes import Picture
from cnnatlas.drawn.subjects import Subject

Contents = tuple[dict[str, bytes], dict[str, np.ndarray]]  # files of an archive by name, masks by image id
_ORDER = ("cifar10", "stl10", "caltech101", "cats_dogs")
_SETTINGS = tuple(scenes.SETTINGS)


@dataclass(frozen=True)
class Difficulty:
    """How hard a data set is: shares of the image for the object's box, chances and counts of what disturbs."""

    extent: tuple[float, float]
    usual_setting: float
    crowd: int
    hidden: float
    noise: float


def generator(seed: int, dataset: str, image: int) -> np.random.Generator:
    """Return the generator of one image: the same whichever images are drawn before it."""
    return np.random.default_rng([seed, _ORDER.index(dataset), image])


def photograph(rng: np.random.Generator, subject: Subject, size: tuple[int, int], difficulty: Difficulty) -> Picture:
    """Draw the subject in (height, width) pixels: image uint8, mask bool, equal for equal states of `rng`."""
    usual = rng.random() < difficulty.usual_setting
    setting = str(rng.choice(subject.settings if usual else _SETTINGS))
    background = scenes.backdrop(rng, size, setting, difficulty.crowd)
    matrix = canvas.pose(rng, subject.tilt, subject.mirror)
    sketch = canvas.fit(subject.draw(rng), rng, size, rng.uniform(*difficulty.extent), matrix)
    body = scenes.lit(rng, canvas.render(sketch, size), subject.roughness)
    background = scenes.shadow(rng, background, body)
    front = None
    if rng.random() < difficulty.hidden:
        front = canvas.render(scenes.clutter(rng, size, rng.integers(1, 3), (0.06, 0.16)), size)
    picture = scenes.composed(background, body, front)
    return replace(picture, image=scenes.developed(rng, picture.image, difficulty.noise))
