"""The other animals of Caltech-101: beasts on the four-legged plan, reptiles, insects and what lives in the sea."""

from dataclasses import replace
from functools import partial

import numpy as np

from cnnatlas.drawn.canvas import Sketch, oval, rotation
from cnnatlas.drawn.colours import BLACK, WHITE, jitter, mix, paint, pick, shade
from cnnatlas.drawn.subject import OUTDOORS, Subject
from cnnatlas.drawn.subjects import mammals
from cnnatlas.drawn.subjects.mammals import Build, cat_face, coat

SAND, GREY, ORANGE, MOSS = (190, 150, 98), (132, 130, 130), (206, 132, 50), (98, 112, 66)

# leg, width, depth, neck, rise, neck_width, head, muzzle, muzzle_width, ears, tail, marks, mane, antlers
ELEPHANT = Build(0.6, 0.34, 1.1, 0.15, 0.3, 0.6, 0.42, 0, 0.26, "", "thin", ("plain",))
RHINO = Build(0.42, 0.3, 0.95, 0.4, -0.1, 0.55, 0.3, 0.35, 0.34, "upright", "none", ("plain",))
LEOPARD = Build(0.6, 0.19, 0.55, 0.25, 0.4, 0.36, 0.3, 0.12, 0.26, "round", "thin", ("spots",))
BIG_CAT = Build(0.6, 0.2, 0.56, 0.28, 0.5, 0.36, 0.27, 0.12, 0.26, "round", "thin")
DALMATIAN = Build(0.7, 0.18, 0.6, 0.42, 0.9, 0.36, 0.25, 0.26, 0.2, "floppy", "thin", ("spots",))
LLAMA = Build(0.9, 0.2, 0.75, 0.95, 1.35, 0.36, 0.22, 0.15, 0.26, "upright", "short", ("plain", "patches"))
OKAPI = Build(0.95, 0.18, 0.62, 0.75, 1.0, 0.3, 0.2, 0.34, 0.16, "leaf", "thin", ("stripes",))
GERENUK = Build(1.2, 0.1, 0.5, 1.1, 1.25, 0.17, 0.16, 0.2, 0.12, "leaf", "short", ("bib",), antlers=0.4)


def beast(s: Sketch, rng: np.random.Generator, build: Build, base) -> None:
    """An animal on the four-legged plan, in colours near `base`."""
    mammals.standing(s, rng, build, fur_=coat(rng, build.marks, base))


def elephant(s: Sketch, rng: np.random.Generator) -> None:
    """Big ears, trunk and tusks."""
    beast(s, rng, ELEPHANT, GREY)
    _, high = s.bounds()
    x, y = high[0] - 0.5, -0.35
    skin = jitter(rng, GREY, 6)
    line = [(x + 0.1, y), (x + 0.5, y + 0.3), (x + 0.5, y + 0.9), (x + 0.5 + rng.uniform(-0.3, 0.4), y + 1.2)]
    s.limb(line, (0.5, 0.3, 0.18, 0.14), skin)
    s.limb([(x + 0.3, y + 0.35), (x + 0.6, y + 0.6), (x + 0.85, y + 0.5)], (0.12, 0.04), WHITE)
    s.blob([(x - 0.1, y - 0.4), (x - 0.6, y - 0.45), (x - 0.65, y + 0.3), (x - 0.25, y + 0.5)], shade(skin, 0.8))
    s.ellipse(x + 0.25, y - 0.1, 0.06, 0.06, BLACK)


def rhino(s: Sketch, rng: np.random.Generator) -> None:
    """A heavy trunk, head low, two horns."""
    beast(s, rng, RHINO, GREY)
    x = 1.85
    s.limb([(x - 0.02, 0.2), (x + 0.1, -0.15), (x + 0.02, -0.5)], (0.24, 0.14, 0.02), (206, 198, 180))
    s.limb([(x - 0.3, 0.05), (x - 0.24, -0.2)], (0.18, 0.02), (206, 198, 180))


def leopard(s: Sketch, rng: np.random.Generator) -> None:
    """A spotted cat that prowls."""
    mammals.standing(s, rng, LEOPARD, cat_face if rng.random() < 0.4 else None, coat(rng, ("spots",), (206, 164, 96)))


def big_cat(s: Sketch, rng: np.random.Generator, base, marks) -> None:
    """A cougar or a wild cat: standing or lying."""
    if rng.random() < 0.3:
        mammals.lying(s, rng, cat_face, marks, "thin")
    else:
        beast(s, rng, replace(BIG_CAT, marks=marks), base)


