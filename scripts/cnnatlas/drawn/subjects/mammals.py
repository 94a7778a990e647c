"""Four-legged animals on shared body plans, so that cat and dog, deer and horse differ in shape and not in colour."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from cnnatlas.drawn.canvas import Colour, Shape, Sketch, oval
from cnnatlas.drawn.colours import BLACK, WHITE, fur, jitter, mix, pick, shade
from cnnatlas.drawn.subject import Subject

PINK, HORN = (206, 140, 134), (150, 122, 92)


@dataclass(frozen=True)
class Coat:
    """Colours of a fur, and its marks: plain, stripes, patches, spots, bib or mask."""

    base: Colour
    light: Colour
    dark: Colour
    marks: str = "plain"


Face = Callable[[Sketch, np.random.Generator, Coat], None]


@dataclass(frozen=True)
class Build:
    """Proportions of a standing animal whose trunk is 2 long: its legs, depth of trunk, neck, head and muzzle."""

    leg: float
    width: float
    depth: float
    neck: float
    rise: float
    neck_width: float
    head: float
    muzzle: float
    muzzle_width: float
    ears: str
    tail: str
    marks: tuple[str, ...] = ("plain", "stripes", "patches", "bib")
    mane: bool = False
    antlers: float = 0.0


def coat(rng: np.random.Generator, marks=("plain",), base: Colour | None = None) -> Coat:
    """Return a random coat with one of the marks."""
    colour = fur(rng) if base is None else jitter(rng, base, 8)
    return Coat(
        colour,
        mix(colour, (244, 236, 222), rng.uniform(0.35, 0.8)),
        shade(colour, rng.uniform(0.35, 0.6)),
        str(rng.choice(marks)),
    )


def _mark(s: Sketch, rng: np.random.Generator, body: Shape, fur_: Coat) -> None:
    points = body.outlines[0]
    low, high = points.min(0), points.max(0)
    span = high - low
    if fur_.marks == "stripes":
        xs = np.linspace(low[0], high[0], rng.integers(7, 12)) + rng.normal(0, 0.02, 1)
        bars = [np.array([(x - 0.05, low[1]), (x + 0.03, low[1]), (x + 0.06, low[1] + 0.7 * span[1])]) for x in xs]
        s.add(bars, fur_.dark, within=body)
    elif fur_.marks == "patches":
        spots = rng.random((rng.integers(2, 5), 2)) * span + low
        outlines = [oval(*c, *(span * rng.uniform(0.1, 0.28, 2)), rng.uniform(0, 3)) for c in spots]
        s.add(outlines, pick(rng, (fur_.dark, fur_.light, WHITE)), within=body)
    elif fur_.marks == "spots":
        spots = rng.random((45, 2)) * span + low
        s.add([oval(*c, *rng.uniform(0.025, 0.06, 2)) for c in spots], fur_.dark, within=body)
    elif fur_.marks == "bib":
        s.add([oval(low[0] + 0.8 * span[0], high[1], 0.3 * span[0], 0.5 * span[1])], fur_.light, within=body)


def _tail(s: Sketch, rng: np.random.Generator, kind: str, x: float, y: float, fur_: Coat) -> None:
    lift = rng.uniform(-0.6, 0.4)
    if kind == "thin":
        line = [(x + 0.1, y), (x - 0.3, y + 0.2 * lift), (x - 0.5, y + lift), (x - 0.65 + 0.3 * lift, y + 1.4 * lift)]
        s.limb(line, (0.13, 0.09), fur_.base)
    elif kind == "bushy":
        s.limb([(x + 0.1, y), (x - 0.25, y + 0.6 * lift), (x - 0.4, y + 1.2 * lift)], (0.1, 0.26, 0.06), fur_.base)
    elif kind == "hair":
        s.limb([(x + 0.05, y - 0.05), (x - 0.2, y + 0.1), (x - 0.28, y + 0.7)], (0.1, 0.2, 0.1), fur_.dark)
    elif kind == "short":
        s.blob([(x + 0.08, y - 0.05), (x - 0.14, y - 0.08), (x - 0.1, y + 0.16)], fur_.light)
    elif kind == "heavy":
        s.limb([(x + 0.2, y), (x - 0.4, y + 0.25), (x - 0.95, y + 0.55)], (0.4, 0.25, 0.05), fur_.base)


def _leg(s: Sketch, hip, foot: float, ground: float, build: Build, colour: Colour) -> None:
    x, y = hip
    knee = (x + 0.55 * foot + (0.08 if x > 0 else -0.1), (y + ground) / 2)
    line = [(x, y), knee, (x + foot, ground), (x + foot + 0.02, ground + 0.01)]
    s.limb(line, (1.7 * build.width, 1.1 * build.width, 0.8 * build.width), colour)
    s.ellipse(x + foot + 0.05, ground, 0.6 * build.width, 0.3 * build.width, shade(colour, 0.6))


def _side_ear(s: Sketch, kind: str, x: float, y: float, r: float, fur_: Coat) -> None:
    if kind == "pointed":
        for dx, tone in ((0.25, 0.75), (-0.25, 1.0)):
            outline = [(x + (dx - 0.3) * r, y - 0.6 * r), (x + dx * r, y - 1.65 * r), (x + (dx + 0.4) * r, y - 0.7 * r)]
            s.polygon(outline, shade(fur_.base, tone))
    elif kind == "floppy":
        outline = [(x - 0.5 * r, y - 0.8 * r), (x + 0.1 * r, y - 0.6 * r), (x + 0.05 * r, y + 0.7 * r)]
        outline += [(x - 0.55 * r, y + 0.6 * r)]
        s.blob(outline, fur_.dark)
    elif kind == "leaf":
        s.ellipse(x - 0.75 * r, y - 0.75 * r, 0.7 * r, 0.27 * r, fur_.base, 0.6)
        s.ellipse(x - 0.75 * r, y - 0.75 * r, 0.45 * r, 0.12 * r, fur_.light, 0.6)
    elif kind == "upright":
        for dx, tone in ((0.15, 0.75), (-0.2, 1.0)):
            s.ellipse(x + dx * r, y - 1.2 * r, 0.2 * r, 0.6 * r, shade(fur_.base, tone), -0.1)
    elif kind == "round":
        s.ellipse(x - 0.5 * r, y - 0.85 * r, 0.38 * r, 0.38 * r, fur_.dark)


def _antlers(s: Sketch, x: float, y: float, size: float) -> None:
    for lean, tone in ((0.35, 0.8), (-0.25, 1.0)):
        horn = shade(HORN, tone)
        tip = (x + lean * size, y - size)
        s.limb([(x, y), (x - 0.15 * size, y - 0.5 * size), tip], (0.08, 0.06, 0.03), horn)
        for share in (0.45, 0.75):
            line = [(x - 0.1 * size + 0.3 * lean * size * share, y - share * size)]
            line += [(x + (0.3 + lean * share) * size, y - (share + 0.2) * size)]
            s.limb(line, (0.05, 0.03), horn)


def _profile(s: Sketch, rng: np.random.Generator, build: Build, x: float, y: float, fur_: Coat) -> None:
    r = build.head
    droop = rng.uniform(0.15, 0.6)
    if build.antlers:
        _antlers(s, x - 0.1 * r, y - 0.7 * r, build.antlers)
    tip = (x + r * 0.7 + build.muzzle, y + droop * (r + build.muzzle))
    line = [(x, y), (x + 0.5 * r, y + 0.15 * r), tip]
    s.limb(line, (1.5 * r, 1.1 * build.muzzle_width, build.muzzle_width), fur_.base)
    s.ellipse(*tip, 0.5 * build.muzzle_width, 0.5 * build.muzzle_width, mix(fur_.base, fur_.light, 0.5))
    s.ellipse(x, y, r, 0.9 * r, fur_.base)
    nose = 0.2 * build.muzzle_width + 0.03
    s.ellipse(tip[0] + 0.36 * build.muzzle_width, tip[1] - 0.2 * build.muzzle_width, nose, 0.8 * nose, BLACK)
    line = [(tip[0] + 0.3 * build.muzzle_width, tip[1] + 0.2 * build.muzzle_width), (x + 0.5 * r, y + 0.6 * r)]
    s.bar(line, 0.025, fur_.dark)
    s.ellipse(x + 0.35 * r, y - 0.2 * r, 0.16 * r, 0.17 * r, BLACK)
    _side_ear(s, build.ears, x, y, r, fur_)


def _varied(rng: np.random.Generator, build: Build) -> Build:
    lengths = {name: getattr(build, name) * rng.uniform(0.85, 1.15) for name in ("leg", "depth", "muzzle")}
    return replace(build, head=build.head * rng.uniform(0.92, 1.08), **lengths)


def _neck(s: Sketch, rng: np.random.Generator, build: Build, fur_: Coat) -> tuple[float, float]:
    """Draw neck and mane, raised or grazing; return where the head is."""
    half = build.depth / 2
    rise = build.rise * rng.uniform(0.7, 1.3) if build.rise < 0.8 or rng.random() < 0.75 else -0.5
    x, y = 0.85 + build.neck * np.cos(rise), -0.4 * half - build.neck * np.sin(rise)
    if build.mane:
        crest = [(0.5, -half), (0.7, -0.5 * (half + build.neck)), (x - 0.2, y - 0.15)]
        s.limb(crest, (0.2, 0.32, 0.2), fur_.dark)
    widths = (1.5 * half, build.neck_width * 1.15, build.neck_width * 0.85)
    s.limb([(0.55, 0), (0.8, -0.3 * half), (x, y)], widths, fur_.base)
    return x, y


def _trunk(s: Sketch, rng: np.random.Generator, half: float, fur_: Coat) -> None:
    back = [(-1, -0.3), (-0.75, -1), (0, -0.85), (0.65, -1), (0.95, -0.2)]
    belly = [(0.85, 0.7), (0.3, 1), (-0.4, 0.8), (-0.9, 0.6)]
    body = s.blob(np.multiply(back + belly, (1, half)), fur_.base)
    s.ellipse(0, 0.95 * half, 0.8, 0.35 * half, mix(fur_.base, fur_.light, 0.6), within=body)
    _mark(s, rng, body, fur_)


def standing(
    s: Sketch, rng: np.random.Generator, build: Build, face: Face | None = None, fur_: Coat | None = None
) -> None:
    """An animal that stands, walks or grazes, from its side; with a `face`, its head is turned towards us."""
    fur_, build = fur_ or coat(rng, build.marks), _varied(rng, build)
    half, ground = build.depth / 2, build.depth / 2 + build.leg
    feet = rng.uniform(-0.28, 0.28, 4)
    _tail(s, rng, build.tail, -0.95, -0.4 * half, fur_)
    for x, foot in ((-0.68, feet[0]), (0.6, feet[1])):
        _leg(s, (x, 0.3 * half), foot, ground - 0.04, build, shade(fur_.base, 0.62))
    head = _neck(s, rng, build, fur_)
    _trunk(s, rng, half, fur_)
    for x, foot in ((-0.75, feet[2]), (0.7, feet[3])):
        _leg(s, (x, 0.25 * half), foot, ground, build, fur_.base)
    if face:
        _place(s, rng, face, *head, 1.15 * build.head, fur_)
    else:
        _profile(s, rng, build, *head, fur_)


def _eyes(s: Sketch, y, apart, radius, iris: Colour, slit: float = 0.6) -> None:
    for side in (-1, 1):
        s.ellipse(side * apart, y, radius * 1.15, radius, iris)
        s.ellipse(side * apart, y, radius * slit, radius * 0.85, BLACK)


def _place(s: Sketch, rng: np.random.Generator, face: Face, x: float, y: float, radius: float, fur_: Coat) -> None:
    """Draw a face, which has radius 1 around (0, 0) in its own coordinates, at (x, y)."""
    own = Sketch()
    face(own, rng, fur_)
    s.shapes += own.mapped(lambda points: points * radius + (x, y)).shapes


def cat_face(s: Sketch, rng: np.random.Generator, fur_: Coat) -> None:
    """A round head with pointed ears, a small muzzle and whiskers."""
    tall = rng.uniform(1.25, 1.6)
    for side in (-1, 1):
        outer = [(side * 0.95, -0.25), (side * 0.85, -tall), (side * 0.15, -0.8)]
        s.polygon(outer, fur_.base)
        s.polygon(np.asarray(outer) * 0.6 + 0.4 * np.array((side * 0.65, -0.75)), PINK)
    head = s.ellipse(0, 0, 1.08, 0.92, fur_.base)
    if fur_.marks == "stripes":
        for k in (-0.55, -0.3, -0.05, 0.2, 0.45):
            s.polygon([(k, -1), (k + 0.12, -1), (0.8 * (k + 0.03), -0.4)], fur_.dark, within=head)
    elif fur_.marks == "patches":
        s.ellipse(rng.choice([-1, 1]) * 0.5, -0.3, 0.5, 0.6, fur_.dark, within=head)
    iris = pick(rng, ((150, 180, 80), (190, 160, 60), (120, 170, 200)))
    _eyes(s, -0.12, 0.42, 0.2, iris, rng.uniform(0.3, 0.8))
    for side in (-1, 1):
        s.ellipse(side * 0.18, 0.42, 0.24, 0.2, fur_.light)
        for dy in (0.3, 0.45, 0.6):
            s.bar([(side * 0.3, 0.42), (side * 1.35, 2 * dy - 0.4)], 0.022, WHITE)
    s.polygon([(-0.12, 0.22), (0.12, 0.22), (0, 0.36)], PINK)


def dog_face(s: Sketch, rng: np.random.Generator, fur_: Coat) -> None:
    """A longer head with a broad muzzle and dark nose; ears mostly hang."""
    pricked, long = rng.random() < 0.2, rng.uniform(0.5, 1.0)
    for side in (-1, 1):
        if pricked:
            s.polygon([(side * 0.8, -0.3), (side * 0.7, -1.4), (side * 0.1, -0.75)], fur_.dark)
    head = s.ellipse(0, -0.08, 0.88, 0.92, fur_.base)
    if fur_.marks in ("patches", "stripes"):
        s.ellipse(rng.choice([-1, 1]) * 0.42, -0.3, 0.4, 0.5, fur_.dark, within=head)
    elif fur_.marks == "bib":
        s.ellipse(0, -0.5, 0.16, 0.6, fur_.light, within=head)
    if rng.random() < 0.4:
        s.ellipse(0, 1.02, 0.17, 0.3, (214, 96, 104))
    muzzle = [(-0.3, 0), (0.3, 0), (0.55, 0.5), (0.35, 0.95), (-0.35, 0.95), (-0.55, 0.5)]
    s.blob(muzzle, mix(fur_.base, fur_.light, 0.7))
    s.ellipse(0, 0.28, 0.26, 0.19, BLACK)
    s.bar([(0, 0.45), (0, 0.68), (0.3, 0.76)], 0.05, fur_.dark)
    s.bar([(0, 0.68), (-0.3, 0.76)], 0.05, fur_.dark)
    _eyes(s, -0.22, 0.4, 0.13, (70, 46, 30), 0.8)
    for side in (-1, 1):
        if not pricked:
            ear = [(0.5, -0.9), (1.1, -0.65), (1.25, 0.9 * long), (0.85, 0.95 * long), (0.75, -0.2)]
            s.blob(np.multiply(ear, (side, 1)), fur_.dark)


def _wedge(s: Sketch, long: float, fur_: Coat, snout: Colour) -> Shape:
    right = [(0.6, -0.7), (0.62, 0), (0.35, 0.7 * long), (0.3, long)]
    left = [(-across, down) for across, down in reversed(right)]
    head = s.blob(right + left, fur_.base)
    s.ellipse(0, long, 0.5, 0.35, snout, within=head)
    _eyes(s, -0.15, 0.52, 0.13, BLACK)
    for side in (-1, 1):
        s.ellipse(side * 0.16, 0.92 * long, 0.1, 0.08, BLACK)
    return head


def deer_face(s: Sketch, rng: np.random.Generator, fur_: Coat) -> None:
    """A wedge of a head with leaf-shaped ears and perhaps antlers."""
    antlers = rng.random() < 0.5
    for side in (-1, 1):
        if antlers:
            beam, tine = [(0.25, -0.7), (0.8, -1.4), (0.6, -2.1)], [(0.7, -1.3), (1.2, -1.9)]
            s.limb(np.multiply(beam, (side, 1)), (0.16, 0.07), HORN)
            s.limb(np.multiply(tine, (side, 1)), (0.1, 0.05), HORN)
        s.ellipse(side * 1.05, -0.65, 0.6, 0.27, fur_.base, -0.4 * side)
        s.ellipse(side * 1.05, -0.65, 0.42, 0.14, PINK, -0.4 * side)
    _wedge(s, 1.25, fur_, shade(fur_.light, 0.8))


def horse_face(s: Sketch, rng: np.random.Generator, fur_: Coat) -> None:
    """A longer wedge with small ears, a forelock and perhaps a blaze."""
    for side in (-1, 1):
        s.polygon([(side * 0.55, -0.6), (side * 0.5, -1.4), (side * 0.15, -0.8)], fur_.base)
    head = _wedge(s, 1.7, fur_, shade(fur_.dark, 0.8))
    if rng.random() < 0.5:
        s.ellipse(0, 0.2, 0.13, 0.8, WHITE, within=head)
    s.blob([(-0.3, -0.95), (0.3, -0.95), (0.1, -0.1)], fur_.dark)


def monkey_face(s: Sketch, rng: np.random.Generator, fur_: Coat) -> None:
    """A bare face in fur, round ears at the sides, eyes close together."""
    skin = pick(rng, ((206, 160, 130), (150, 110, 90), (80, 64, 60)))
    for side in (-1, 1):
        s.ellipse(side * 0.98, 0, 0.32, 0.36, skin)
    s.ellipse(0, -0.08, 0.95, 1, fur_.base)
    for side in (-1, 1):
        s.ellipse(side * 0.27, -0.15, 0.38, 0.4, skin)
    s.ellipse(0, 0.4, 0.56, 0.46, skin)
    _eyes(s, -0.15, 0.26, 0.12, (90, 56, 30))
    for side in (-1, 1):
        s.ellipse(side * 0.08, 0.22, 0.05, 0.06, BLACK)
    s.limb([(-0.36, 0.5), (0, 0.6), (0.36, 0.5)], 0.06, shade(skin, 0.45))


def head_alone(s: Sketch, rng: np.random.Generator, face: Face, marks) -> None:
    """A portrait: head and a little of the chest."""
    fur_ = coat(rng, marks)
    chest = s.blob([(-0.6, 0.5), (0.6, 0.5), (1.0, 1.6), (-1.0, 1.6)], fur_.base)
    s.ellipse(0, 1.4, 0.45, 0.6, mix(fur_.base, fur_.light, 0.6), within=chest)
    _place(s, rng, face, rng.uniform(-0.1, 0.1), 0, 1.0, fur_)


def sitting(s: Sketch, rng: np.random.Generator, face: Face, marks, tail: str) -> None:
    """An animal that sits and looks at us."""
    fur_ = coat(rng, marks)
    side = rng.choice([-1, 1])
    if tail == "thin":
        s.limb([(side * 0.5, 1.2), (side * 1.1, 1.1), (side * 1.25, 0.5), (side * 1.05, 0.1)], (0.18, 0.12), fur_.dark)
    else:
        s.limb([(side * 0.5, 1.2), (side * 1.0, 1.1), (side * 1.2, 0.75)], (0.2, 0.25, 0.06), fur_.base)
    lean, broad = rng.uniform(-0.2, 0.2), rng.uniform(0.62, 0.85)
    for x in (-1, 1):
        s.ellipse(x * 0.85 * broad, 1.0, 0.34, 0.4, shade(fur_.base, 0.8))
    outline = [(lean - 0.4, -0.5), (lean + 0.4, -0.5), (broad, 0.6), (0.6, 1.3), (-0.6, 1.3), (-broad, 0.6)]
    body = s.blob(outline, fur_.base)
    s.ellipse(lean, 0.2, 0.3, 0.6, mix(fur_.base, fur_.light, 0.6), within=body)
    _mark(s, rng, body, fur_)
    for x in (-0.22, 0.22):
        s.limb([(x * 1.3, 0.3), (x, 0.9), (x * 1.1, 1.38)], (0.32, 0.24, 0.24), fur_.base)
        s.ellipse(x * 1.15, 1.38, 0.17, 0.1, fur_.light)
    _place(s, rng, face, lean * 1.3, -0.85, rng.uniform(0.5, 0.62), fur_)


def lying(s: Sketch, rng: np.random.Generator, face: Face, marks, tail: str) -> None:
    """An animal that lies with its head raised towards us."""
    fur_ = coat(rng, marks)
    line = [(-0.9, 0.3), (-1.35, 0.4), (-1.2, 0.05 if tail == "thin" else 0.5)]
    s.limb(line, (0.15, 0.12 if tail == "thin" else 0.24, 0.08), fur_.base)
    body = s.blob([(-1.1, 0.2), (-0.8, -0.3), (0, -0.42), (0.7, -0.3), (0.95, 0.3), (0.2, 0.5), (-0.9, 0.5)], fur_.base)
    _mark(s, rng, body, fur_)
    s.ellipse(-0.65, 0.28, 0.4, 0.26, shade(fur_.base, 0.85))
    for dy in (0.36, 0.48):
        s.limb([(0.45, dy - 0.1), (0.9, dy), (1.3, dy)], (0.2, 0.17, 0.15), shade(fur_.base, 0.9 + dy - 0.4))
    _place(s, rng, face, rng.uniform(0.55, 0.8), -0.35, rng.uniform(0.42, 0.52), fur_)


def climbing(s: Sketch, rng: np.random.Generator) -> None:
    """A monkey that squats or hangs, with long arms and a long tail."""
    fur_ = coat(rng)
    skin, reach = pick(rng, ((190, 150, 124), (80, 64, 60))), rng.uniform(-1.3, 0.9, 2)
    s.limb([(0.2, 1.0), (0.9, 1.2), (1.25, 0.6), (1.0, 0.2), (1.2, -0.1)], (0.12, 0.07), fur_.base)
    for side, hand in ((-1, reach[0]), (1, reach[1])):
        s.limb([(side * 0.2, 0.8), (side * 0.85, 0.45), (side * 0.65, 1.2)], (0.32, 0.24, 0.16), shade(fur_.base, 0.85))
        s.ellipse(side * 0.7, 1.24, 0.2, 0.09, skin)
        line = [(side * 0.35, -0.25), (side * 0.85, (hand - 0.25) / 2 + 0.15), (side * 0.8, hand)]
        s.limb(line, (0.26, 0.18, 0.14), fur_.base)
        s.ellipse(side * 0.8, hand, 0.12, 0.12, skin)
    s.blob([(-0.38, -0.45), (0.38, -0.45), (0.5, 0.6), (0.3, 1.1), (-0.3, 1.1), (-0.5, 0.6)], fur_.base)
    s.ellipse(0, 0.35, 0.26, 0.5, fur_.light)
    _place(s, rng, monkey_face, rng.uniform(-0.1, 0.1), -0.75, 0.5, fur_)


# leg, width, depth, neck, rise, neck_width, head, muzzle, muzzle_width, ears, tail, marks, mane, antlers
CAT = Build(0.62, 0.15, 0.52, 0.22, 0.7, 0.36, 0.33, 0.02, 0.24, "pointed", "thin")
DOG_MARKS = ("plain", "patches", "bib", "stripes")
DOG = Build(0.75, 0.17, 0.6, 0.36, 0.9, 0.36, 0.28, 0.26, 0.22, "floppy", "bushy", DOG_MARKS)
DEER = Build(1.05, 0.13, 0.58, 0.72, 1.05, 0.26, 0.2, 0.24, 0.15, "leaf", "short", ("plain", "plain", "spots"))
HORSE = Build(1.0, 0.17, 0.7, 0.75, 0.85, 0.4, 0.23, 0.42, 0.22, "upright", "hair", ("plain", "plain", "patches"), True)
MONKEY = Build(0.7, 0.16, 0.5, 0.2, 0.9, 0.36, 0.27, 0.02, 0.22, "round", "thin", ("plain",))


def _posed(s: Sketch, rng: np.random.Generator, pose: int, face: Face, marks, tail: str) -> None:
    if pose < 3:
        (sitting, lying)[pose - 1](s, rng, face, marks, tail)
    else:
        head_alone(s, rng, face, marks)


def cat(s: Sketch, rng: np.random.Generator) -> None:
    """A cat: standing, sitting, lying or its head."""
    pose = rng.integers(4)
    if pose == 0:
        standing(s, rng, CAT, cat_face if rng.random() < 0.5 else None)
    else:
        _posed(s, rng, pose, cat_face, CAT.marks, "thin")


def dog(s: Sketch, rng: np.random.Generator) -> None:
    """A dog: standing, sitting, lying or its head."""
    pose = rng.integers(4)
    if pose == 0:
        build = replace(DOG, ears="pointed") if rng.random() < 0.25 else DOG
        standing(s, rng, build, dog_face if rng.random() < 0.4 else None)
    else:
        _posed(s, rng, pose, dog_face, DOG.marks, "bushy")


def deer(s: Sketch, rng: np.random.Generator) -> None:
    """A deer, with antlers or without, or its head."""
    if rng.random() < 0.25:
        head_alone(s, rng, deer_face, DEER.marks)
    else:
        standing(s, rng, replace(DEER, antlers=rng.uniform(0.45, 0.75)) if rng.random() < 0.5 else DEER)


def horse(s: Sketch, rng: np.random.Generator) -> None:
    """A horse or its head."""
    if rng.random() < 0.25:
        head_alone(s, rng, horse_face, HORSE.marks)
    else:
        standing(s, rng, HORSE)


def monkey(s: Sketch, rng: np.random.Generator) -> None:
    """A monkey: climbing, on all fours, or its head."""
    pose = rng.integers(4)
    if pose < 2:
        climbing(s, rng)
    elif pose == 2:
        standing(s, rng, MONKEY)
    else:
        head_alone(s, rng, monkey_face, ("plain",))


SUBJECTS = {
    "cat": Subject(cat, ("room", "fabric", "land"), 0.15, 0.09),
    "dog": Subject(dog, ("room", "land", "fabric"), 0.15, 0.09),
    "deer": Subject(deer, ("land", "foliage"), 0.12, 0.08),
    "horse": Subject(horse, ("land", "foliage"), 0.12, 0.07),
    "monkey": Subject(monkey, ("foliage", "land"), 0.2, 0.09),
}
