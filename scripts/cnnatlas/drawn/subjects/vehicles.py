"""Cars, trucks, airplanes, ships and what else drives, floats or flies; all point to the right."""

import numpy as np

from cnnatlas.drawn.canvas import Colour, Sketch, rectangle, rotation
from cnnatlas.drawn.colours import BLACK, GLASS, STEEL, TYRE, WHITE, jitter, mix, paint, pick, shade
from cnnatlas.drawn.subject import Subject


def _wheel(s: Sketch, x: float, y: float, radius: float) -> None:
    s.ellipse(x, y, radius, radius, TYRE)
    s.ellipse(x, y, 0.55 * radius, 0.55 * radius, STEEL)
    s.ellipse(x, y, 0.2 * radius, 0.2 * radius, TYRE)


def _livery(rng: np.random.Generator) -> Colour:
    return paint(rng) if rng.random() < 0.7 else jitter(rng, WHITE if rng.random() < 0.6 else (70, 70, 76))


def car_side(s: Sketch, rng: np.random.Generator) -> None:
    """A saloon, hatchback or sports car from its side."""
    colour, glass = _livery(rng), jitter(rng, GLASS)
    roof, bonnet, boot = rng.uniform(-0.62, -0.42), rng.uniform(-0.12, -0.02), rng.choice([-0.38, -0.08, -0.12])
    front, back = rng.uniform(0.15, 0.3), rng.uniform(-0.62, -0.3)
    outline = [(-1, 0.22), (-1.02, 0), (-0.95, boot), (back - 0.22, boot - 0.04), (back, roof), (front - 0.08, roof)]
    outline += [(front + 0.25, bonnet - 0.06), (0.9, bonnet + 0.08), (1.02, 0.1), (1, 0.25)]
    s.polygon(outline, colour)
    s.polygon([(back - 0.12, -0.12), (back + 0.05, roof + 0.07), (-0.16, roof + 0.07), (-0.16, -0.12)], glass)
    s.polygon([(-0.1, -0.12), (-0.1, roof + 0.07), (front - 0.1, roof + 0.07), (front + 0.16, -0.12)], glass)
    s.bar([(-0.13, -0.1), (-0.13, 0.2)], 0.02, shade(colour, 0.6))
    s.bar([(-0.95, 0.22), (0.98, 0.22)], 0.07, shade(colour, 0.5))
    s.ellipse(0.95, 0.05, 0.06, 0.045, (250, 240, 190))
    s.box(-1.02, -0.02, -0.95, 0.07, (190, 30, 30))
    radius = rng.uniform(0.19, 0.25)
    for x in (-0.6, 0.62):
        s.ellipse(x, 0.26, radius * 1.18, radius * 1.18, shade(colour, 0.35))
        _wheel(s, x, 0.28, radius)


def car_front(s: Sketch, rng: np.random.Generator) -> None:
    """A car that comes towards us."""
    colour = _livery(rng)
    top, roof = rng.uniform(-0.75, -0.55), rng.uniform(0.5, 0.68)
    for x in (-0.68, 0.68):
        s.box(x - 0.14, 0.2, x + 0.14, 0.72, TYRE)
    s.polygon([(-0.86, -0.1), (-roof, top), (roof, top), (0.86, -0.1)], shade(colour, 0.85))
    outline = [(-0.72, -0.12), (-roof + 0.08, top + 0.09), (roof - 0.08, top + 0.09), (0.72, -0.12)]
    s.polygon(outline, jitter(rng, GLASS))
    s.blob([(-0.95, 0), (-0.8, -0.14), (0.8, -0.14), (0.95, 0), (0.97, 0.5), (-0.97, 0.5)], colour)
    s.box(-0.45, 0.08, 0.45, 0.25, shade(colour, 0.3))
    s.box(-0.9, 0.38, 0.9, 0.5, shade(colour, 0.6))
    s.box(-0.22, 0.37, 0.22, 0.48, WHITE)
    for x in (-0.7, 0.7):
        s.ellipse(x, 0.14, 0.17, 0.1, (245, 240, 215))


def car(s: Sketch, rng: np.random.Generator) -> None:
    """A car from its side or its front."""
    (car_side if rng.random() < 0.7 else car_front)(s, rng)


