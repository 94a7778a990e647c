"""Things that people make and use, among them the camera."""

from itertools import pairwise

import numpy as np

from cnnatlas.drawn.canvas import Sketch, oval, rectangle, ring
from cnnatlas.drawn.colours import BLACK, GLASS, STEEL, TYRE, WHITE, WOODS, jitter, mix, paint, pick, shade
from cnnatlas.drawn.subject import INDOORS, OUTDOORS, Subject

GOLD = (206, 164, 72)
METALS = (STEEL, (196, 198, 204), GOLD, (170, 120, 70))


def camera(s: Sketch, rng: np.random.Generator) -> None:
    """A body with lens, viewfinder, flash and shutter release."""
    colour = pick(rng, (BLACK, BLACK, (70, 70, 76), (180, 182, 186), paint(rng)))
    x, radius, height = rng.choice([0.0, 0.0, -0.2, 0.25]), rng.uniform(0.36, 0.5), rng.uniform(0.5, 0.62)
    if rng.random() < 0.35:
        s.limb([(-0.95, -0.4), (-1.15, 0.3), (-0.7, 1.0), (-0.2, 1.1)], 0.07, shade(paint(rng), 0.6))
    if rng.random() < 0.6:  # the prism of a reflex
        s.polygon([(x - 0.36, -0.5), (x - 0.22, -0.85), (x + 0.22, -0.85), (x + 0.36, -0.5)], shade(colour, 1.25))
        s.box(x - 0.16, -0.8, x + 0.16, -0.66, (226, 230, 214))
    else:
        s.box(-0.75, -0.46, -0.45, -0.3, (226, 230, 214))
        s.box(-0.2, -0.46, 0.1, -0.32, GLASS)
    s.box(0.55, -0.66, 0.8, -0.5, STEEL)
    s.ellipse(-0.7, -0.58, 0.17, 0.09, STEEL)
    body = s.blob([(-1.02, -0.4), (-0.9, -0.54), (0.9, -0.54), (1.02, -0.4), (1.0, height), (-1.0, height)], colour)
    s.box(-1.2, -0.6, 1.2, -0.28, mix(colour, (200, 202, 206), rng.uniform(0, 0.9)), within=body)
    s.box(0.5, -0.44, 0.75, -0.34, (226, 230, 214))
    s.box(-1.2, -0.28, -0.75, 1, shade(colour, 0.7), within=body)
    for share, tone in (
        (1.0, STEEL),
        (0.85, BLACK),
        (0.66, (52, 54, 60)),
        (0.48, jitter(rng, (54, 60, 96), 12)),
        (0.2, BLACK),
    ):
        s.ellipse(x, 0.08, share * radius, share * radius, tone)
    s.ellipse(x - 0.15 * radius, 0.08 - 0.18 * radius, 0.11 * radius, 0.09 * radius, WHITE)


def chair(s: Sketch, rng: np.random.Generator) -> None:
    """A plain chair, seen a little from the side."""
    wood, seat = pick(rng, (*WOODS, paint(rng), STEEL)), paint(rng)
    back, depth, width = rng.uniform(0.8, 1.2), rng.uniform(0.2, 0.4), rng.uniform(0.08, 0.13)
    for x in (-0.45, 0.45):
        s.bar([(x + depth, 0.0), (x + depth, 0.85)], width, shade(wood, 0.6))
    s.polygon([(-0.5 + depth, -back), (0.5 + depth, -back), (0.5 + depth, -0.35), (-0.5 + depth, -0.35)], seat)
    for x in (-0.48, 0.48):
        s.bar([(x + depth, -back - 0.03), (x + depth, 0.0)], width, wood)
        s.bar([(x, 0.15), (x * 1.1, 1.05)], width, wood)
    s.polygon([(-0.55, 0.22), (0.55, 0.22), (0.55 + depth, -0.02), (-0.55 + depth, -0.02)], seat)
    s.box(-0.55, 0.22, 0.55, 0.32, shade(wood, 0.8))


