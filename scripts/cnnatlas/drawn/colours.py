"""Colours shared by many classes, so that colour alone names none of them."""

import colorsys

import numpy as np

from cnnatlas.drawn.canvas import Colour

BLACK, WHITE, GLASS, TYRE, STEEL = (22, 20, 24), (238, 236, 230), (70, 92, 112), (34, 33, 36), (150, 152, 158)
FURS = ((92, 62, 40), (150, 104, 62), (196, 152, 98), (60, 54, 52), (128, 124, 120), (214, 208, 198), (176, 96, 44))
SKINS = ((236, 200, 176), (220, 176, 144), (190, 138, 104), (140, 96, 70), (96, 64, 48))
WOODS = ((122, 78, 44), (92, 56, 34), (164, 116, 70), (70, 44, 32))


def clip(colour) -> Colour:
    """Return a colour as three integers in 0..255."""
    return tuple(int(min(255, max(0, c))) for c in colour)


def shade(colour: Colour, factor: float) -> Colour:
    """Return the colour made darker (factor < 1) or lighter."""
    return clip(c * factor for c in colour)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """Return a colour between two, `share` of the way to the second."""
    return clip(a + (b - a) * share for a, b in zip(first, second, strict=True))


def jitter(rng: np.random.Generator, colour: Colour, spread: float = 14) -> Colour:
    """Return a colour near the given one."""
    return clip(np.asarray(colour) * rng.uniform(0.85, 1.15) + rng.normal(0, spread, 3))


def paint(rng: np.random.Generator) -> Colour:
    """Return any colour, from dull to bright."""
    red, green, blue = colorsys.hsv_to_rgb(rng.random(), rng.random() ** 0.7, rng.uniform(0.25, 0.95))
    return clip((255 * red, 255 * green, 255 * blue))


def pick(rng: np.random.Generator, colours) -> Colour:
    """Return a colour near one of several."""
    return jitter(rng, colours[rng.integers(len(colours))])


def fur(rng: np.random.Generator) -> Colour:
    """Return a coat colour: the same choice for all animals."""
    return jitter(rng, FURS[rng.integers(len(FURS))], 6)