def _cab(s: Sketch, rng: np.random.Generator, colour: Colour, left: float, top: float) -> None:
    nose = rng.choice([0.0, 0.22])  # a cab over the engine, or a bonnet before it
    outline = [(left, 0.3), (left, top), (0.88 - nose, top), (0.98 - nose, top + 0.35), (1, -0.08), (1.02, 0.3)]
    s.polygon(outline, colour)
    outline = [(left + 0.1, top + 0.4), (left + 0.1, top + 0.1), (0.82 - nose, top + 0.1), (0.9 - nose, top + 0.4)]
    s.polygon(outline, GLASS)
    s.ellipse(0.97, 0.12, 0.05, 0.06, (250, 240, 190))
    s.box(left, 0.22, 1.03, 0.34, shade(colour, 0.5))


def truck_side(s: Sketch, rng: np.random.Generator) -> None:
    """A lorry with a box, a tank, a tipper or a flat bed."""
    colour, load = _livery(rng), _livery(rng)
    left, height = rng.uniform(0.3, 0.5), rng.uniform(-0.95, -0.55)
    s.box(-1, 0.2, 0.9, 0.33, (50, 50, 54))
    kind = rng.integers(4)
    if kind == 0:
        s.box(-1.02, height, left - 0.06, 0.22, load)
        s.box(-0.8, height + 0.25, left - 0.3, height + 0.45, mix(load, paint(rng), 0.7))
    elif kind == 1:
        outline = [(-1, 0.1), (-1, -0.5), (-0.8, -0.6), (left - 0.25, -0.6), (left - 0.05, -0.5), (left - 0.05, 0.1)]
        s.blob(outline, load)
        s.bar([(-0.95, -0.2), (left - 0.1, -0.2)], 0.05, shade(load, 0.6))
    elif kind == 2:
        s.polygon([(-1.05, -0.5), (left - 0.05, -0.4), (left - 0.1, 0.18), (-0.85, 0.18)], load)
        s.blob([(-0.95, -0.46), (-0.5, -0.72), (left - 0.3, -0.5), (left - 0.2, -0.4)], (110, 92, 70))
    else:
        for x in np.arange(-0.95, left - 0.3, 0.32):
            s.box(x, -0.35 + rng.uniform(-0.3, 0.2), x + 0.3, 0.2, pick(rng, (load, (140, 100, 60))))
    _cab(s, rng, colour, left, rng.uniform(-0.65, -0.45))
    for x in (-0.78, -0.48, *([-0.1] if rng.random() < 0.4 else []), 0.68):
        _wheel(s, x, 0.34, 0.17)


def pickup(s: Sketch, rng: np.random.Generator) -> None:
    """A car with an open bed: near to both cars and trucks."""
    colour = _livery(rng)
    outline = [(-1, 0.28), (-1, -0.12), (-0.22, -0.12), (-0.18, -0.55), (0.28, -0.55), (0.5, -0.12), (0.98, -0.05)]
    outline += [(1, 0.28)]
    s.polygon(outline, colour)
    s.polygon([(-0.1, -0.14), (-0.08, -0.46), (0.24, -0.46), (0.4, -0.14)], GLASS)
    s.box(-0.98, -0.14, -0.24, -0.07, shade(colour, 0.5))
    s.ellipse(0.95, 0.05, 0.05, 0.05, (250, 240, 190))
    for x in (-0.62, 0.62):
        _wheel(s, x, 0.3, 0.23)


def truck_front(s: Sketch, rng: np.random.Generator) -> None:
    """A lorry that comes towards us."""
    colour = _livery(rng)
    height = rng.uniform(-1.15, -0.85)
    s.box(-0.72, height, 0.72, 0.6, _livery(rng))
    for x in (-0.55, 0.55):
        s.box(x - 0.16, 0.4, x + 0.16, 0.9, TYRE)
    s.polygon([(-0.68, 0.7), (-0.68, -0.3), (-0.6, -0.72), (0.6, -0.72), (0.68, -0.3), (0.68, 0.7)], colour)
    s.polygon([(-0.58, -0.15), (-0.52, -0.6), (0.52, -0.6), (0.58, -0.15)], GLASS)
    for y in np.arange(0.0, 0.36, 0.1):
        s.box(-0.4, y, 0.4, y + 0.05, shade(colour, 0.35))
    for x in (-0.52, 0.52):
        s.ellipse(x, 0.5, 0.1, 0.09, (245, 240, 215))
        s.box(1.45 * x - 0.06, -0.5, 1.45 * x + 0.06, -0.15, BLACK)