def big_cat_face(s: Sketch, rng: np.random.Generator) -> None:
    """A sand-coloured cat's head with a broad muzzle."""
    fur_ = coat(rng, ("plain",), SAND)
    for side in (-1, 1):
        s.ellipse(side * 0.75, -0.75, 0.32, 0.32, fur_.dark)
    s.blob([(-0.9, -0.5), (0, -0.9), (0.9, -0.5), (0.85, 0.4), (0.4, 1), (-0.4, 1), (-0.85, 0.4)], fur_.base)
    for side in (-1, 1):
        s.ellipse(side * 0.27, 0.5, 0.36, 0.34, fur_.light)
        s.ellipse(side * 0.42, -0.15, 0.15, 0.1, (190, 170, 70))
        s.ellipse(side * 0.42, -0.15, 0.07, 0.08, BLACK)
        s.limb([(side * 0.2, 0.1), (side * 0.5, 0.1), (side * 0.62, 0.6)], (0.05, 0.12, 0.04), fur_.dark)
    s.polygon([(-0.2, 0.18), (0.2, 0.18), (0, 0.42)], (150, 84, 80))


def panda(s: Sketch, rng: np.random.Generator) -> None:
    """White head and belly, black ears, eyes and limbs, sitting."""
    black, white = jitter(rng, BLACK, 6), jitter(rng, WHITE, 6)
    s.ellipse(0, 0.55, 0.75, 0.75, white)
    for side in (-1, 1):
        s.limb([(side * 0.5, 0.05), (side * 0.85, 0.5), (side * rng.uniform(0.1, 0.6), 0.75)], (0.38, 0.3), black)
        s.ellipse(side * 0.65, 1.2, 0.34, 0.24, black)
        s.ellipse(side * 0.5, -0.98, 0.2, 0.2, black)
    s.ellipse(0, -0.5, 0.68, 0.58, white)
    for side in (-1, 1):
        s.ellipse(side * 0.28, -0.5, 0.16, 0.2, black, side * 0.5)
        s.ellipse(side * 0.26, -0.52, 0.05, 0.05, WHITE)
    s.ellipse(0, -0.26, 0.13, 0.09, black)


def kangaroo(s: Sketch, rng: np.random.Generator) -> None:
    """Upright on long hind feet, with a heavy tail."""
    fur_ = coat(rng, ("plain",), (160, 112, 76))
    s.limb([(-0.3, 0.4), (-0.8, 0.85), (-1.4, 1.0)], (0.45, 0.25, 0.08), shade(fur_.base, 0.85))
    s.blob([(0.2, -0.7), (0.42, -0.3), (0.35, 0.5), (-0.2, 0.8), (-0.55, 0.4), (-0.3, -0.2)], fur_.base)
    s.blob([(-0.5, 0.3), (0.1, 0.2), (0.3, 0.6), (-0.1, 0.85), (-0.5, 0.7)], shade(fur_.base, 0.85))
    s.limb([(0.0, 0.7), (-0.25, 0.95), (0.45, 1.02)], (0.2, 0.14), fur_.dark)
    s.limb([(0.3, -0.25), (0.6, 0.0), (0.65, 0.25)], (0.16, 0.1), fur_.dark)
    for dx in (0.1, 0.25):
        s.ellipse(dx + 0.05, -1.25, 0.09, 0.28, fur_.base, 0.2 - dx)
    s.limb([(0.25, -0.9), (0.45, -0.92), (0.72, -0.8)], (0.36, 0.34, 0.18), fur_.base)
    s.ellipse(0.74, -0.8, 0.06, 0.05, BLACK)
    s.ellipse(0.42, -0.98, 0.05, 0.05, BLACK)


def hedgehog(s: Sketch, rng: np.random.Generator) -> None:
    """A dome of spines with a pointed snout."""
    spine = pick(rng, ((110, 90, 70), (84, 72, 62), (150, 130, 110)))
    s.limb([(0.5, 0.3), (0.9, 0.35), (1.2, 0.45)], (0.6, 0.4, 0.08), mix(spine, WHITE, 0.45))
    for angle in np.linspace(np.pi * 0.98, 1.85 * np.pi, 26):
        tip = np.array([np.cos(angle), np.sin(angle)]) * rng.uniform(0.95, 1.12) * (1.0, 0.85)
        s.bar(np.add([tip * 0.6, tip], (0, 0.5)), 0.07, shade(spine, rng.uniform(0.6, 1.5)))
    body = s.blob([(-0.9, 0.5), (-0.6, -0.1), (0, -0.32), (0.6, -0.05), (0.75, 0.5), (0, 0.62)], spine)
    outlines = [np.add([(0, 0), (0.03, -0.14), (0.06, 0)], c) for c in rng.uniform((-0.8, -0.2), (0.7, 0.6), (50, 2))]
    s.add(outlines, shade(spine, 1.6), within=body)
    s.ellipse(1.2, 0.44, 0.07, 0.06, BLACK)
    s.ellipse(0.88, 0.26, 0.05, 0.05, BLACK)