def windsor_chair(s: Sketch, rng: np.random.Generator) -> None:
    """A bow back with spindles, a saddle seat and splayed legs."""
    wood = pick(rng, WOODS)
    height = rng.uniform(1.0, 1.3)
    for x in np.linspace(-0.42, 0.42, 7):
        s.bar([(0.9 * x, 0.1), (x, -height + 1.2 * x * x)], 0.045, shade(wood, 0.85))
    line = [(-0.48, 0.1), (-0.56, -0.5 * height), (-0.3, -height), (0.3, -height), (0.56, -0.5 * height), (0.48, 0.1)]
    s.limb(line, 0.08, wood)
    for x in (-0.4, 0.4):
        s.limb([(0.7 * x, 0.2), (0.8 * x, 0.9)], 0.08, shade(wood, 0.6))
        s.limb([(x, 0.2), (1.5 * x, 1.1)], (0.08, 0.12, 0.07), wood)
    s.bar([(-0.5, 0.65), (0.5, 0.65)], 0.06, shade(wood, 0.7))
    s.blob([(-0.65, 0.15), (-0.3, 0.06), (0.3, 0.06), (0.65, 0.15), (0.5, 0.3), (-0.5, 0.3)], wood)


def cup(s: Sketch, rng: np.random.Generator) -> None:
    """A cup with a handle."""
    colour = pick(rng, (WHITE, paint(rng)))
    foot, height = rng.uniform(0.3, 0.55), rng.uniform(0.8, 1.2)
    s.limb([(0.5, -0.3), (0.95, -0.3), (0.9, 0.15), (0.45, 0.3)], 0.13, shade(colour, 0.85))
    if rng.random() < 0.4:
        s.ellipse(0, height - 0.5, 1.0, 0.16, mix(colour, WHITE, 0.3))
    outline = [(-0.6, -0.5), (0.6, -0.5), (0.57, 0), (foot, height - 0.5), (-foot, height - 0.5), (-0.57, 0)]
    body = s.blob(outline, colour)
    s.box(-1, -0.1, 1, rng.uniform(0.0, 0.3), paint(rng), within=body)
    s.ellipse(0, -0.5, 0.6, 0.17, shade(colour, 1.1))
    s.ellipse(0, -0.48, 0.52, 0.12, pick(rng, ((70, 44, 28), (160, 110, 60), shade(colour, 0.5))))


def umbrella(s: Sketch, rng: np.random.Generator) -> None:
    """A canopy of panels over a stick with a crook."""
    first, second = paint(rng), paint(rng)
    s.limb([(0, -0.6), (0, 0.7), (0, 0.95), (0.15, 1.05), (0.28, 0.9)], 0.07, pick(rng, WOODS))
    edges = np.linspace(-1, 1, 7)
    for k, (a, b) in enumerate(pairwise(edges)):
        outline = [(0.25 * (a + b) * 0.3, -0.85), (0.75 * a, -0.55), (a, 0.05), ((a + b) / 2, -0.06), (b, 0.05)]
        outline += [(0.75 * b, -0.55)]
        s.blob(outline, (first, second)[k % 2])
    s.bar([(0, -0.85), (0, -1.0)], 0.05, STEEL)


def lamp(s: Sketch, rng: np.random.Generator) -> None:
    """A table lamp with a shade."""
    base, cloth = pick(rng, (*METALS, paint(rng))), mix(paint(rng), (250, 236, 190), rng.uniform(0.2, 1))
    top, flare = rng.uniform(0.25, 0.45), rng.uniform(0.6, 0.85)
    s.ellipse(0, 1.0, 0.45, 0.12, shade(base, 0.8))
    s.limb([(0, 1.0), (0, 0.7), (0, 0.4), (0, -0.1)], (0.4, rng.uniform(0.1, 0.6), rng.uniform(0.1, 0.3), 0.06), base)
    body = s.polygon([(-top, -1.0), (top, -1.0), (flare, -0.1), (-flare, -0.1)], cloth)
    s.box(-1, -0.2, 1, -0.1, shade(cloth, 0.7), within=body)


def laptop(s: Sketch, rng: np.random.Generator) -> None:
    """A screen above a keyboard."""
    case = pick(rng, (BLACK, (80, 82, 88), (200, 202, 206)))
    lean = rng.uniform(-0.1, 0.2)
    s.polygon([(-0.75 + lean, -0.85), (0.75 + lean, -0.85), (0.78, 0.1), (-0.78, 0.1)], case)
    screen = s.polygon([(-0.66 + lean, -0.76), (0.66 + lean, -0.76), (0.68, 0.02), (-0.68, 0.02)], paint(rng))
    s.box(-0.5, -0.6, rng.uniform(-0.2, 0.3), rng.uniform(-0.4, -0.1), WHITE, within=screen)
    s.polygon([(-0.78, 0.1), (0.78, 0.1), (1.0, 0.62), (-1.0, 0.62)], shade(case, 1.15))
    for y in (0.16, 0.26, 0.36):
        widen = (1 + y / 4, 1)
        keys = [rectangle(x, y, x + 0.1, y + 0.07) * widen for x in np.arange(-0.7, 0.65, 0.14)]
        s.add(keys, shade(case, 0.5))
    s.box(-0.2, 0.48, 0.2, 0.57, shade(case, 0.6))


