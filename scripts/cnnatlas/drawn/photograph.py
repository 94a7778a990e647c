"""One drawn photograph: a subject posed in a scene, and what varies between photographs."""

from dataclasses import dataclass, replace

import numpy as np

from cnnatlas.drawn import canvas, scenes
from cnnatlas.drawn.scenes import Picture
from cnnatlas.drawn.subject import Subject

Contents = tuple[dict[str, bytes], dict[str, np.ndarray]]  # files of an archive by name, masks by image id
_SETTINGS = tuple(scenes.SETTINGS)


@dataclass(frozen=True)
class Difficulty:
    """How hard a data set is: shares of the image for the object's box, chances and counts of what disturbs."""

    extent: tuple[float, float]
    usual_setting: float
    crowd: int
    hidden: float
    noise: float


def generator(seed: int, stream: int, image: int) -> np.random.Generator:
    """Return the generator of one image, whichever are drawn before it; `stream` differs between data sets."""
    return np.random.default_rng([seed, stream, image])


def balanced_labels(rng: np.random.Generator, count: int, classes: int) -> np.ndarray:
    """Return (count,) labels below `classes`, as evenly many of each as can be, in random order."""
    return rng.permutation(np.arange(count) % classes)


def any_size(rng: np.random.Generator, shortest: int, longest: int) -> tuple[int, int]:
    """Return (height, width) of a photograph, mostly landscape; its shorter side is below `longest` pixels."""
    short = int(rng.integers(shortest, longest))
    long = int(short * rng.uniform(1.0, 1.45))
    return (short, long) if rng.random() < 0.7 else (long, short)


def sometimes_grey(rng: np.random.Generator, picture: Picture, chance: float) -> Picture:
    """Return the photograph, by `chance` as a grey one, (H, W) uint8."""
    if rng.random() >= chance:
        return picture
    return Picture((picture.image @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.uint8), picture.mask)


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