def swimmer_with_tail(s: Sketch, rng: np.random.Generator, billed: bool) -> None:
    """A beaver with a flat tail, or with a bill a platypus."""
    fur_ = coat(rng, ("plain",), (104, 72, 48))
    s.blob([(-0.6, 0.3), (-1.0, 0.2), (-1.4, 0.35), (-1.0, 0.55)], (62, 52, 48) if not billed else fur_.dark)
    back = [(-0.5, -0.25 + 0.25 * billed), (0.3, -0.35 + 0.35 * billed)]
    s.blob([(-0.8, 0.35), *back, (0.75, 0.0), (0.6, 0.45), (-0.4, 0.55)], fur_.base)
    s.ellipse(0.8, 0.1 * billed - 0.05, 0.34, 0.3 - 0.08 * billed, fur_.base)
    if billed:
        s.blob([(0.95, -0.02), (1.4, 0.08), (1.45, 0.2), (0.95, 0.2)], (70, 66, 72))
    else:
        s.ellipse(1.1, 0.0, 0.1, 0.08, BLACK)
        s.box(0.98, 0.1, 1.06, 0.24, (230, 200, 140))
        s.ellipse(0.62, -0.3, 0.1, 0.1, fur_.dark)
    s.ellipse(0.85, -0.1 + 0.1 * billed, 0.05, 0.05, BLACK)
    for x in (-0.4, 0.5):
        s.limb([(x, 0.4), (x + 0.05, 0.6), (x + 0.2, 0.66)], (0.2, 0.14), fur_.dark)


def cartoon(s: Sketch, rng: np.random.Generator, dog: bool) -> None:
    """A comic figure: a white dog with black ears and a big nose, or a fat striped orange cat."""
    base = jitter(rng, WHITE if dog else (232, 146, 50), 5)
    body = s.blob([(-0.3, 0.0), (0.3, 0.0), (0.5, 0.8), (0.3, 1.2), (-0.3, 1.2), (-0.5, 0.8)], base)
    for side in (-1, 1):
        s.ellipse(side * 0.32, 1.25, 0.32, 0.14, base)
        s.limb([(side * 0.3, 0.2), (side * 0.65, 0.45 + rng.uniform(-0.5, 0.3))], (0.2, 0.18), base)
    if dog:
        s.blob([(-0.4, -0.7), (0.1, -0.95), (0.8, -0.7), (1.15, -0.4), (0.8, -0.1), (0.0, 0.05), (-0.4, -0.25)], base)
        s.ellipse(1.15, -0.48, 0.16, 0.14, BLACK)
        s.blob([(-0.35, -0.75), (-0.1, -0.7), (-0.15, -0.05), (-0.45, -0.05)], BLACK)
        s.ellipse(0.35, -0.6, 0.05, 0.1, BLACK)
        return
    s.add([oval(0, y, 0.6, 0.035) for y in (0.3, 0.5, 0.7)], BLACK, within=body)
    for side in (-1, 1):
        s.polygon([(side * 0.25, -0.8), (side * 0.5, -1.15), (side * 0.6, -0.6)], base)
    s.ellipse(0, -0.4, 0.75, 0.52, base)
    for side in (-1, 1):
        s.ellipse(side * 0.2, -0.62, 0.22, 0.26, WHITE)
        s.ellipse(side * 0.15, -0.55, 0.05, 0.07, BLACK)
        s.ellipse(side * 0.25, -0.15, 0.3, 0.18, (246, 210, 130))
    s.ellipse(0, -0.32, 0.1, 0.07, (220, 120, 130))