def truck(s: Sketch, rng: np.random.Generator) -> None:
    """A truck from its side or its front."""
    (truck_side, truck_side, pickup, truck_front)[rng.integers(4)](s, rng)


def airplane_side(s: Sketch, rng: np.random.Generator) -> None:
    """An airliner or a light aircraft from its side."""
    colour, second = _livery(rng), paint(rng)
    girth, propeller = rng.uniform(0.2, 0.34), rng.random() < 0.3
    s.polygon([(-0.6, -0.02), (-0.15, -0.45), (0.02, -0.45), (-0.1, -0.02)], shade(colour, 0.6))
    line = [(-1.05, -0.1), (-0.7, -0.02), (0, 0), (0.7, 0), (1.02, 0.05)]
    body = s.limb(line, (0.08, 0.75 * girth, girth, girth, 0.06), colour)
    s.box(-1, 0.0, 1, 0.06, second, within=body)
    s.polygon([(-1.02, -0.08), (-1.12, -0.52), (-0.9, -0.52), (-0.62, -0.1)], second)
    s.polygon([(-0.98, -0.04), (-1.15, 0.12), (-0.98, 0.12), (-0.7, 0.02)], shade(colour, 0.75))
    outlines = [rectangle(x, -0.08, x + 0.05, -0.02) for x in np.arange(-0.55, 0.6, 0.12)]
    s.add(outlines, GLASS)
    s.polygon([(0.75, -0.08), (0.83, -0.08), (0.92, 0.0), (0.78, 0.0)], GLASS)
    s.polygon([(0.25, 0.05), (-0.25, 0.5), (-0.45, 0.5), (-0.2, 0.06)], shade(colour, 0.8))
    if propeller:
        s.ellipse(1.04, 0.04, 0.035, 0.34, (120, 116, 112))
        _wheel(s, 0.45, 0.38, 0.09)
        s.bar([(0.42, 0.1), (0.45, 0.34)], 0.04, STEEL)
    else:
        s.ellipse(0.08, 0.2, 0.17, 0.08, shade(colour, 0.55))


def airplane_above(s: Sketch, rng: np.random.Generator) -> None:
    """An aircraft seen from above or below, at any heading."""
    colour = _livery(rng)
    sweep, span, chord = rng.uniform(0.0, 0.6), rng.uniform(0.6, 1.05), rng.uniform(0.22, 0.5)
    for side in (-1, 1):
        outline = [(0.25, 0), (0.25 - sweep, side * span), (0.1 - sweep, side * span), (0.25 - chord, 0)]
        s.polygon(outline, shade(colour, 0.85))
        outline = [(-0.75, 0), (-0.85 - 0.3 * sweep, side * 0.36), (-0.98 - 0.2 * sweep, side * 0.36), (-0.98, 0)]
        s.polygon(outline, shade(colour, 0.8))
        if sweep > 0.25:
            s.ellipse(0.15 - 0.4 * sweep, side * 0.4 * span, 0.14, 0.05, shade(colour, 0.5))
    s.limb([(-1.02, 0), (-0.4, 0), (0.5, 0), (1.05, 0)], (0.05, 0.2, 0.22, 0.04), colour)
    s.ellipse(0.72, 0, 0.1, 0.055, GLASS)
    s.bar([(-1.0, 0), (-0.75, 0)], 0.04, paint(rng))
    turn = rotation(rng.uniform(-np.pi, np.pi)) * (1, rng.uniform(0.5, 1.0))
    s.transform(lambda points: points @ turn)


def airplane(s: Sketch, rng: np.random.Generator) -> None:
    """An aircraft from its side or from above."""
    (airplane_side if rng.random() < 0.6 else airplane_above)(s, rng)


def _hull(s: Sketch, rng: np.random.Generator, colour: Colour, depth: float) -> None:
    body = s.polygon([(-1, -0.02), (-0.92, depth), (0.78, depth), (1.05, -0.12), (0.8, 0)], colour)
    s.box(-1.1, 0.7 * depth, 1.1, depth, mix(colour, (150, 40, 35), rng.uniform(0.2, 0.9)), within=body)


def _windows(s: Sketch, x0: float, x1: float, y: float, step: float = 0.11) -> None:
    s.add([rectangle(x, y, x + 0.05, y + 0.05) for x in np.arange(x0, x1, step)], GLASS)