def watch(s: Sketch, rng: np.random.Generator) -> None:
    """A dial with hands on a strap."""
    strap, case = pick(rng, (BLACK, *WOODS, STEEL, paint(rng))), pick(rng, METALS)
    s.limb([(0, -1.2), (0, 0), (0, 1.2)], (0.42, 0.66, 0.42), strap)
    outlines = [rectangle(-0.3, y, 0.3, y + 0.02) for y in (-1.0, -0.85, 0.8, 0.95)]
    s.add(outlines, shade(strap, 0.5))
    s.box(0.55, -0.08, 0.72, 0.08, case)
    s.ellipse(0, 0, 0.62, 0.62, case)
    dial = pick(rng, (WHITE, BLACK, (40, 60, 110), WHITE))
    ink = BLACK if sum(dial) > 300 else WHITE
    s.ellipse(0, 0, 0.5, 0.5, dial)
    hours = np.linspace(0, 2 * np.pi, 12, endpoint=False)
    s.add([oval(0.42 * np.cos(a), 0.42 * np.sin(a), 0.04, 0.04) for a in hours], ink)
    for long in (0.26, 0.38):
        angle = rng.uniform(0, 2 * np.pi)
        s.bar([(0, 0), (long * np.cos(angle), long * np.sin(angle))], 0.05, ink)


def cellphone(s: Sketch, rng: np.random.Generator) -> None:
    """A small screen over rows of keys, with an aerial."""
    case = pick(rng, (BLACK, (60, 70, 110), STEEL, paint(rng)))
    s.box(0.25, -1.35, 0.38, -0.9, BLACK)
    s.blob([(-0.45, -0.95), (0.45, -0.95), (0.5, 0), (0.42, 1.0), (-0.42, 1.0), (-0.5, 0)], case)
    s.box(-0.33, -0.7, 0.33, -0.1, pick(rng, ((150, 190, 140), (120, 160, 200))))
    s.ellipse(0, 0.08, 0.16, 0.09, STEEL)
    s.add([oval(x, y, 0.09, 0.06) for y in (0.3, 0.48, 0.66, 0.84) for x in (-0.25, 0, 0.25)], mix(case, WHITE, 0.7))


def stapler(s: Sketch, rng: np.random.Generator) -> None:
    """Two jaws joined at the back."""
    colour, gape = pick(rng, (BLACK, paint(rng))), rng.uniform(0.1, 0.35)
    s.polygon([(-1, 0.3), (1, 0.32), (1.0, 0.42), (-1, 0.42)], shade(colour, 0.6))
    s.bar([(-0.8, 0.2), (0.9, 0.22 - gape)], 0.1, STEEL)
    outline = [(-1.0, 0.3), (-0.95, -0.1), (-0.4, -0.25), (0.7, 0.02 - gape), (0.98, 0.16 - gape)]
    outline += [(0.2, 0.16 - 0.4 * gape)]
    s.blob(outline, colour)


def scissors(s: Sketch, rng: np.random.Generator) -> None:
    """Two blades crossed at a screw, with finger rings."""
    grip, spread = paint(rng), rng.uniform(0.15, 0.5)
    for side in (-1, 1):
        s.limb([(0, 0.1), (-side * spread * 0.9, 0.62)], 0.12, grip)
        s.add([ring(-side * (0.3 + 0.6 * spread), 0.85, 0.28, 0.34, 0.55)], grip)
        outline = [(-0.06, 0.2), (0.06, 0.2), (side * spread + 0.05, -1.1), (side * spread * 0.8 - 0.02, -1.0)]
        s.polygon(outline, (190 + 16 * side, 192 + 16 * side, 198 + 16 * side))
    s.ellipse(0, 0.08, 0.06, 0.06, TYRE)