def saurian(s: Sketch, rng: np.random.Generator, plates: bool) -> None:
    """A dinosaur: long neck and tail, or plates along its back."""
    skin = pick(rng, (MOSS, (120, 104, 84), (112, 120, 126)))
    for x in (-0.35, 0.35):
        s.limb([(x, 0.2), (x + 0.05, 0.75)], (0.28, 0.2), shade(skin, 0.65))
    if plates:
        sizes = ((-0.9, 0, 0.2), (-0.6, -0.25, 0.3), (-0.25, -0.45, 0.4), (0.15, -0.45, 0.38), (0.5, -0.25, 0.28))
        for x, y, size in sizes:
            outline = [(x - 0.15, y + 0.15), (x - 0.2 * size, y - size), (x + 0.2, y + 0.15)]
            s.polygon(outline, shade(mix(skin, ORANGE, 0.6), rng.uniform(0.8, 1.1)))
    nose = (1.2, 0.35) if plates else (1.3, -1.0 + rng.uniform(-0.2, 0.5))
    line = [(-1.6, 0.2 + rng.uniform(-0.2, 0.4)), (-1.0, 0.15), (-0.5, 0), (0, -0.1), (0.5, 0)]
    line += [(0.9, 0.1 if plates else -0.5), nose]
    s.limb(line, (0.04, 0.22, 0.62, 0.75, 0.6, 0.24, 0.15), skin)
    s.ellipse(*nose, 0.18, 0.11, skin, 0.2)
    s.ellipse(nose[0] + 0.05, nose[1] - 0.04, 0.025, 0.025, BLACK)
    for x in (-0.25, 0.45):
        s.limb([(x, 0.15), (x + 0.08, 0.8)], (0.3, 0.22), shade(skin, 0.9))


def crocodile(s: Sketch, rng: np.random.Generator) -> None:
    """Low and long, with a jagged back and a long snout."""
    skin = pick(rng, (MOSS, (90, 84, 66), (70, 80, 66)))
    for x in (-0.5, 0.5):
        s.limb([(x, 0.05), (x - 0.15, 0.25), (x + 0.1, 0.34)], (0.2, 0.12), shade(skin, 0.7))
    line = [(-1.7, rng.uniform(-0.25, 0.25)), (-1, 0.08), (-0.3, 0), (0.5, 0), (0.9, 0), (1.5, 0.06)]
    body = s.limb(line, (0.04, 0.22, 0.44, 0.42, 0.26, 0.14), skin)
    s.box(-2, 0.1, 0.9, 0.3, mix(skin, (230, 220, 170), 0.6), within=body)
    outlines = [np.array([(x, -0.15), (x + 0.05, -0.28), (x + 0.1, -0.15)]) for x in np.arange(-1.0, 0.6, 0.12)]
    s.add(outlines, shade(skin, 0.7))
    s.bar([(0.95, 0.08), (1.5, 0.09)], 0.03, WHITE)
    s.ellipse(0.88, -0.14, 0.08, 0.07, (190, 180, 80))


def crocodile_head(s: Sketch, rng: np.random.Generator) -> None:
    """Open jaws with rows of teeth."""
    skin, gape = pick(rng, (MOSS, (90, 84, 66), (70, 80, 66))), rng.uniform(0.25, 0.7)
    s.polygon([(-0.5, 0.1), (1.1, -gape + 0.12), (1.1, 0.3), (-0.4, 0.3)], (176, 96, 90))
    outline = [(-1.1, -0.2), (-0.7, -0.45), (-0.2, -0.45), (1.05, -gape - 0.25), (1.2, -gape), (0.2, -0.05)]
    outline += [(-0.6, 0.2)]
    s.blob(outline, skin)
    s.blob([(-1.1, 0.0), (-0.4, 0.15), (1.1, 0.28), (1.1, 0.45), (-0.5, 0.55), (-1.1, 0.4)], shade(skin, 1.2))
    for k in range(7):
        x = 0.0 + 0.16 * k
        top = -0.02 - (gape - 0.02) * x / 1.1
        s.polygon([(x, top - 0.03), (x + 0.05, top + 0.16), (x + 0.1, top - 0.05)], WHITE)
        s.polygon([(x, 0.24), (x + 0.05, 0.08), (x + 0.1, 0.26)], WHITE)
    s.ellipse(-0.42, -0.42, 0.15, 0.13, (196, 184, 70))
    s.ellipse(-0.42, -0.42, 0.04, 0.12, BLACK)


def _legs(s: Sketch, xs, reach: float, colour, width: float = 0.05) -> None:
    for x in xs:
        for side in (-1, 1):
            line = [(x, 0), (x + 0.25 * np.sign(x + 0.01), side * 0.6 * reach)]
            line += [(x + 0.45 * np.sign(x + 0.01), side * reach)]
            s.bar(line, width, colour)


def _turn(s: Sketch, rng: np.random.Generator) -> None:
    turn = rotation(rng.uniform(-np.pi, np.pi))
    s.transform(lambda points: points @ turn)


