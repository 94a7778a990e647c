"""Musical instruments, among them the accordion."""

from itertools import pairwise

import numpy as np

from cnnatlas.drawn.canvas import Sketch, oval, rectangle, ring
from cnnatlas.drawn.colours import BLACK, STEEL, WHITE, WOODS, jitter, mix, paint, pick, shade
from cnnatlas.drawn.subject import INDOORS, Subject
from cnnatlas.drawn.subjects.household import GOLD


def _keys(s: Sketch, x: float, number: int) -> None:
    """Draw a piano keyboard down the right-hand edge at x."""
    ys = np.linspace(-0.82, 0.82, number + 1)
    for y0, y1 in pairwise(ys):
        s.box(x, y0, x + 0.3, y1, WHITE)
    for k, y in enumerate(ys[1:-1]):
        if k % 7 not in (2, 6):
            s.box(x, y - 0.35 * (ys[1] - ys[0]), x + 0.18, y + 0.35 * (ys[1] - ys[0]), BLACK)


def accordion(s: Sketch, rng: np.random.Generator) -> None:
    """Pleated bellows between a box of buttons and a box with piano keys, perhaps bent and drawn out."""
    case = pick(rng, (BLACK, (150, 26, 36), (40, 60, 120), (206, 200, 190), paint(rng)))
    pleat, folds, width = paint(rng), rng.integers(7, 13), rng.uniform(0.55, 1.3)
    xs = np.linspace(-width / 2, width / 2, 2 * folds + 1)
    out = np.where(np.arange(len(xs)) % 2, 0.86, 0.76)
    for k in range(2 * folds):
        corners = [(xs[k], -out[k]), (xs[k + 1], -out[k + 1]), (xs[k + 1], out[k + 1]), (xs[k], out[k])]
        s.polygon(corners, shade(pleat, 1.25 if k % 2 else 0.55))
    left, right = -width / 2, width / 2
    s.blob([(left, -0.88), (left, 0.88), (left - 0.38, 0.8), (left - 0.42, 0), (left - 0.38, -0.8)], case)
    s.add([oval(left - 0.12 - 0.1 * k, y, 0.034, 0.034) for k in range(3) for y in np.arange(-0.6, 0.65, 0.13)], WHITE)
    s.polygon([(right, -0.9), (right + 0.4, -0.88), (right + 0.4, 0.88), (right, 0.9)], case)
    outlines = [rectangle(right + 0.08, y, right + 0.3, y + 0.06) for y in np.arange(-0.7, 0.7, 0.2)]
    s.add(outlines, GOLD)
    _keys(s, right + 0.4, rng.integers(11, 16))
    bend = rng.uniform(-0.25, 0.45)
    s.transform(lambda p: np.stack([p[:, 0] * (1 - bend * p[:, 1] * 0.6), p[:, 1] + bend * p[:, 0] ** 2 * 0.5], 1))


def _strings(s: Sketch, x0: float, x1: float) -> None:
    for y in (-0.05, 0.0, 0.05):
        s.bar([(x0, y), (x1, y)], 0.016, (220, 216, 200))


def electric_guitar(s: Sketch, rng: np.random.Generator) -> None:
    """A horned body, a long neck and a head with pegs."""
    colour = pick(rng, (paint(rng), BLACK, *WOODS))
    outline = [(-0.2, -0.12), (0.0, -0.42), (-0.3, -0.32), (-0.6, -0.28), (-1.05, -0.42), (-1.25, 0), (-1.05, 0.45)]
    outline += [(-0.6, 0.3), (-0.3, 0.36), (0.02, 0.45), (-0.2, 0.12)]
    s.blob(outline, colour)
    s.blob([(-0.25, 0.05), (-0.5, 0.22), (-0.9, 0.26), (-0.85, 0.0)], mix(colour, WHITE, 0.75))
    s.bar([(-0.35, 0), (1.0, 0)], 0.15, (92, 58, 36))
    for x in (-0.75, -0.5):
        s.box(x, -0.12, x + 0.1, 0.12, BLACK)
    s.polygon([(1.0, -0.08), (1.4, -0.16), (1.45, 0.02), (1.0, 0.08)], shade(colour, 0.8))
    s.add([oval(x, -0.2, 0.04, 0.05) for x in (1.08, 1.18, 1.28, 1.38)], STEEL)
    _strings(s, -0.95, 1.05)


def mandolin(s: Sketch, rng: np.random.Generator) -> None:
    """A pear-shaped body with a round hole and a short neck."""
    wood = pick(rng, WOODS)
    outline = [(0.1, -0.12), (-0.4, -0.45), (-0.9, -0.5), (-1.2, 0), (-0.9, 0.5), (-0.4, 0.45), (0.1, 0.12)]
    s.blob(outline, shade(wood, 1.2))
    s.ellipse(-0.4, 0, 0.15, 0.15, BLACK)
    s.bar([(-0.1, 0), (0.85, 0)], 0.16, shade(wood, 0.5))
    s.box(-0.95, -0.16, -0.88, 0.16, BLACK)
    s.polygon([(0.85, -0.08), (1.25, -0.17), (1.25, 0.17), (0.85, 0.08)], wood)
    s.add([oval(x, y, 0.04, 0.05) for x in (0.95, 1.05, 1.16) for y in (-0.2, 0.2)], WHITE)
    _strings(s, -0.9, 1.0)


