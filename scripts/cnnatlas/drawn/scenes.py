"""Scenes: the background of an object, clutter, what hides a part of it, and how the camera saw it."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageFilter

from cnnatlas.drawn import canvas, colours
from cnnatlas.drawn.canvas import Layer, Sketch


@dataclass(frozen=True)
class Picture:
    """A finished photograph: image (H, W, 3) uint8, and mask (H, W) bool of the object's visible pixels."""

    image: np.ndarray
    mask: np.ndarray


def field(rng: np.random.Generator, size: tuple[int, int], cells: tuple[int, int]) -> np.ndarray:
    """Return smooth noise (H, W), about standard normal, with `cells` = (rows, columns) independent values."""
    grid = Image.fromarray(rng.standard_normal(cells, np.float32))
    return np.asarray(grid.resize(size[::-1], Image.Resampling.BICUBIC))


def _unit(colour) -> np.ndarray:
    return np.asarray(colour, np.float32) / 255


def _blend(first, second, share: np.ndarray) -> np.ndarray:
    share = np.clip(share, 0, 1)[..., None]
    return _unit(first) * (1 - share) + _unit(second) * share


def sky(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A vertical gradient with clouds, at any time of day."""
    top = colours.pick(rng, ((90, 140, 205), (150, 165, 185), (60, 80, 130), (215, 175, 150), (120, 190, 225)))
    haze = colours.mix(top, (235, 228, 220), rng.uniform(0.3, 0.9))
    image = _blend(top, haze, np.linspace(0, rng.uniform(0.5, 1.2), size[0], dtype=np.float32)[:, None])
    cover = field(rng, size, (5, 4)) + 0.5 * field(rng, size, (11, 9)) - rng.uniform(-0.4, 1.4)
    cover = np.clip(cover, 0, 1)[..., None] * rng.uniform(0.2, 0.9)
    return image * (1 - cover) + cover * rng.uniform(0.7, 1.0)


def _below(rng: np.random.Generator, size: tuple[int, int], above: np.ndarray, ground: np.ndarray) -> np.ndarray:
    height, width = size
    ridge = rng.uniform(0.15, 0.75) * height + field(rng, (1, width), (1, 6))[0] * rng.uniform(0, 0.06) * height
    return np.where((np.arange(height)[:, None] > ridge)[..., None], ground, above)


def land(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Grass, sand, asphalt or snow under a sky or in front of a dark wood."""
    soil = colours.pick(rng, ((96, 122, 58), (176, 152, 104), (110, 108, 108), (214, 216, 222), (120, 92, 62)))
    grain = field(rng, size, (9, 7)) * 0.5 + field(rng, size, (size[0] // 2, size[1] // 2)) * 0.35
    ground = _blend(soil, colours.shade(soil, 0.5), 0.4 + 0.4 * grain)
    above = sky(rng, size) if rng.random() < 0.55 else foliage(rng, size)
    return _below(rng, size, above, ground)


def water(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Water with waves under a sky."""
    deep = colours.pick(rng, ((50, 90, 120), (90, 125, 135), (40, 60, 80), (110, 130, 120)))
    waves = field(rng, size, (size[0] // 3, 5)) * 0.5 + field(rng, size, (6, 3)) * 0.4
    return _below(rng, size, sky(rng, size), _blend(deep, (215, 225, 228), 0.25 + 0.25 * waves))


def foliage(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Leaves, dark to light, of several sizes."""
    leaf = colours.pick(rng, ((70, 100, 45), (50, 70, 40), (130, 110, 50), (90, 115, 90), (120, 80, 50)))
    fine = (max(3, size[0] // 5), max(3, size[1] // 5))
    return _blend(
        colours.shade(leaf, 0.35),
        colours.shade(leaf, 1.5),
        0.45 + 0.3 * (field(rng, size, fine) + field(rng, size, (6, 6))),
    )


def room(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """A wall above a floor or a table, perhaps with boards or wallpaper."""
    wall, floor = colours.paint(rng), colours.pick(rng, (*colours.WOODS, (150, 140, 130), (90, 90, 100)))
    wall = colours.mix(wall, (200, 195, 185), rng.uniform(0.2, 0.8))
    above = _blend(wall, colours.shade(wall, 0.6), 0.3 + 0.25 * field(rng, size, (3, 3)))
    across = np.arange(size[1]) * rng.uniform(0.15, 0.9)
    above = above * (1 - rng.uniform(0, 0.15) * (np.sin(across) > 0.3)[None, :, None])
    boards = 0.3 * (np.sin(np.arange(size[0]) * rng.uniform(0.2, 0.9)) > 0.5)[:, None]
    ground = _blend(floor, colours.shade(floor, 0.5), 0.2 + boards + 0.2 * field(rng, size, (size[0] // 4, 4)))
    return _below(rng, size, above, ground)


def fabric(rng: np.random.Generator, size: tuple[int, int]) -> np.ndarray:
    """Two colours in clouds, stripes or checks, at any angle."""
    first = colours.paint(rng)
    second = colours.mix(first, colours.paint(rng), rng.uniform(0.2, 0.9))
    y, x = np.mgrid[: size[0], : size[1]].astype(np.float32)
    angle, pitch = rng.uniform(0, np.pi), rng.uniform(0.2, 1.1)
    wave = np.sin((x * np.cos(angle) + y * np.sin(angle)) * pitch) * rng.uniform(0, 0.6)
    wave = wave + np.sin((y * np.cos(angle) - x * np.sin(angle)) * pitch) * rng.choice([0.0, 0.4])
    return _blend(first, second, 0.5 + wave + 0.4 * field(rng, size, (5, 5)))


SETTINGS = {"sky": sky, "land": land, "water": water, "foliage": foliage, "room": room, "fabric": fabric}


def clutter(rng: np.random.Generator, size: tuple[int, int], number: int, reach: tuple[float, float]) -> Sketch:
    """Return `number` arbitrary things in pixels; `reach` bounds their size as a share of the image."""
    sketch = Sketch()
    for _ in range(number):
        radius = rng.uniform(*reach) * max(size) * np.array([1, rng.uniform(0.25, 1.0)])
        x, y = rng.random(2) * size[::-1]
        kind, angle, colour = (
            rng.integers(5),
            rng.uniform(0, np.pi),
            colours.pick(rng, (colours.paint(rng), *colours.FURS)),
        )
        outline = canvas.oval(x, y, *radius, angle)
        if kind == 0:
            sketch.add([outline], colour)
        elif kind == 1:
            sketch.polygon(outline[:: rng.integers(4, 8)], colour)
        elif kind == 2:
            sketch.blob((outline[::3] - (x, y)) * rng.uniform(0.5, 1.2, (8, 1)) + (x, y), colour)
        elif kind == 3:
            sketch.limb(rng.normal((x, y), radius, (4, 2)), radius[1] * rng.uniform(0.1, 0.4), colour)
        else:
            sketch.add([outline], colour)
            sketch.add([canvas.oval(x, y, *(0.5 * radius), angle)], colours.paint(rng))
    return sketch


def backdrop(rng: np.random.Generator, size: tuple[int, int], setting: str, crowd: int) -> np.ndarray:
    """Return a background (H, W, 3) float32: one of SETTINGS with up to `crowd` things, somewhat out of focus."""
    base = (np.clip(SETTINGS[setting](rng, size), 0, 1) * 255).astype(np.uint8)
    image = Image.fromarray(base)
    canvas.draw_shapes(image, clutter(rng, size, rng.integers(1, crowd + 1), (0.04, 0.22)))
    blurred = image.filter(ImageFilter.GaussianBlur(rng.uniform(0.0, 0.016) * max(size)))
    return np.asarray(blurred, np.float32) / 255


def lit(rng: np.random.Generator, layer: Layer, roughness: float) -> Layer:
    """Return the layer as a rounded, textured body under a light from one side."""
    size = layer.alpha.shape
    soft = Image.fromarray((layer.alpha * 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(max(size) * 0.05))
    slope_y, slope_x = np.gradient(np.asarray(soft, np.float32) / 255)
    direction = rng.uniform(0, 2 * np.pi)
    light = (slope_x * np.cos(direction) + slope_y * np.sin(direction)) * 0.1 * max(size) * rng.uniform(0.2, 0.7)
    grain = field(rng, size, (max(4, size[0] // 3), max(4, size[1] // 3))) + field(rng, size, (7, 7))
    gain = np.clip(1 + light + roughness * grain, 0.3, 1.7)[..., None]
    return Layer(np.minimum(layer.colour * gain, layer.alpha[..., None]), layer.alpha)


def shadow(rng: np.random.Generator, background: np.ndarray, layer: Layer) -> np.ndarray:
    """Return the background darkened beside and below the object."""
    size = layer.alpha.shape
    image = Image.fromarray((layer.alpha * 255).astype(np.uint8)).filter(ImageFilter.BoxBlur(max(size) * 0.03))
    shift = (int(rng.uniform(0.0, 0.06) * size[0]), int(rng.uniform(-0.05, 0.05) * size[1]))
    soft = np.roll(np.asarray(image, np.float32) / 255, shift, (0, 1))
    return background * (1 - rng.uniform(0, 0.45) * soft[..., None])


def developed(rng: np.random.Generator, image: np.ndarray, noise: float) -> np.ndarray:
    """Return uint8 pixels as a camera gives them: uneven light, colour cast, exposure, blur, noise."""
    height, width = image.shape[:2]
    slope = rng.uniform(-0.3, 0.3, 2)
    light = 1 + slope[0] * np.linspace(-1, 1, height)[:, None] + slope[1] * np.linspace(-1, 1, width)
    image = image * light[..., None].astype(np.float32) * rng.uniform(0.85, 1.15, 3).astype(np.float32)
    image = np.clip(image, 0, 1) ** np.float32(np.exp(rng.uniform(-0.35, 0.35)))
    pixels = Image.fromarray((image * 255).astype(np.uint8))
    if rng.random() < 0.4:
        pixels = pixels.filter(ImageFilter.GaussianBlur(rng.uniform(0.002, 0.009) * max(height, width)))
    grain = rng.standard_normal(image.shape, np.float32) * rng.uniform(0.2, 1.0) * noise
    return np.clip(np.asarray(pixels, np.float32) + grain, 0, 255).astype(np.uint8)


def composed(background: np.ndarray, body: Layer, front: Layer | None) -> Picture:
    """Lay the object and what stands in front of it over the background; image as float32 in [0, 1]."""
    image, visible = body.over(background), body.alpha
    if front is not None:
        image, visible = front.over(image), visible * (1 - front.alpha)
    return Picture(image, visible > 0.5)