def wrench(s: Sketch, rng: np.random.Generator) -> None:
    """A bar with an open jaw, and perhaps a ring."""
    metal = pick(rng, (STEEL, (180, 182, 188), (110, 100, 96)))
    s.bar([(-0.8, 0), (0.7, 0)], 0.22, metal)
    outline = [(0.6, -0.12), (0.9, -0.36), (1.25, -0.28), (1.0, -0.1), (1.0, 0.1), (1.25, 0.28), (0.9, 0.36)]
    outline += [(0.6, 0.12)]
    s.blob(outline, metal)
    s.add([ring(-1.0, 0, 0.3, 0.3, 0.5)], metal)
    s.bar([(-0.5, 0), (0.4, 0)], 0.08, shade(metal, 0.7))


def binocular(s: Sketch, rng: np.random.Generator) -> None:
    """Two tubes side by side."""
    skin = pick(rng, (BLACK, (50, 60, 50), (80, 70, 60)))
    s.box(-0.3, -0.4, 0.3, 0.1, shade(skin, 1.4))
    for side in (-1, 1):
        outline = [(side * 0.22, -0.8), (side * 0.55, -0.8), (side * 0.8, 0.0), (side * 0.85, 0.75)]
        outline += [(side * 0.12, 0.75), (side * 0.15, 0.0)]
        s.polygon(outline, skin)
        s.box(min(side * 0.18, side * 0.6), -1.0, max(side * 0.18, side * 0.6), -0.78, shade(skin, 1.6))
        s.ellipse(side * 0.48, 0.75, 0.38, 0.16, STEEL)
        s.ellipse(side * 0.48, 0.76, 0.3, 0.11, (90, 70, 110))


def headphone(s: Sketch, rng: np.random.Generator) -> None:
    """A bow with two cushions."""
    colour = pick(rng, (BLACK, STEEL, paint(rng)))
    s.limb([(-0.75, 0.4), (-0.8, -0.4), (0, -0.95), (0.8, -0.4), (0.75, 0.4)], (0.1, 0.16, 0.1), colour)
    for side in (-1, 1):
        s.ellipse(side * 0.72, 0.45, 0.24, 0.42, shade(colour, 1.2))
        s.ellipse(side * 0.58, 0.45, 0.17, 0.38, TYRE)
    s.limb([(-0.75, 0.85), (-0.5, 1.2), (0.1, 1.05)], 0.04, TYRE)


def chandelier(s: Sketch, rng: np.random.Generator) -> None:
    """Curved arms with candles around a shaft."""
    metal = pick(rng, (GOLD, STEEL, (110, 84, 60)))
    s.bar([(0, -1.2), (0, -0.3)], 0.05, metal)
    for reach in (0.35, 0.7, 1.05):
        for side in (-1, 1):
            s.limb([(0, 0.3), (side * 0.6 * reach, 0.6), (side * reach, 0.1)], 0.06, metal)
            s.box(side * reach - 0.05, -0.25, side * reach + 0.05, 0.1, WHITE)
            s.ellipse(side * reach, -0.33, 0.05, 0.1, (250, 220, 120))
    s.limb([(0, -0.4), (0, 0.0), (0, 0.4), (0, 0.75)], (0.1, 0.34, 0.2, 0.05), metal)
    s.add([oval(x, 0.62 - 0.2 * abs(x), 0.05, 0.08) for x in (-0.8, -0.4, 0.0, 0.4, 0.8)], (226, 232, 240))


def ceiling_fan(s: Sketch, rng: np.random.Generator) -> None:
    """Four or five blades around a motor with a light."""
    wood, turn = pick(rng, (*WOODS, WHITE)), rng.uniform(0, 2)
    s.bar([(0, -0.75), (0, 0)], 0.07, GOLD)
    blades = rng.integers(4, 6)
    for angle in np.linspace(0, 2 * np.pi, blades, endpoint=False) + turn:
        tip = np.array([1.15 * np.cos(angle), 0.42 * np.sin(angle)])
        s.limb([(0, 0), 0.3 * tip, tip], (0.05, 0.2, 0.26), shade(wood, 0.9 + 0.2 * np.sin(angle)))
    s.ellipse(0, 0.02, 0.25, 0.16, GOLD)
    s.ellipse(0, 0.22, 0.18, 0.16, (250, 244, 220))


