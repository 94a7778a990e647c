"""What a class of objects is to the generator."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from cnnatlas.drawn.canvas import Sketch

OUTDOORS, INDOORS = ("land", "foliage", "sky"), ("room", "fabric")


@dataclass(frozen=True)
class Subject:
    """A drawing function, and how its object is met: usual settings, greatest turn (radians), coarseness of surface.

    What bears writing is not mirrored.
    """

    draw: Callable[[np.random.Generator], Sketch]
    settings: tuple[str, ...] = OUTDOORS
    tilt: float = 0.15
    roughness: float = 0.08
    mirror: bool = True
