"""A drawn scene for template matching and pyramids: one object at three sizes, each twice the one before."""

from dataclasses import dataclass

import numpy as np

from cnnatlas.drawn import canvas, scenes
from cnnatlas.drawn.subjects.symbols import SUBJECTS

SIZE = (192, 288)  # pixels
SIDES = (24, 48, 96)  # pixels along the longer side of the object
CORNERS = ((20, 20), (120, 12), (60, 148))  # (row, column) of each object's box


@dataclass(frozen=True)
class Scene:
    """`image` (H, W, 3) uint8; `boxes` (3, 4): top, left, height, width of the objects, the smallest first."""

    image: np.ndarray
    boxes: np.ndarray


def draw(seed: int) -> Scene:
    """The scene, the same for the same seed."""
    rng = np.random.default_rng(seed)
    picture = scenes.backdrop(rng, SIZE, "foliage", 1)
    sketch = SUBJECTS["Faces"].draw(rng)
    low, high = sketch.bounds()
    boxes = []
    for side, corner in zip(SIDES, CORNERS, strict=True):
        scale = side / (high - low).max()
        offset = np.array(corner[::-1])
        placed = sketch.mapped(lambda points, scale=scale, offset=offset: (points - low) * scale + offset)
        picture = canvas.render(placed, SIZE).over(picture)
        boxes.append([*corner, *(np.ceil((high - low) * scale).astype(int)[::-1])])
    return Scene((np.clip(picture, 0, 1) * 255).round().astype(np.uint8), np.array(boxes))


def grey(image: np.ndarray) -> np.ndarray:
    """Luminance (H, W) in [0, 1] of an image (H, W, 3) uint8, after ITU-R BT.601."""
    return image @ np.array([0.299, 0.587, 0.114]) / 255
