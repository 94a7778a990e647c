"""What is left of Caltech-101: people, plants, food, buildings and signs."""

from functools import partial

import numpy as np

from cnnatlas.drawn.canvas import Sketch, oval, rectangle, rotation
from cnnatlas.drawn.colours import BLACK, SKINS, STEEL, WHITE, WOODS, jitter, paint, pick, shade
from cnnatlas.drawn.scenes import clutter
from cnnatlas.drawn.subject import INDOORS, OUTDOORS, Subject
from cnnatlas.drawn.subjects.household import GOLD

LEAF, STONE = (74, 120, 56), (176, 158, 128)


def _star(points: int, outer: float, inner: float, turn: float = 0.0) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, 2 * points, endpoint=False) + turn
    return np.stack([np.cos(angles), np.sin(angles)], 1) * np.where(np.arange(2 * points) % 2, inner, outer)[:, None]


def face(s: Sketch, rng: np.random.Generator) -> None:
    """A person's head from the front."""
    skin = pick(rng, SKINS)
    hair, long = pick(rng, (BLACK, (84, 56, 36), (190, 150, 90), (150, 146, 142))), rng.random() < 0.45
    broad = rng.uniform(0.58, 0.72)
    if long:
        s.blob([(-0.8, -0.6), (0, -1.15), (0.8, -0.6), (0.85, 0.9), (-0.85, 0.9)], hair)
    else:
        s.ellipse(0, -0.35, broad + 0.08, 0.8, hair)
    s.blob([(-0.25, 0.6), (0.25, 0.6), (0.3, 1.1), (-0.3, 1.1)], shade(skin, 0.85))
    for side in (-1, 1):
        s.ellipse(side * broad, 0.05, 0.1, 0.18, shade(skin, 0.9))
    outline = [(-broad, -0.3), (-0.4, -0.85), (0.4, -0.85), (broad, -0.3), (0.9 * broad, 0.4), (0.25, 0.92)]
    outline += [(-0.25, 0.92), (-0.9 * broad, 0.4)]
    s.blob(outline, skin)
    s.blob([(-broad - 0.04, -0.3), (-0.5, -0.95), (0.3, -1.05), (broad + 0.04, -0.4), (0.3, -0.62), (-0.3, -0.6)], hair)
    glasses = rng.random() < 0.3
    for side in (-1, 1):
        s.bar([(side * 0.14, -0.24), (side * 0.42, -0.26)], 0.06, shade(hair, 0.8))
        if glasses:
            s.ellipse(side * 0.28, -0.07, 0.2, 0.15, BLACK)
        s.ellipse(side * 0.28, -0.07, 0.15 if glasses else 0.13, 0.1 if glasses else 0.07, WHITE)
        s.ellipse(side * 0.28, -0.07, 0.06, 0.065, pick(rng, ((70, 46, 30), (70, 100, 140))))
    s.polygon([(-0.03, 0), (0.05, 0), (0.13, 0.28), (-0.11, 0.28)], shade(skin, 0.82))
    smile = rng.uniform(-0.02, 0.1)
    line = [(-0.24, 0.52 - smile), (0, 0.54), (0.24, 0.52 - smile)]
    s.limb(line, (0.04, rng.uniform(0.07, 0.14), 0.04), (176, 84, 84))
    if rng.random() < 0.2:
        s.ellipse(0, 0.78, 0.3, 0.14, hair)


def buddha(s: Sketch, rng: np.random.Generator) -> None:
    """A seated figure of stone or gold."""
    stone = pick(rng, (GOLD, STONE, (120, 120, 116), (110, 130, 100)))
    s.ellipse(0, 1.05, 1.05, 0.2, shade(stone, 0.65))
    s.blob([(-1.0, 0.85), (-0.6, 0.5), (0.6, 0.5), (1.0, 0.85), (0, 1.05)], shade(stone, 0.9))
    s.blob([(-0.3, -0.35), (0.3, -0.35), (0.62, 0.0), (0.5, 0.7), (-0.5, 0.7), (-0.62, 0.0)], stone)
    for side in (-1, 1):
        s.limb([(side * 0.5, -0.1), (side * 0.72, 0.35), (side * 0.1, 0.62)], (0.24, 0.18), shade(stone, 1.1))
        s.ellipse(side * 0.34, -0.6, 0.07, 0.18, shade(stone, 0.9))
    s.ellipse(0, -0.98, 0.15, 0.16, shade(stone, 0.6))
    s.ellipse(0, -0.68, 0.35, 0.4, shade(stone, 1.1))
    s.ellipse(0, -0.88, 0.32, 0.18, shade(stone, 0.6))
    for side in (-1, 1):
        s.bar([(side * 0.06, -0.65), (side * 0.22, -0.65)], 0.04, shade(stone, 0.4))
    s.bar([(-0.1, -0.44), (0.1, -0.44)], 0.04, shade(stone, 0.4))


