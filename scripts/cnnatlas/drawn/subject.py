"""What a class of objects is to the generator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnatlas.drawn.canvas import Sketch

OUTDOORS, INDOORS = ("land", "foliage", "sky"), ("room", "fabric")


@dataclass(frozen=True)
class Subject:
    """A function that draws on a sketch, and how its object appears: usual settings, largest tilt (radians), roughness.

    Objects that carry writing are not mirrored.
    """

    draw_on: Callable[[Sketch, np.random.Generator], None]
    settings: tuple[str, ...] = OUTDOORS
    tilt: float = 0.15
    roughness: float = 0.08
    mirror: bool = True

    def draw(self, rng: np.random.Generator) -> Sketch:
        """Return one random object of the class, in coordinates of its own."""
        sketch = Sketch()
        self.draw_on(sketch, rng)
        return sketch