def ant(s: Sketch, rng: np.random.Generator) -> None:
    """Three round segments on six legs."""
    skin = pick(rng, (BLACK, (90, 40, 24), (60, 34, 26)))
    _legs(s, (-0.15, 0.02, 0.2), 0.7, skin, 0.04)
    for x, rx, ry in ((-0.65, 0.42, 0.28), (0.05, 0.25, 0.15), (0.55, 0.26, 0.23)):
        s.ellipse(x, 0, rx, ry, skin)
    for side in (-1, 1):
        s.bar([(0.7, side * 0.1), (0.95, side * 0.35), (1.2, side * 0.25)], 0.035, skin)
    _turn(s, rng)


def tick(s: Sketch, rng: np.random.Generator) -> None:
    """A flat oval body on eight short legs."""
    skin = pick(rng, ((110, 60, 36), (80, 56, 44), (140, 110, 84)))
    for angle in (0.5, 1.0, 1.6, 2.1):
        for side in (-1, 1):
            line = [(0, 0), (0.75 * np.cos(angle), side * 0.75 * np.sin(angle))]
            line += [(1.15 * np.cos(angle * 0.9), side * 1.0 * np.sin(angle))]
            s.limb(line, (0.12, 0.06), shade(skin, 0.6))
    body = s.blob([(0.55, 0), (0.2, 0.5), (-0.5, 0.5), (-0.85, 0), (-0.5, -0.5), (0.2, -0.5)], skin)
    s.ellipse(0.3, 0, 0.3, 0.34, shade(skin, 0.5), within=body)
    s.limb([(0.5, 0), (0.8, 0)], (0.2, 0.08), shade(skin, 0.5))
    _turn(s, rng)


def winged(s: Sketch, rng: np.random.Generator, kind: str) -> None:
    """A butterfly, a dragonfly or a mayfly from above or its side."""
    colour, second = paint(rng), paint(rng)
    clear = mix(colour, (220, 226, 226), 0.7)
    for side in (-1, 1):
        if kind == "butterfly":
            outline = [(0.05, 0), (0.3, side * 0.3), (0.75, side * 0.9), (0.35, side * 1.05), (-0.1, side * 0.5)]
            fore = s.blob(outline, colour)
            outline = [(0, 0), (-0.1, side * 0.5), (-0.35, side * 0.8), (-0.75, side * 0.6), (-0.4, side * 0.15)]
            hind = s.blob(outline, shade(colour, 0.8))
            s.add([oval(0.42, side * 0.82, 0.16, 0.12)], second, within=fore)
            s.add([oval(-0.42, side * 0.52, 0.14, 0.14)], second, within=hind)
            s.bar([(0.3, side * 0.02), (0.62, side * 0.2)], 0.03, BLACK)
        elif kind == "dragonfly":
            s.blob([(0.35, 0), (0.5, side * 0.6), (0.42, side * 1.15), (0.25, side * 1.1), (0.22, side * 0.3)], clear)
            s.blob([(0.15, 0), (0.15, side * 0.6), (-0.05, side * 1.05), (-0.22, side * 0.9), (0.0, side * 0.2)], clear)
        else:
            s.bar([(-0.9, 0.0), (-1.7, side * 0.2)], 0.03, shade(colour, 0.5))
    if kind == "mayfly":
        s.blob([(0.35, -0.08), (0.25, -1.0), (-0.2, -1.15), (-0.3, -0.6), (0, -0.05)], clear)
        s.limb([(-0.95, 0.0), (-0.3, 0.05), (0.3, 0), (0.45, 0)], (0.08, 0.16, 0.22, 0.2), shade(colour, 0.6))
        s.bar([(0.3, 0.05), (0.6, 0.35), (0.75, 0.3)], 0.035, shade(colour, 0.5))
    else:
        long = 1.35 if kind == "dragonfly" else 0.55
        line = [(-long, 0), (0, 0), (0.35, 0)]
        s.limb(line, (0.07, 0.14, 0.18), shade(second, 0.5) if kind == "dragonfly" else BLACK)
        s.ellipse(0.45, 0, 0.13, 0.13, shade(second, 0.6))
    if kind != "mayfly":
        _turn(s, rng)