def grand_piano(s: Sketch, rng: np.random.Generator) -> None:
    """A curved case on three legs, its lid raised."""
    case = pick(rng, (BLACK, BLACK, *WOODS, WHITE))
    lid = rng.uniform(0.6, 1.0)
    outline = [(-0.85, -0.2), (0.95, -0.2), (1.1, -0.35 - 0.4 * lid), (0.6, -0.3 - 0.8 * lid), (-0.2, -0.4 - 0.9 * lid)]
    outline += [(-0.75, -0.3 - 0.5 * lid)]
    s.blob(outline, shade(case, 1.25))
    s.bar([(0.5, -0.2), (0.7, -0.3 - 0.6 * lid)], 0.04, GOLD)
    s.polygon([(-0.9, -0.22), (0.95, -0.22), (1.15, -0.1), (1.15, 0.12), (-0.95, 0.16)], case)
    s.polygon([(-1.15, 0.0), (-0.2, 0.08), (-0.2, 0.18), (-1.15, 0.14)], WHITE)
    outlines = [rectangle(x, 0.02, x + 0.05, 0.08) for x in np.arange(-1.08, -0.25, 0.11)]
    s.add(outlines, BLACK)
    for x in (-0.95, 0.1, 0.95):
        s.limb([(x, 0.12), (x, 0.85)], (0.16, 0.08), case)
    s.bar([(-0.4, 0.2), (-0.4, 0.75)], 0.05, GOLD)


def saxophone(s: Sketch, rng: np.random.Generator) -> None:
    """A conical tube bent up into a bell."""
    brass = jitter(rng, pick(rng, (GOLD, GOLD, STEEL)), 10)
    line = [(-0.75, -0.95), (-0.45, -1.12), (-0.2, -0.9), (0.0, 0.2), (0.1, 0.85), (0.45, 1.05), (0.7, 0.7), (0.8, 0.1)]
    s.limb(line, (0.07, 0.08, 0.14, 0.2, 0.28, 0.36, 0.46, 0.75), brass)
    s.ellipse(0.83, 0.05, 0.4, 0.14, shade(brass, 0.6), 0.1)
    s.limb([(-0.95, -0.85), (-0.7, -0.97)], 0.1, BLACK)
    s.add([oval(-0.1 + 0.17 * (y + 0.7), y, 0.08, 0.06) for y in np.arange(-0.7, 0.8, 0.2)], mix(brass, WHITE, 0.6))


def euphonium(s: Sketch, rng: np.random.Generator) -> None:
    """Coiled brass with three valves under a wide bell."""
    brass = jitter(rng, pick(rng, (GOLD, STEEL)), 10)
    s.add([ring(0.0, 0.45, 0.55, 0.75, 0.6)], brass)
    s.limb([(0.4, 0.9), (0.42, 0.2), (0.42, -0.5), (0.45, -1.1)], (0.2, 0.26, 0.4, 1.05), brass)
    s.ellipse(0.45, -1.08, 0.54, 0.16, shade(brass, 0.65))
    s.limb([(-0.45, 0.1), (-0.7, -0.3), (-0.85, -0.35)], (0.1, 0.06), brass)
    for x in (-0.25, -0.07, 0.11):
        s.box(x, -0.1, x + 0.14, 0.75, shade(brass, 1.2))
        s.bar([(x + 0.07, -0.25), (x + 0.07, -0.1)], 0.05, WHITE)


def gramophone(s: Sketch, rng: np.random.Generator) -> None:
    """A flower of a horn above a wooden box."""
    wood, horn = pick(rng, WOODS), pick(rng, (GOLD, paint(rng), (60, 50, 46)))
    s.box(-0.7, 0.5, 0.5, 1.0, wood)
    s.box(-0.78, 0.92, 0.58, 1.04, shade(wood, 0.7))
    s.ellipse(-0.1, 0.48, 0.55, 0.12, BLACK)
    s.limb([(-0.3, 0.42), (-0.75, 0.1), (-0.5, -0.4), (0.2, -0.55)], (0.08, 0.12, 0.24, 0.8), horn)
    petals = np.linspace(0, 2 * np.pi, 16, endpoint=False)
    rim = np.stack([0.5 * np.cos(petals), 0.68 * np.sin(petals)], 1) * np.where(np.arange(16) % 2, 0.88, 1.05)[:, None]
    s.blob(np.add(rim, (0.3, -0.55)), shade(horn, 1.3))
    s.ellipse(0.22, -0.53, 0.17, 0.24, shade(horn, 0.4))
    s.bar([(0.5, 0.75), (0.75, 0.75), (0.75, 0.9)], 0.05, STEEL)


def metronome(s: Sketch, rng: np.random.Generator) -> None:
    """A pyramid with a swinging rod."""
    wood, swing = pick(rng, WOODS), rng.uniform(-0.4, 0.4)
    s.polygon([(-0.22, -1.0), (0.22, -1.0), (0.65, 0.9), (-0.65, 0.9)], wood)
    s.polygon([(-0.12, -0.85), (0.12, -0.85), (0.35, 0.45), (-0.35, 0.45)], mix(wood, (236, 220, 180), 0.75))
    outlines = [rectangle(-0.12, y, 0.12, y + 0.03) for y in np.arange(-0.7, 0.4, 0.15)]
    s.add(outlines, BLACK)
    s.bar([(0, 0.4), (swing, -0.95)], 0.05, STEEL)
    s.ellipse(0.7 * swing, -0.45, 0.12, 0.1, shade(STEEL, 0.7))
    s.box(-0.7, 0.82, 0.7, 1.0, shade(wood, 0.7))


SUBJECTS = {
    draw.__name__: Subject(draw, INDOORS, 0.25, 0.04)
    for draw in (accordion, electric_guitar, mandolin, saxophone, euphonium)
} | {draw.__name__: Subject(draw, INDOORS, 0.08, 0.04) for draw in (grand_piano, gramophone, metronome)}