def barrel(s: Sketch, rng: np.random.Generator) -> None:
    """Staves held by hoops."""
    wood, hoop = pick(rng, WOODS), pick(rng, ((70, 70, 74), (130, 110, 80)))
    body = s.blob([(-0.55, -0.95), (0.55, -0.95), (0.78, 0), (0.55, 0.95), (-0.55, 0.95), (-0.78, 0)], wood)
    gap = np.array([(0, -1), (0.03, -1), (0.03, 0), (0.03, 1), (0, 1), (0, 0)])
    for x in np.arange(-0.5, 0.55, 0.17):
        s.polygon(gap + np.outer((1, 1, 1.3, 1, 1, 1.3), (x, 0)), shade(wood, 0.55), within=body)
    for y in (-0.7, -0.35, 0.3, 0.65):
        s.box(-1, y, 1, y + 0.1, hoop, within=body)
    s.ellipse(0, -0.92, 0.52, 0.14, shade(wood, 1.2))


def ewer(s: Sketch, rng: np.random.Generator) -> None:
    """A jug with a spout and a tall handle."""
    clay = pick(rng, (WHITE, GOLD, (150, 90, 60), paint(rng)))
    s.limb([(-0.2, -0.9), (-0.75, -0.7), (-0.6, 0.1)], 0.1, shade(clay, 0.8))
    outline = [(-0.2, -1.0), (0.45, -1.15), (0.18, -0.6), (0.55, 0.1), (0.3, 0.75), (0.32, 1.0), (-0.32, 1.0)]
    outline += [(-0.3, 0.75), (-0.55, 0.1), (-0.18, -0.6)]
    body = s.blob(outline, clay)
    s.box(-1, 0.0, 1, 0.18, paint(rng), within=body)
    s.add([oval(x, -0.2, 0.1, 0.12) for x in (-0.3, 0, 0.3)], shade(clay, 0.6), within=body)


def revolver(s: Sketch, rng: np.random.Generator) -> None:
    """A barrel, a drum and a curved grip."""
    metal = pick(rng, (STEEL, (60, 62, 68), (190, 192, 198)))
    long = rng.uniform(0.6, 1.2)
    s.blob([(-0.5, -0.1), (-0.2, 0.0), (-0.35, 0.75), (-0.75, 0.85), (-0.7, 0.3)], pick(rng, WOODS))
    s.limb([(-0.1, 0.1), (0.0, 0.38), (0.22, 0.3), (0.22, 0.1)], 0.06, metal)
    s.box(0.2, -0.3, 0.2 + long, -0.1, metal)
    s.polygon([(-0.6, -0.1), (-0.5, -0.32), (0.3, -0.34), (0.35, 0.12), (-0.3, 0.15)], shade(metal, 0.9))
    s.box(-0.2, -0.3, 0.2, 0.08, shade(metal, 0.65))
    s.polygon([(-0.5, -0.3), (-0.72, -0.5), (-0.6, -0.2)], metal)


def menorah(s: Sketch, rng: np.random.Generator) -> None:
    """A lamp of nested arms with candles in a row."""
    metal = pick(rng, METALS)
    for radius in (0.3, 0.6, 0.9):
        line = [(-radius, -0.4), (-0.95 * radius, 0.1), (0, 0.25 + 0.35 * radius), (0.95 * radius, 0.1), (radius, -0.4)]
        s.limb(line, 0.08, metal)
    s.bar([(0, -0.5), (0, 0.95)], 0.1, metal)
    s.polygon([(-0.4, 1.05), (-0.15, 0.85), (0.15, 0.85), (0.4, 1.05)], metal)
    for x in (-0.9, -0.6, -0.3, 0, 0.3, 0.6, 0.9):
        s.box(x - 0.05, -0.72, x + 0.05, -0.4, mix(WHITE, paint(rng), 0.2))
        s.ellipse(x, -0.82, 0.045, 0.1, (250, 200, 90))