def crustacean(s: Sketch, rng: np.random.Generator, base, claws: float, long: float, sting: bool = False) -> None:
    """Lobster, crayfish or scorpion: claws before, a jointed tail behind."""
    shell = jitter(rng, base, 14)
    _legs(s, (-0.1, 0.05, 0.2, 0.35), 0.5, shade(shell, 0.7), 0.05)
    for k in range(5):
        x = -0.25 - 0.18 * long * k
        s.ellipse(x, 0.12 * k * k * 0.3 * sting, 0.14, 0.2 - 0.025 * k, shade(shell, 0.85 + 0.1 * (k % 2)))
    if sting:
        s.limb([(x, 0.5), (x - 0.35, 0.2), (x - 0.2, -0.3), (x + 0.2, -0.45)], (0.16, 0.14, 0.12, 0.02), shell)
    else:
        for angle in (-0.7, -0.25, 0.25, 0.7):
            s.ellipse(x - 0.2, 0.3 * angle, 0.2, 0.09, shade(shell, 0.8), -angle)
    s.ellipse(0.15, 0, 0.42, 0.24, shell)
    for side in (-1, 1):
        s.limb([(0.4, side * 0.1), (0.55, side * 0.45), (0.8, side * 0.5)], (0.1, 0.1), shell)
        for spread in (-0.25, 0.25):
            line = [(0.75, side * 0.5), (0.95, side * 0.5 + claws * spread), (1.3, side * 0.45 + 0.1 * spread)]
            s.limb(line, (0.15, 0.6 * claws, 0.03), shade(shell, 1.1))
        if not sting:
            s.limb([(0.5, side * 0.06), (1.0, side * 0.15), (1.5, side * 0.25)], 0.03, shade(shell, 0.7))
    _turn(s, rng)


def crab(s: Sketch, rng: np.random.Generator) -> None:
    """A broad shell, eight legs to the sides and two claws."""
    shell = pick(rng, ((196, 80, 48), (150, 100, 70), (90, 100, 120)))
    for side in (-1, 1):
        for k in range(4):
            line = [(side * 0.5, 0.1 + 0.1 * k), (side * (1.0 - 0.06 * k), -0.1 + 0.22 * k)]
            line += [(side * (1.2 - 0.08 * k), 0.35 + 0.2 * k)]
            s.bar(line, 0.08, shade(shell, 0.8))
        s.limb([(side * 0.55, -0.15), (side * 0.9, -0.4), (side * 0.75, -0.7)], (0.15, 0.14), shell)
        for spread in (-0.14, 0.14):
            line = [(side * 0.75, -0.65), (side * 0.7 + spread, -0.9), (side * 0.6 + 0.3 * spread, -1.1)]
            s.limb(line, (0.16, 0.18, 0.03), shell)
        s.ellipse(side * 0.18, -0.42, 0.07, 0.1, BLACK)
    s.blob([(-0.8, -0.1), (-0.4, -0.35), (0.4, -0.35), (0.8, -0.1), (0.4, 0.4), (-0.4, 0.4)], shell)


def octopus(s: Sketch, rng: np.random.Generator) -> None:
    """A bulb of a head over eight curling arms."""
    skin = pick(rng, ((180, 90, 80), (150, 110, 100), (130, 80, 120)))
    for k, x in enumerate(np.linspace(-1.1, 1.1, 8)):
        curl = rng.uniform(-0.4, 0.4)
        line = [(0.25 * x, 0.1), (0.6 * x, 0.5), (x, 0.7 - 0.15 * abs(x)), (x + curl, 1.1 - 0.3 * abs(x))]
        s.limb(line, (0.25, 0.2, 0.12, 0.03), shade(skin, 0.8 + 0.2 * (k % 2)))
    s.blob([(-0.35, 0.3), (-0.6, -0.5), (0, -0.95), (0.6, -0.5), (0.35, 0.3)], skin)
    for side in (-1, 1):
        s.ellipse(side * 0.24, 0.0, 0.11, 0.11, WHITE)
        s.ellipse(side * 0.24, 0.0, 0.08, 0.04, BLACK)