def brain(s: Sketch, rng: np.random.Generator) -> None:
    """Folds in a dome, with cerebellum and stem."""
    tissue = pick(rng, ((214, 160, 160), (196, 180, 170), (200, 130, 120), (150, 150, 156)))
    s.limb([(0.25, 0.3), (0.3, 0.95)], (0.3, 0.18), shade(tissue, 0.8))
    s.ellipse(0.55, 0.5, 0.36, 0.24, shade(tissue, 0.7))
    outline = [(-1.0, 0.2), (-0.8, -0.5), (-0.1, -0.8), (0.7, -0.55), (1.0, 0.1), (0.6, 0.4), (-0.2, 0.5), (-0.8, 0.5)]
    body = s.blob(outline, tissue)
    for _ in range(9):
        start = rng.uniform((-0.9, -0.6), (0.5, 0.2))
        path = start + np.cumsum(rng.normal((0.08, 0), 0.2, (5, 2)), 0)
        s.limb(path, 0.05, shade(tissue, 0.6), within=body)


def blossom(s: Sketch, rng: np.random.Generator, petals: int, colours, heart, leaves: str) -> None:
    """A flower: a sunflower on its stem, a lotus or a water lily on pads."""
    petal = pick(rng, colours)
    if leaves == "stem":
        s.limb([(0, 0.5), (0.1, 1.2), (0.05, 1.9)], 0.12, LEAF)
        s.limb([(0.08, 1.5), (0.5, 1.2), (0.8, 1.3)], (0.05, 0.35, 0.03), shade(LEAF, 0.8))
        for turn, tone in ((0.0, 0.8), (np.pi / petals, 1.0)):
            s.blob(_star(petals, 1.0, 0.55, turn), shade(petal, tone))
        s.ellipse(0, 0, 0.5, 0.5, heart)
        for k in range(2, 16):
            s.ellipse(0.04 * k**0.9 * np.cos(2.4 * k), 0.04 * k**0.9 * np.sin(2.4 * k), 0.03, 0.03, shade(heart, 1.8))
        return
    if leaves == "pads":
        for x, y in ((-0.9, 0.5), (0.9, 0.45), (0.1, 0.75)):
            s.ellipse(x, y, 0.75, 0.26, jitter(rng, LEAF, 12))
            s.polygon([(x, y), (x + 0.75, y - 0.12), (x + 0.75, y + 0.08)], (50, 70, 70))
    upright = 1.0 if leaves == "bowl" else 0.75
    for layer, tone in ((1.0, 0.7), (0.8, 0.85), (0.55, 1.0)):
        for angle in np.linspace(-1.35, 1.35, petals // 2) * layer:
            tip = np.array([np.sin(angle), -np.cos(angle) * upright]) * (0.6 + 0.5 * layer)
            line = [(0, 0.35), (0.5 * tip[0], 0.5 * tip[1] + 0.2), np.add(tip, (0, 0.3))]
            s.limb(line, (0.1, 0.42, 0.02), shade(petal, tone))
    s.ellipse(0, 0.05, 0.2, 0.13, heart)


def tree(s: Sketch, rng: np.random.Generator, bonsai: bool) -> None:
    """A bonsai in its tray, or a Joshua tree with spiky tufts."""
    bark = pick(rng, WOODS)
    bend = rng.uniform(-0.4, 0.4)
    leaf = jitter(rng, LEAF, 14)
    if bonsai:
        s.polygon([(-0.75, 0.8), (0.75, 0.8), (0.6, 1.08), (-0.6, 1.08)], paint(rng))
    s.limb([(0, 0.85), (bend, 0.3), (-0.4 * bend, -0.3)], (0.3, 0.2, 0.12), bark)
    for _ in range(rng.integers(5, 8)):
        x, y = rng.uniform(-0.95, 0.95), rng.uniform(-0.95, -0.1)
        s.limb([(0.5 * bend, 0.15), (0.6 * x, 0.5 * y), (x, y)], (0.14, 0.07), bark)
        if bonsai:
            s.blob(_star(5, 0.42, 0.3) * (1, 0.55) + (x, y), shade(leaf, rng.uniform(0.7, 1.3)))
        else:
            s.polygon(np.add(_star(9, 0.3, 0.1, rng.random()), (x, y)), shade(leaf, rng.uniform(0.7, 1.3)))


def strawberry(s: Sketch, rng: np.random.Generator) -> None:
    """A red heart with seeds under a green calyx."""
    outline = [(-0.6, -0.6), (0, -0.72), (0.6, -0.6), (0.75, -0.1), (0.3, 0.75), (0, 0.98), (-0.3, 0.75), (-0.75, -0.1)]
    body = s.blob(outline, jitter(rng, (206, 40, 44), 12))
    for k, y in enumerate(np.arange(-0.4, 0.9, 0.2)):
        seeds = [oval(x + 0.12 * (k % 2), y, 0.035, 0.055) for x in np.arange(-0.7, 0.8, 0.24)]
        s.add(seeds, (240, 210, 110), within=body)
    s.polygon(_star(7, 0.62, 0.22, rng.random()) * (1, 0.5) + (0, -0.68), jitter(rng, LEAF, 10))
    s.limb([(0, -0.7), (0.1, -1.05)], 0.08, LEAF)


def pizza(s: Sketch, rng: np.random.Generator) -> None:
    """A round pie, perhaps with a slice gone."""
    squash, gone = rng.uniform(0.55, 1.0), rng.choice([0.0, 0.0, 0.8])
    angles = np.linspace(gone, 2 * np.pi, 40)
    disc = np.stack([np.cos(angles), np.sin(angles)], 1) * (1, squash)
    disc = np.concatenate([disc, [(0, 0)]]) if gone else disc
    s.polygon(disc, jitter(rng, (206, 156, 92), 8))
    cheese = s.polygon(disc * 0.87, jitter(rng, (232, 190, 90), 8))
    for colour, number, size in (((176, 50, 38), 9, 0.14), ((90, 110, 50), 8, 0.08), ((50, 40, 40), 6, 0.06)):
        spots = rng.uniform(-0.8, 0.8, (number, 2)) * (1, squash)
        s.add([oval(*spot, size, size * squash) for spot in spots], jitter(rng, colour, 10), within=cheese)


def pagoda(s: Sketch, rng: np.random.Generator) -> None:
    """Storeys with curved eaves, ever narrower."""
    wall = pick(rng, (STONE, (170, 60, 46), WHITE))
    roof = pick(rng, ((70, 70, 76), (120, 60, 40), (50, 90, 80)))
    storeys = rng.integers(3, 6)
    for k in range(storeys):
        half, y = 0.62 - 0.09 * k, 1.0 - 0.42 * k
        s.box(-half, y - 0.3, half, y, wall)
        s.box(-0.12, y - 0.24, 0.12, y, shade(wall, 0.4))
        outline = [(-half - 0.35, y - 0.36), (-half - 0.1, y - 0.32), (-0.8 * half, y - 0.46), (0.8 * half, y - 0.46)]
        outline += [(half + 0.1, y - 0.32), (half + 0.35, y - 0.36), (half, y - 0.24), (-half, y - 0.24)]
        s.polygon(outline, roof)
    s.polygon([(-0.07, y - 0.44), (0, y - 1.0), (0.07, y - 0.44)], GOLD)


def minaret(s: Sketch, rng: np.random.Generator) -> None:
    """A slender tower with galleries and a pointed cap."""
    wall = pick(rng, (STONE, (206, 190, 160), (190, 120, 84)))
    s.polygon([(-0.26, 1.3), (-0.18, -0.7), (0.18, -0.7), (0.26, 1.3)], wall)
    for y in (-0.7, rng.uniform(-0.2, 0.4)):
        s.polygon([(-0.34, y), (0.34, y), (0.22, y + 0.2), (-0.22, y + 0.2)], shade(wall, 0.75))
    s.box(-0.13, -1.05, 0.13, -0.7, wall)
    outline = [(-0.18, -1.05), (-0.14, -1.3), (0, -1.6), (0.14, -1.3), (0.18, -1.05)]
    s.blob(outline, pick(rng, ((60, 90, 110), (70, 120, 90), GOLD)))
    s.add([rectangle(-0.05, y, 0.05, y + 0.15) for y in (-0.3, 0.2, 0.7)], BLACK)


def pyramid(s: Sketch, rng: np.random.Generator) -> None:
    """Two lit faces of stone, perhaps stepped."""
    stone, ridge = jitter(rng, (206, 172, 116), 14), rng.uniform(-0.4, 0.4)
    left = s.polygon([(-1.1, 0.6), (0, -0.75), (ridge, 0.7)], stone)
    right = s.polygon([(1.1, 0.6), (0, -0.75), (ridge, 0.7)], shade(stone, 0.62))
    lines = [rectangle(-1.2, y, 1.2, y + 0.025) for y in np.arange(-0.6, 0.7, 0.14)]
    s.add(lines, shade(stone, 0.8), within=left)
    s.add(lines, shade(stone, 0.5), within=right)


def stop_sign(s: Sketch, rng: np.random.Generator) -> None:
    """A red octagon with a white rim and lettering, on a post."""
    red = jitter(rng, (196, 32, 40), 12)
    octagon = _star(4, 1.0, 1.0, np.pi / 8)
    s.box(-0.07, 0.5, 0.07, 2.0, STEEL)
    s.polygon(octagon, WHITE)
    s.polygon(octagon * 0.9, red)
    strokes = {
        "S": [[(0.3, -0.25), (-0.3, -0.25), (-0.3, 0), (0.3, 0), (0.3, 0.25), (-0.3, 0.25)]],
        "T": [[(-0.3, -0.25), (0.3, -0.25)], [(0, -0.25), (0, 0.3)]],
        "O": [[(-0.25, -0.25), (0.25, -0.25), (0.25, 0.25), (-0.25, 0.25), (-0.25, -0.25)]],
        "P": [[(-0.25, 0.3), (-0.25, -0.25), (0.25, -0.25), (0.25, 0.03), (-0.25, 0.03)]],
    }
    for x, letter in zip((-0.57, -0.2, 0.18, 0.57), "STOP", strict=True):
        for line in strokes[letter]:
            s.bar(np.asarray(line) * (0.5, 1.0) + (x, 0), 0.09, WHITE)


def soccer_ball(s: Sketch, rng: np.random.Generator) -> None:
    """A white ball with black pentagons."""
    ball = s.ellipse(0, 0, 1, 1, jitter(rng, WHITE, 8))
    turn, patch = rng.uniform(0, 6), jitter(rng, BLACK, 14)
    s.add([_star(5, 0.3, 0.25, turn)], patch, within=ball)
    for angle in np.linspace(0, 2 * np.pi, 5, endpoint=False) + turn:
        direction = np.array([np.cos(angle), np.sin(angle)])
        s.bar([0.28 * direction, 0.75 * direction], 0.03, (120, 120, 120), within=ball)
        s.add([_star(5, 0.26, 0.22, angle) + 0.88 * direction], patch, within=ball)


def yin_yang(s: Sketch, rng: np.random.Generator) -> None:
    """A disc of two swirls, each with the other's eye."""
    dark, light = pick(rng, (BLACK, shade(paint(rng), 0.5))), jitter(rng, WHITE, 8)
    s.ellipse(0, 0, 1.04, 1.04, dark)
    disc = s.ellipse(0, 0, 1, 1, light)
    s.box(0, -1.1, 1.1, 1.1, dark, within=disc)
    s.ellipse(0, -0.5, 0.5, 0.5, dark, within=disc)
    s.ellipse(0, 0.5, 0.5, 0.5, light, within=disc)
    s.ellipse(0, -0.5, 0.15, 0.15, light, within=disc)
    s.ellipse(0, 0.5, 0.15, 0.15, dark, within=disc)
    angle = rng.uniform(-np.pi, np.pi) if rng.random() < 0.3 else 0.0
    s.transform(lambda points: points @ rotation(angle))


def dollar_bill(s: Sketch, rng: np.random.Generator) -> None:
    """A green note with a portrait in an oval."""
    paper = jitter(rng, (190, 198, 164), 8)
    ink = shade(paper, rng.uniform(0.4, 0.55))
    s.box(-1, -0.43, 1, 0.43, paper)
    for edge in (
        (-0.93, -0.37, 0.93, -0.31),
        (-0.93, 0.31, 0.93, 0.37),
        (-0.93, -0.37, -0.88, 0.37),
        (0.88, -0.37, 0.93, 0.37),
    ):
        s.box(*edge, ink)
    s.ellipse(0, 0, 0.25, 0.33, ink)
    s.ellipse(0, -0.04, 0.13, 0.17, paper)
    s.ellipse(0, 0.26, 0.18, 0.11, shade(paper, 0.7))
    for side in (-1, 1):
        s.ellipse(side * 0.58, 0.05, 0.16, 0.16, shade(paper, 0.7))
        for y in (-0.22, 0.22):
            s.bar([(side * 0.8, y - 0.06), (side * 0.8, y + 0.06)], 0.06, ink)


def flamingo_head(s: Sketch, rng: np.random.Generator) -> None:
    """A bent bill with a black tip on a curved neck."""
    pink = jitter(rng, (234, 128, 116), 12)
    s.limb([(-0.7, 1.3), (-0.95, 0.5), (-0.7, -0.3), (-0.15, -0.6)], (0.5, 0.4, 0.36, 0.4), pink)
    s.limb([(0.15, -0.55), (0.7, -0.5), (0.9, 0.0), (0.7, 0.35)], (0.5, 0.42, 0.34, 0.04), (240, 214, 200))
    s.limb([(0.88, -0.15), (0.9, 0.05), (0.7, 0.38)], (0.36, 0.32, 0.03), BLACK)
    s.ellipse(-0.05, -0.62, 0.42, 0.34, pink)
    s.ellipse(0.08, -0.68, 0.09, 0.09, (240, 220, 110))
    s.ellipse(0.08, -0.68, 0.045, 0.045, BLACK)


def heap(s: Sketch, rng: np.random.Generator) -> None:
    """Nothing in particular, for the images without a class."""
    s.shapes += clutter(rng, (100, 100), 7, (0.1, 0.3)).shapes


_INDOORS = {draw.__name__: draw for draw in (strawberry, pizza, yin_yang, soccer_ball, brain)}
_OUTDOORS = {draw.__name__: draw for draw in (buddha, pagoda, minaret, pyramid, flamingo_head)}
_PLANTS = {
    "sunflower": partial(blossom, petals=16, colours=((236, 186, 40),), heart=(76, 48, 28), leaves="stem"),
    "lotus": partial(blossom, petals=14, colours=((230, 150, 180), WHITE), heart=(220, 190, 70), leaves="bowl"),
    "water_lilly": partial(
        blossom, petals=12, colours=(WHITE, (236, 180, 200), (240, 220, 130)), heart=GOLD, leaves="pads"
    ),
    "bonsai": partial(tree, bonsai=True),
    "joshua_tree": partial(tree, bonsai=False),
}
SUBJECTS = (
    {name: Subject(draw, INDOORS, 0.3, 0.04) for name, draw in _INDOORS.items()}
    | {name: Subject(draw, OUTDOORS, 0.06, 0.06) for name, draw in _OUTDOORS.items()}
    | {name: Subject(draw, (*OUTDOORS, "water"), 0.15, 0.06) for name, draw in _PLANTS.items()}
    | {"stop_sign": Subject(stop_sign, OUTDOORS, 0.12, 0.03, mirror=False)}
    | {"dollar_bill": Subject(dollar_bill, INDOORS, 0.3, 0.04, mirror=False)}
    | {"Faces": Subject(face, ("room", "foliage", "fabric"), 0.1, 0.02), "BACKGROUND_Google": Subject(heap)}
)