def inline_skate(s: Sketch, rng: np.random.Generator) -> None:
    """A boot on a row of wheels."""
    boot = pick(rng, (BLACK, STEEL, paint(rng)))
    s.blob([(-0.7, -0.9), (-0.1, -0.95), (0.0, -0.2), (0.8, 0.05), (0.95, 0.4), (-0.75, 0.4), (-0.8, -0.2)], boot)
    for y in (-0.65, -0.3, 0.0):
        s.bar([(-0.5, y), (0.05 + 0.4 * (y > -0.1), y + 0.05)], 0.1, paint(rng))
    s.polygon([(-0.75, 0.4), (0.9, 0.4), (0.95, 0.6), (-0.85, 0.6)], STEEL)
    wheel = paint(rng)
    for x in (-0.75, -0.25, 0.25, 0.78):
        s.ellipse(x, 0.7, 0.23, 0.23, wheel)
        s.ellipse(x, 0.7, 0.08, 0.08, STEEL)


def wheelchair(s: Sketch, rng: np.random.Generator) -> None:
    """A seat between a big wheel and a small one."""
    cloth = pick(rng, (BLACK, paint(rng)))
    s.bar([(-0.55, -0.9), (-0.4, -0.7), (-0.3, 0.2), (0.55, 0.2), (0.75, 0.95), (1.0, 0.98)], 0.07, STEEL)
    s.polygon([(-0.48, -0.7), (-0.3, -0.7), (-0.18, 0.15), (0.5, 0.12), (0.5, 0.26), (-0.36, 0.28)], cloth)
    s.bar([(-0.35, -0.15), (0.35, -0.15), (0.4, 0.2)], 0.06, STEEL)
    for radius, tone in ((0.62, TYRE), (0.53, (206, 208, 212))):
        s.ellipse(-0.25, 0.45, radius, radius, tone)
    for a in np.arange(0, 6.28, 0.52):
        s.polygon([(-0.25, 0.43), (-0.25 + 0.5 * np.cos(a), 0.45 + 0.5 * np.sin(a)), (-0.25, 0.47)], TYRE)
    s.ellipse(0.62, 0.85, 0.2, 0.2, TYRE)


def cannon(s: Sketch, rng: np.random.Generator) -> None:
    """A barrel on a spoked wheel."""
    metal, wood = pick(rng, ((60, 60, 62), (110, 84, 50), (50, 70, 60))), pick(rng, WOODS)
    lift = rng.uniform(0.0, 0.5)
    s.polygon([(-1.2, 0.75), (0.1, 0.05), (0.25, 0.25), (-1.1, 0.9)], shade(wood, 0.8))
    s.limb([(-0.75, 0.1), (-0.3, 0.0), (1.2, -lift)], (0.4, 0.36, 0.2), metal)
    s.limb([(1.1, -0.95 * lift), (1.24, -1.03 * lift)], 0.3, shade(metal, 1.2))
    for radius, tone in ((0.6, wood), (0.47, mix(wood, WHITE, 0.55))):
        s.ellipse(0, 0.35, radius, radius, tone)
    for angle in np.arange(0, np.pi, 0.52):
        x, y = 0.5 * np.cos(angle), 0.5 * np.sin(angle)
        s.bar([(-x, 0.35 - y), (x, 0.35 + y)], 0.07, shade(wood, 0.8))
    s.ellipse(0, 0.35, 0.13, 0.13, metal)


def anchor(s: Sketch, rng: np.random.Generator) -> None:
    """A shank with a ring, a stock and two flukes."""
    iron = pick(rng, ((60, 62, 66), (110, 80, 60), paint(rng)))
    s.add([ring(0, -1.0, 0.2, 0.2, 0.5)], iron)
    s.bar([(0, -0.85), (0, 0.95)], 0.16, iron)
    s.bar([(-0.5, -0.6), (0.5, -0.6)], 0.12, shade(iron, 0.85))
    s.limb([(-0.85, 0.3), (-0.6, 0.8), (0, 1.0), (0.6, 0.8), (0.85, 0.3)], (0.1, 0.2, 0.1), iron)
    for side in (-1, 1):
        s.polygon([(side * 1.05, 0.45), (side * 0.85, 0.05), (side * 0.62, 0.45)], iron)


SUBJECTS = {
    draw.__name__: Subject(draw, INDOORS, 0.2, 0.04)
    for draw in (
        camera, chair, windsor_chair, cup, umbrella, lamp, laptop, watch, cellphone, stapler, scissors, wrench,
        binocular, headphone, chandelier, ceiling_fan, barrel, ewer, revolver, menorah, inline_skate, wheelchair,
    )
} | {draw.__name__: Subject(draw, OUTDOORS, 0.12, 0.06) for draw in (cannon, anchor)}  # fmt: skip