def freighter(s: Sketch, rng: np.random.Generator) -> None:
    """A ship with containers or cranes, its bridge astern."""
    colour = _livery(rng)
    s.box(-0.9, -0.62, -0.55, 0, WHITE)
    _windows(s, -0.86, -0.6, -0.54)
    s.box(-0.8, -0.85, -0.66, -0.6, paint(rng))
    if rng.random() < 0.6:
        for x in np.arange(-0.48, 0.6, 0.2):
            for k in range(rng.integers(1, 4)):
                s.box(x, -0.14 * (k + 1), x + 0.18, -0.14 * k, paint(rng))
    else:
        for x in (-0.3, 0.1, 0.5):
            s.bar([(x, 0), (x, -0.55), (x + 0.22, -0.25)], 0.04, (190, 160, 70))
    _hull(s, rng, colour, rng.uniform(0.25, 0.36))


def liner(s: Sketch, rng: np.random.Generator) -> None:
    """A passenger ship or a warship, its decks amidships."""
    colour, deck = _livery(rng), pick(rng, (WHITE, WHITE, (140, 145, 150)))
    for level, (x0, x1) in enumerate(((-0.85, 0.7), (-0.7, 0.5), (-0.45, 0.3))[: rng.integers(2, 4)]):
        top = -0.2 * (level + 1)
        s.box(x0, top, x1, top + 0.2, shade(deck, 1 - 0.06 * level))
        _windows(s, x0 + 0.06, x1 - 0.06, top + 0.06)
    stack, top = paint(rng), top - rng.uniform(0.2, 0.35)
    for x in (-0.3, -0.02)[: rng.integers(1, 3)]:
        s.polygon([(x, top + 0.35), (x - 0.05, top), (x + 0.12, top), (x + 0.15, top + 0.35)], stack)
        s.bar([(x - 0.05, top + 0.05), (x + 0.12, top + 0.05)], 0.08, BLACK)
    s.bar([(0.35, -0.1), (0.35, -0.95)], 0.03, STEEL)
    _hull(s, rng, colour, rng.uniform(0.26, 0.4))


def _sail_boat(s: Sketch, rng: np.random.Generator, masts, gaff: bool) -> None:
    cloth = pick(rng, (WHITE, (225, 205, 170), (170, 70, 50)))
    colour = pick(rng, ((96, 60, 38), WHITE, (40, 50, 80)))
    for x, height in masts:
        s.bar([(x, 0.05), (x, -height)], 0.04, (84, 58, 40))
        if gaff:
            s.blob([(x - 0.02, 0), (x - 0.02, -0.75 * height), (x - 0.2, -0.92 * height), (x - 0.45, -0.05)], cloth)
        else:
            s.blob([(x - 0.03, 0), (x - 0.03, -0.95 * height), (x - 0.5 * height, -0.03)], cloth)
    x, height = masts[-1]
    s.polygon([(x + 0.04, -0.9 * height), (1.15, -0.05), (x + 0.08, -0.08)], shade(cloth, 0.88))
    s.blob([(-0.95, -0.02), (-0.75, 0.24), (0.5, 0.26), (0.9, 0.02), (1.2, -0.08), (0, 0.02)], colour)


def ketch(s: Sketch, rng: np.random.Generator) -> None:
    """Two masts, the after one lower, with pointed sails."""
    _sail_boat(s, rng, ((-0.55, rng.uniform(0.8, 1.0)), (0.2, rng.uniform(1.35, 1.6))), gaff=False)


def schooner(s: Sketch, rng: np.random.Generator) -> None:
    """Two or three masts with four-sided sails."""
    masts = ((-0.6, 1.15), (-0.02, 1.25), (0.5, 1.1)) if rng.random() < 0.5 else ((-0.4, 1.3), (0.3, 1.15))
    _sail_boat(s, rng, masts, gaff=True)


def ship(s: Sketch, rng: np.random.Generator) -> None:
    """A freighter, a liner or a sailing ship."""
    (freighter, liner, liner, schooner)[rng.integers(4)](s, rng)


def ferry(s: Sketch, rng: np.random.Generator) -> None:
    """Broad decks all along, open below for cars."""
    colour = pick(rng, (WHITE, (60, 110, 80), (40, 60, 110)))
    s.box(-0.95, -0.3, 0.95, 0, WHITE)
    s.box(-0.75, -0.5, 0.75, -0.3, shade(WHITE, 0.9))
    for y in (-0.24, -0.44):
        _windows(s, -0.7, 0.7, y, 0.13)
    s.box(-0.25, -0.68, 0.25, -0.5, WHITE)
    s.box(-0.08, -0.95, 0.08, -0.66, paint(rng))
    s.polygon([(-1.1, -0.02), (1.1, -0.02), (0.9, 0.25), (-0.9, 0.25)], colour)


