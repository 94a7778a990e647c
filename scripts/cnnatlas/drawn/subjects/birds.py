"""Birds on one body plan, and frogs."""

from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from cnnatlas.drawn.canvas import Colour, Sketch, oval
from cnnatlas.drawn.colours import BLACK, WHITE, fur, jitter, mix, paint, pick, shade
from cnnatlas.drawn.subject import OUTDOORS, Subject

YELLOW = (224, 168, 56)


@dataclass(frozen=True)
class Bird:
    """Proportions of a bird whose trunk is about 1.4 long; a colour of None is chosen for each bird."""

    plump: float
    neck: float
    head: float
    beak: float
    hooked: float
    legs: float
    tail: float
    body: Colour | None
    bill: Colour
    crest: Colour | None = None


def _colours(rng: np.random.Generator, bird: Bird) -> tuple[Colour, Colour]:
    base = jitter(rng, bird.body, 10) if bird.body else (fur(rng) if rng.random() < 0.65 else paint(rng))
    return base, mix(base, WHITE, rng.uniform(0.3, 0.8))


def _head(s: Sketch, x: float, y: float, bird: Bird, colour: Colour) -> None:
    r, drop = bird.head, bird.hooked
    if bird.crest:
        s.add([oval(x + (k - 0.6) * r, y - r, 0.4 * r, 0.55 * r) for k in (0.0, 0.5, 1.0)], bird.crest)
        s.ellipse(x + 0.8 * r, y + r, 0.25 * r, 0.5 * r, bird.crest)
    line = [(x + 0.7 * r, y), (x + r + 0.6 * bird.beak, y + 0.3 * drop), (x + r + bird.beak, y + drop + 0.05)]
    s.limb(line, (0.75 * r, 0.5 * r, 0.05), bird.bill)
    s.ellipse(x, y, r, 0.93 * r, colour)
    s.ellipse(x + 0.35 * r, y - 0.2 * r, 0.2 * r, 0.2 * r, WHITE)
    s.ellipse(x + 0.38 * r, y - 0.2 * r, 0.13 * r, 0.13 * r, BLACK)


def perched(s: Sketch, rng: np.random.Generator, bird: Bird) -> None:
    """A bird that stands, from its side."""
    colour, pale = _colours(rng, bird)
    plump, tail = bird.plump * rng.uniform(0.85, 1.15), bird.tail * rng.uniform(0.7, 1.3)
    for x in (-0.05, 0.15):
        foot = x + rng.uniform(-0.1, 0.1)
        line = [(x, 0.7 * plump), (foot, plump + bird.legs), (foot + 0.16, plump + bird.legs + 0.03)]
        s.bar(line, 0.05, shade(bird.bill, 0.8))
    s.polygon([(-0.5, -0.05), (-0.65 - tail, 0.0), (-0.6 - tail, 0.2), (-0.45, 0.2)], shade(colour, 0.6))
    top = (0.62 + 0.2 * bird.neck, -plump - bird.neck)
    outline = [(-0.75, 0.05), (-0.3, -0.7 * plump), (0.35, -0.95 * plump), (0.68, -0.3 * plump), (0.5, 0.6 * plump)]
    outline += [(0, plump), (-0.5, 0.5 * plump)]
    body = s.blob(outline, colour)
    s.ellipse(0.35, 0.6 * plump, 0.6, 0.45 * plump, pale, within=body)
    line = [(0.45, -0.3 * plump), (0.6 + 0.25 * bird.neck, -plump - 0.3 * bird.neck), top]
    s.limb(line, (0.9 * plump, 0.3, 1.5 * bird.head), colour)
    outline = [(0.3, -0.45 * plump), (0.38, 0), (-0.1, 0.5 * plump), (-0.95, 0.22), (-0.3, -0.4 * plump)]
    wing = s.blob(outline, shade(colour, 0.72))
    s.add([oval(-0.4 + 0.2 * k, 0.12, 0.3, 0.03, 0.3) for k in range(3)], shade(colour, 0.45), within=wing)
    _head(s, *top, bird, colour)


def flying(s: Sketch, rng: np.random.Generator, bird: Bird) -> None:
    """A bird with spread wings."""
    colour, pale = _colours(rng, bird)
    lift, span = rng.uniform(-0.9, 0.9), rng.uniform(0.8, 1.3)
    for x, tone in ((0.12, 0.6), (-0.1, 0.8)):
        tip = (x - 0.45 + (0.5 if tone < 0.7 else 0), -span * (0.4 + abs(lift)) if tone > 0.7 else -span * lift)
        outline = [(x + 0.35, -0.05), (tip[0] + 0.25, 0.7 * tip[1]), tip, (tip[0] - 0.25, 0.75 * tip[1])]
        outline += [(x - 0.4, 0.08)]
        s.blob(outline, shade(colour, tone))
    s.polygon([(-0.5, -0.05), (-0.75 - bird.tail, -0.16), (-0.75 - bird.tail, 0.18), (-0.5, 0.12)], shade(colour, 0.6))
    body = s.blob([(-0.7, 0), (0, -0.22), (0.6, -0.12), (0.65, 0.1), (0, 0.26)], colour)
    s.ellipse(0.1, 0.25, 0.6, 0.15, pale, within=body)
    s.limb([(0.5, 0), (0.7 + 0.6 * bird.neck, -0.05 - 0.2 * bird.neck)], (0.24, 0.18), colour)
    _head(s, 0.72 + 0.6 * bird.neck, -0.06 - 0.2 * bird.neck, replace(bird, head=0.8 * bird.head), colour)