def fish(s: Sketch, rng: np.random.Generator, dolphin: bool) -> None:
    """A bass with spiny fins, or a dolphin with beak and fluke."""
    skins = ((100, 120, 140), (84, 96, 112)) if dolphin else ((110, 120, 80), (130, 130, 110), (96, 100, 90))
    skin = pick(rng, skins)
    arch = rng.uniform(0.1, 0.4) if dolphin else 0.0
    outline = [(-0.85, arch), (-1.3, arch - 0.25 + 0.15 * dolphin), (-1.15, arch + 0.05), (-1.3, arch + 0.4)]
    s.polygon(outline, shade(skin, 0.75))
    smooth = [(0.1, -0.25), (-0.25, -0.62), (-0.35, -0.2)]
    spiny = [(0.4, -0.25), (0.2, -0.6), (-0.5, -0.45), (-0.6, -0.15)]
    s.polygon(smooth if dolphin else spiny, shade(skin, 0.75))
    body = s.limb([(-1.0, arch), (-0.5, 0), (0.2, -0.05), (0.8, 0.08), (1.0, 0.15)], (0.1, 0.4, 0.56, 0.4, 0.16), skin)
    s.ellipse(0.2, 0.3, 1.0, 0.22, mix(skin, WHITE, 0.75), within=body)
    if dolphin:
        s.limb([(0.9, 0.14), (1.25, 0.2)], (0.2, 0.1), skin)
    else:
        s.limb([(-0.8, 0), (0.7, 0)], 0.08, shade(skin, 0.5), within=body)
        s.bar([(1.05, 0.16), (0.8, 0.24)], 0.04, BLACK)
    s.polygon([(0.35, 0.12), (0.1, 0.55), (0.05, 0.15)], shade(skin, 0.7))
    s.ellipse(0.75, 0.02, 0.05, 0.05, BLACK)


def sea_horse(s: Sketch, rng: np.random.Generator) -> None:
    """An upright body that curls into a tail."""
    skin = pick(rng, ((200, 150, 60), (170, 110, 80), (140, 130, 90)))
    s.polygon([(-0.2, -0.1), (-0.55, 0.05), (-0.5, 0.35), (-0.2, 0.3)], mix(skin, WHITE, 0.4))
    line = [(0.1, -0.95), (-0.15, -0.6), (0.05, 0.0), (0.05, 0.5), (-0.1, 0.95), (0.2, 1.2), (0.38, 1.0), (0.2, 0.92)]
    body = s.limb(line, (0.3, 0.34, 0.56, 0.34, 0.2, 0.14, 0.1, 0.06), skin)
    s.add([oval(0, y, 0.6, 0.025) for y in np.arange(-0.5, 1.2, 0.14)], shade(skin, 0.6), within=body)
    s.limb([(0.1, -0.9), (0.35, -0.85), (0.75, -0.72)], (0.36, 0.18, 0.12), skin)
    s.add([np.array([(x, -1.02), (x + 0.03, -1.25), (x + 0.1, -1.02)]) for x in (-0.1, 0.02, 0.14)], shade(skin, 0.8))
    s.ellipse(0.2, -0.92, 0.06, 0.06, BLACK)


def turtle(s: Sketch, rng: np.random.Generator) -> None:
    """A hawksbill from above: a plated shell and four flippers."""
    shell = pick(rng, ((130, 92, 50), (96, 90, 60), (120, 110, 80)))
    skin = mix(shell, (220, 210, 170), 0.5)
    for side in (-1, 1):
        s.limb([(0.45, side * 0.35), (0.7, side * 0.85), (0.3, side * 1.2)], (0.3, 0.26, 0.05), skin)
        s.limb([(-0.6, side * 0.3), (-0.9, side * 0.6)], (0.25, 0.1), skin)
    s.limb([(0.7, 0), (1.15, 0)], (0.3, 0.24), skin)
    body = s.blob([(0.8, 0), (0.4, 0.55), (-0.4, 0.5), (-0.95, 0), (-0.4, -0.5), (0.4, -0.55)], shell)
    outlines = [oval(x, y, 0.17, 0.15) for x in (-0.5, -0.1, 0.35) for y in (-0.32, 0.0, 0.32)]
    s.add(outlines, shade(shell, 0.55), within=body)
    _turn(s, rng)


def trilobite(s: Sketch, rng: np.random.Generator) -> None:
    """A fossil: a head shield and ribs in three lobes."""
    stone = pick(rng, ((90, 84, 78), (130, 110, 86), (60, 58, 60)))
    body = s.blob([(0, -1), (0.65, -0.65), (0.6, 0.2), (0.3, 0.9), (-0.3, 0.9), (-0.6, 0.2), (-0.65, -0.65)], stone)
    s.add([oval(0, y, 0.7, 0.03) for y in np.arange(-0.3, 0.9, 0.13)], shade(stone, 0.5), within=body)
    outlines = [np.array([(x, -0.4), (x + 0.05, -0.4), (x * 0.5, 0.9)]) for x in (-0.26, 0.22)]
    s.add(outlines, shade(stone, 0.5), within=body)
    for side in (-1, 1):
        s.ellipse(side * 0.32, -0.62, 0.12, 0.15, shade(stone, 1.4))
    s.ellipse(0, -0.6, 0.2, 0.26, shade(stone, 1.2))