def motorbike(s: Sketch, rng: np.random.Generator) -> None:
    """A motorcycle from its side."""
    colour = _livery(rng)
    for x in (-0.72, 0.72):
        s.ellipse(x, 0.42, 0.36, 0.36, TYRE)
        s.ellipse(x, 0.42, 0.24, 0.24, (196, 198, 202))
        s.ellipse(x, 0.42, 0.1, 0.1, STEEL)
    s.bar([(0.72, 0.42), (0.42, -0.3), (0.3, -0.42)], 0.07, STEEL)
    s.bar([(-0.72, 0.42), (-0.2, 0.3), (0.2, 0.3)], 0.08, STEEL)
    s.blob([(-0.2, 0.05), (0.25, 0.0), (0.3, 0.4), (-0.2, 0.46)], (88, 88, 92))
    s.bar([(-0.95, 0.42), (-0.1, 0.47)], 0.07, (180, 182, 186))
    s.blob([(-0.05, -0.1), (0.1, -0.26), (0.42, -0.25), (0.42, -0.02), (0.1, 0.03)], colour)
    s.blob([(-0.8, -0.12), (-0.5, -0.08), (-0.1, -0.12), (0.0, 0.02), (-0.5, 0.06)], BLACK)
    s.blob([(-1.0, 0.0), (-0.7, 0.0), (-0.5, 0.12), (-0.7, 0.08)], colour)
    s.ellipse(0.52, -0.25, 0.1, 0.1, (240, 236, 214))
    s.bar([(0.36, -0.4), (0.16, -0.46)], 0.05, BLACK)


def helicopter(s: Sketch, rng: np.random.Generator) -> None:
    """A cabin with a tail boom under a rotor."""
    colour = _livery(rng)
    s.limb([(0, -0.05), (-0.6, -0.12), (-1.1, -0.15)], (0.3, 0.14, 0.06), colour)
    s.polygon([(-1.1, -0.12), (-1.22, -0.42), (-1.05, -0.42), (-0.95, -0.14)], colour)
    s.ellipse(-1.12, -0.2, 0.16, 0.16, (168, 170, 174))
    s.blob([(-0.35, -0.2), (0.2, -0.32), (0.6, -0.02), (0.62, 0.18), (0.2, 0.3), (-0.3, 0.22)], colour)
    s.blob([(0.22, -0.24), (0.52, -0.02), (0.52, 0.08), (0.2, 0.06)], GLASS)
    s.box(-0.1, -0.16, 0.1, 0.06, GLASS)
    s.bar([(0.05, -0.3), (0.05, -0.45)], 0.08, STEEL)
    s.bar([(-1.0, -0.47 + rng.uniform(-0.06, 0.06)), (1.1, -0.47 + rng.uniform(-0.06, 0.06))], 0.05, (70, 70, 74))
    s.bar([(-0.4, 0.46), (0.55, 0.46), (0.65, 0.4)], 0.05, BLACK)
    for x in (-0.15, 0.3):
        s.bar([(x, 0.25), (x - 0.04, 0.46)], 0.04, BLACK)


SUBJECTS = {
    "car": Subject(car, ("land", "room", "foliage"), 0.1, 0.03),
    "truck": Subject(truck, ("land", "room", "foliage"), 0.1, 0.03),
    "airplane": Subject(airplane, ("sky", "sky", "land", "water"), 0.35, 0.03),
    "ship": Subject(ship, ("water", "water", "sky", "land"), 0.12, 0.03),
    "airplanes": Subject(airplane_side, ("sky", "land"), 0.12, 0.03),
    "car_side": Subject(car_side, ("land", "room"), 0.04, 0.03),
    "ferry": Subject(ferry, ("water",), 0.06, 0.03),
    "ketch": Subject(ketch, ("water",), 0.12, 0.03),
    "schooner": Subject(schooner, ("water",), 0.1, 0.03),
    "Motorbikes": Subject(motorbike, ("fabric", "land", "room"), 0.06, 0.03),
    "helicopter": Subject(helicopter, ("sky", "land"), 0.2, 0.03),
}
SUBJECTS["automobile"] = SUBJECTS["car"]