def bird(s: Sketch, rng: np.random.Generator) -> None:
    """Any bird: small or tall, standing or flying."""
    kind = Bird(
        plump=rng.uniform(0.34, 0.5),
        neck=rng.choice([0.05, 0.15, 0.6]),
        head=rng.uniform(0.2, 0.28),
        beak=rng.uniform(0.16, 0.45),
        hooked=rng.choice([0.0, 0.0, 0.1]),
        legs=rng.uniform(0.2, 0.7),
        tail=rng.uniform(0.2, 0.7),
        body=None,
        bill=pick(rng, (YELLOW, (70, 66, 64), (200, 90, 60))),
    )
    (perched if rng.random() < 0.65 else flying)(s, rng, kind)


def frog(s: Sketch, rng: np.random.Generator) -> None:
    """A frog that sits, from its side or its front."""
    skin = pick(rng, ((96, 130, 60), (120, 100, 60), (150, 150, 90), (90, 80, 60), (180, 120, 50)))
    belly, dark = mix(skin, (240, 232, 190), 0.7), shade(skin, 0.55)
    if rng.random() < 0.5:
        for side in (-1, 1):
            s.blob([(side * 0.4, 0.5), (side * 1.1, 0.1), (side * 1.15, 0.55), (side * 0.8, 0.75)], dark)
            s.limb([(side * 0.45, 0.3), (side * 0.55, 0.65), (side * 0.75, 0.78)], (0.22, 0.16, 0.2), skin)
        s.blob([(-0.75, -0.1), (-0.4, -0.45), (0.4, -0.45), (0.75, -0.1), (0.65, 0.55), (-0.65, 0.55)], skin)
        s.ellipse(0, 0.3, 0.5, 0.28, belly)
        s.limb([(-0.66, -0.06), (0, 0.1), (0.66, -0.06)], 0.06, dark)
        eyes = ((-0.42, -0.48), (0.42, -0.48))
    else:
        outline = [(-0.95, 0.5), (-0.5, -0.05), (0.3, -0.45), (0.85, -0.3), (1.0, -0.05), (0.6, 0.35), (-0.3, 0.62)]
        body = s.blob(outline, skin)
        s.ellipse(0.4, 0.45, 0.6, 0.3, belly, within=body)
        s.add([oval(*c, 0.07, 0.05) for c in rng.uniform((-0.7, -0.3), (0.5, 0.3), (12, 2))], dark, within=body)
        s.blob([(-0.95, 0.3), (-0.5, 0.0), (0.05, 0.3), (-0.1, 0.6), (-0.8, 0.66)], shade(skin, 0.85))
        s.limb([(-0.7, 0.6), (-0.2, 0.7), (0.1, 0.68)], (0.12, 0.1, 0.16), dark)
        s.limb([(0.4, 0.25), (0.42, 0.55), (0.65, 0.7)], (0.2, 0.14, 0.16), skin)
        s.limb([(0.98, -0.05), (0.7, 0.02), (0.5, -0.02)], 0.04, dark)
        eyes = ((0.55, -0.42),)
    for x, y in eyes:
        s.ellipse(x, y, 0.2, 0.18, skin)
        s.ellipse(x, y, 0.14, 0.13, YELLOW)
        s.ellipse(x, y, 0.09, 0.06, BLACK)


def rooster(s: Sketch, rng: np.random.Generator) -> None:
    """A cock with its comb and a tail of sickle feathers."""
    plume = pick(rng, ((40, 60, 50), (60, 40, 30), (30, 30, 40)))
    for k in range(5):
        line = [(-0.4, 0.1), (-0.8 - 0.08 * k, -0.5 + 0.1 * k), (-1.15, -0.3 + 0.18 * k)]
        s.limb(line, (0.16, 0.16, 0.04), shade(plume, 0.8 + 0.15 * k))
    perched(s, rng, ROOSTER)


# plump, neck, head, beak, hooked, legs, tail, body, bill, crest
ROOSTER = Bird(0.46, 0.42, 0.2, 0.16, 0.0, 0.45, 0.1, (168, 92, 44), YELLOW, (200, 36, 36))
_KINDS = {
    "pigeon": (Bird(0.42, 0.16, 0.2, 0.12, 0.0, 0.2, 0.45, (120, 124, 136), (90, 80, 80)), ("land", "room")),
    "emu": (Bird(0.55, 0.85, 0.16, 0.16, 0.0, 0.95, 0.05, (82, 66, 52), (70, 64, 60)), ("land", "foliage")),
    "ibis": (Bird(0.36, 0.45, 0.17, 0.6, 0.32, 0.7, 0.2, (226, 222, 216), (64, 56, 54)), ("water", "land")),
    "flamingo": (Bird(0.36, 0.95, 0.16, 0.22, 0.2, 1.1, 0.12, (232, 130, 124), (220, 150, 140)), ("water", "foliage")),
}
SUBJECTS = {
    "bird": Subject(bird, ("sky", "foliage", "water", "land"), 0.2, 0.07),
    "frog": Subject(frog, ("foliage", "water", "land"), 0.2, 0.07),
    "rooster": Subject(rooster, OUTDOORS, 0.12, 0.07),
} | {name: Subject(partial(perched, bird=kind), settings, 0.1, 0.06) for name, (kind, settings) in _KINDS.items()}