def nautilus(s: Sketch, rng: np.random.Generator) -> None:
    """A coiled shell with flame stripes and tentacles."""
    shell = jitter(rng, (232, 214, 190), 8)
    for k in range(6):
        s.limb([(0.6, 0.35), (0.95, 0.45 + 0.06 * k), (1.2, 0.25 + 0.14 * k)], (0.12, 0.04), (220, 170, 140))
    turns = np.linspace(0.4, 2.25 * np.pi, 34)
    rim = np.stack([np.cos(turns), -np.sin(turns)], 1) * (0.42 + 0.085 * turns)[:, None]
    body = s.polygon(rim, shell)
    for a in np.arange(0.4, 4.0, 0.42):
        flame = [(0, 0), (np.cos(a) * 1.3, -np.sin(a) * 1.3), (np.cos(a + 0.16) * 1.3, -np.sin(a + 0.16) * 1.3)]
        s.polygon(flame, (170, 84, 50), within=body)
    s.ellipse(-0.05, 0.1, 0.3, 0.28, shade(shell, 0.75))
    s.ellipse(0.55, 0.32, 0.1, 0.1, BLACK)


def starfish(s: Sketch, rng: np.random.Generator) -> None:
    """Five tapering arms with a row of knobs each."""
    skin = pick(rng, ((206, 110, 60), (180, 70, 80), (150, 120, 150), (210, 170, 90)))
    angles = np.linspace(0, 2 * np.pi, 10, endpoint=False) + rng.uniform(0, 6)
    radii = np.where(np.arange(10) % 2 == 0, 1.0, rng.uniform(0.32, 0.48)) * rng.uniform(0.9, 1.1, 10)
    s.blob(np.stack([np.cos(angles), np.sin(angles)], 1) * radii[:, None], skin)
    outlines = [oval(r * np.cos(a), r * np.sin(a), 0.045, 0.045) for a in angles[::2] for r in (0.15, 0.35, 0.55, 0.75)]
    s.add(outlines, mix(skin, WHITE, 0.5))


_PLAN = {
    "dalmatian": (DALMATIAN, (236, 232, 226)),
    "llama": (LLAMA, (214, 200, 176)),
    "okapi": (OKAPI, (110, 66, 48)),
    "gerenuk": (GERENUK, (180, 122, 78)),
}
_DRAWN = {
    "elephant": elephant, "rhino": rhino, "Leopards": leopard, "panda": panda, "kangaroo": kangaroo,
    "cougar_body": partial(big_cat, base=SAND, marks=("plain",)), "cougar_face": big_cat_face,
    "wild_cat": partial(big_cat, base=(150, 130, 100), marks=("stripes",)), "hedgehog": hedgehog,
    "beaver": partial(swimmer_with_tail, billed=False), "platypus": partial(swimmer_with_tail, billed=True),
    "brontosaurus": partial(saurian, plates=False), "stegosaurus": partial(saurian, plates=True),
    "crocodile": crocodile, "crocodile_head": crocodile_head,
}  # fmt: skip
_SMALL = {
    "ant": ant, "tick": tick, "crab": crab, "trilobite": trilobite, "starfish": starfish,
    "butterfly": partial(winged, kind="butterfly"), "dragonfly": partial(winged, kind="dragonfly"),
    "mayfly": partial(winged, kind="mayfly"),
    "lobster": partial(crustacean, base=(176, 50, 36), claws=1.1, long=1.0),
    "crayfish": partial(crustacean, base=(120, 84, 60), claws=0.6, long=1.0),
    "scorpion": partial(crustacean, base=(84, 64, 48), claws=0.6, long=0.9, sting=True),
}  # fmt: skip
_SEA = {
    "octopus": octopus, "bass": partial(fish, dolphin=False), "dolphin": partial(fish, dolphin=True),
    "sea_horse": sea_horse, "hawksbill": turtle, "nautilus": nautilus,
}  # fmt: skip
SUBJECTS = (
    {name: Subject(partial(beast, build=build, base=base), OUTDOORS, 0.1) for name, (build, base) in _PLAN.items()}
    | {name: Subject(draw, ("land", "foliage"), 0.1) for name, draw in _DRAWN.items()}
    | {name: Subject(draw, ("fabric", "land", "foliage"), 0.2) for name, draw in _SMALL.items()}
    | {name: Subject(draw, ("water", "fabric"), 0.2, 0.05) for name, draw in _SEA.items()}
    | {"snoopy": Subject(partial(cartoon, dog=True), ("fabric", "room"), 0.1, 0.02)}
    | {"garfield": Subject(partial(cartoon, dog=False), ("fabric", "room"), 0.1, 0.02)}
)
