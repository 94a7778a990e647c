"""Drawing primitives: a sketch is a list of filled outlines, rendered with anti-aliasing to colour and coverage.

Sketches use their own coordinates (x to the right, y downwards, any unit); `fit` brings them to pixels. So an object is
described once, and pose, size and position are applied to its points before anything is drawn.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from PIL import Image, ImageDraw

SUPERSAMPLING = 2
EDGE = 0.72  # of a shape's colour
Colour = tuple[int, int, int]
Points = Iterable[Sequence[float]] | np.ndarray

_STEPS = 5
_T = (np.arange(_STEPS) / _STEPS)[:, None]
# Rows: the weights of four successive knots along one segment of a Catmull-Rom spline.
_SPLINE = 0.5 * np.hstack(
    [-_T + 2 * _T**2 - _T**3, 2 - 5 * _T**2 + 3 * _T**3, _T + 4 * _T**2 - 3 * _T**3, -(_T**2) + _T**3]
)
_ANGLES = np.linspace(0, 2 * np.pi, 22, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)


def spline(points: Points, closed: bool = True) -> np.ndarray:
    """Return a smooth curve through the (n, 2) points, five steps per segment."""
    knots = np.asarray(points, float)
    if closed:
        around = np.concatenate([knots[-1:], knots, knots[:2]])
    else:
        around = np.concatenate([knots[:1], knots, knots[-1:]])
    segments = np.stack([around[k : len(around) - 3 + k] for k in range(4)], axis=1)
    curve = (_SPLINE @ segments).reshape(-1, 2)
    return curve if closed else np.concatenate([curve, knots[-1:]])


def rotation(angle: float) -> np.ndarray:
    """Return the 2 x 2 matrix that turns row vectors by `angle` in radians."""
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin], [-sin, cos]])


def rectangle(x0: float, y0: float, x1: float, y1: float) -> np.ndarray:
    """Return the outline of an upright rectangle."""
    return np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1)], float)


def oval(x: float, y: float, rx: float, ry: float, angle: float = 0.0) -> np.ndarray:
    """Return the outline of an ellipse, turned by `angle` in radians."""
    return (_CIRCLE * (rx, ry)) @ rotation(angle) + (x, y)


def ring(x: float, y: float, rx: float, ry: float, hole: float) -> np.ndarray:
    """Return the outline of an ellipse with a hole, `hole` times as large: out along the rim, back along the hole."""
    rim = oval(0, 0, rx, ry)
    closed = np.concatenate([rim, rim[:1]])
    return np.add(np.concatenate([closed, closed[::-1] * hole]), (x, y))


def ribbon(points: Points, widths: float | Sequence[float], smooth: bool = True) -> np.ndarray:
    """Return the outline of a band along the points; `widths` are full widths, spread evenly along it."""
    line = spline(points, closed=False) if smooth else np.asarray(points, float)
    along = np.gradient(line, axis=0)
    normal = np.stack([-along[:, 1], along[:, 0]], axis=1) / (np.hypot(along[:, 0], along[:, 1])[:, None] + 1e-9)
    ends = np.atleast_1d(np.asarray(widths, float))
    half = np.interp(np.linspace(0, 1, len(line)), np.linspace(0, 1, len(ends)), ends)[:, None] / 2
    return np.concatenate([line + normal * half, (line - normal * half)[::-1]])


@dataclass(frozen=True)
class Shape:
    """Outlines (each (n, 2)) filled with one colour, cut to the outlines `within` where that is given."""

    outlines: tuple[np.ndarray, ...]
    colour: Colour
    within: tuple[np.ndarray, ...] = ()


class Sketch:
    """A list of shapes, drawn in the order in which they were added. Every method returns the shape it added."""

    def __init__(self):
        self.shapes: list[Shape] = []

    def add(self, outlines: Iterable[np.ndarray], colour: Colour, within: Shape | None = None) -> Shape:
        """Add several outlines of one colour, optionally cut to another shape."""
        shape = Shape(tuple(outlines), colour, within.outlines if within else ())
        self.shapes.append(shape)
        return shape

    def polygon(self, points: Points, colour: Colour, within: Shape | None = None) -> Shape:
        """Add straight edges through the points."""
        return self.add([np.asarray(points, float)], colour, within)

    def blob(self, points: Points, colour: Colour, within: Shape | None = None) -> Shape:
        """Add a smooth closed curve through the points."""
        return self.add([spline(points)], colour, within)

    def ellipse(self, x, y, rx, ry, colour: Colour, angle: float = 0.0, within: Shape | None = None) -> Shape:
        """Add an ellipse."""
        return self.add([oval(x, y, rx, ry, angle)], colour, within)

    def box(self, x0, y0, x1, y1, colour: Colour, within: Shape | None = None) -> Shape:
        """Add an upright rectangle."""
        return self.add([rectangle(x0, y0, x1, y1)], colour, within)

    def limb(self, points: Points, widths, colour: Colour, within: Shape | None = None) -> Shape:
        """Add a smooth band of varying width."""
        return self.add([ribbon(points, widths)], colour, within)

    def bar(self, points: Points, width: float, colour: Colour, within: Shape | None = None) -> Shape:
        """Add a straight-edged band."""
        return self.add([ribbon(points, width, smooth=False)], colour, within)

    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the least and the greatest coordinates of what is drawn, each (2,)."""
        points = np.concatenate([o for s in self.shapes if not s.within for o in s.outlines])
        return points.min(0), points.max(0)

    def mapped(self, transform) -> "Sketch":
        """Return a copy whose points went through `transform`, a function from (n, 2) to (n, 2)."""
        copy = Sketch()
        copy.shapes = [
            replace(s, outlines=tuple(map(transform, s.outlines)), within=tuple(map(transform, s.within)))
            for s in self.shapes
        ]
        return copy

    def transform(self, function) -> None:
        """Replace the shapes drawn so far by their copies under `function`, as in `mapped`."""
        self.shapes = self.mapped(function).shapes


@dataclass(frozen=True)
class Layer:
    """A rendered sketch: colour (H, W, 3), already multiplied by the coverage alpha (H, W); both float32 in [0, 1]."""

    colour: np.ndarray
    alpha: np.ndarray

    def over(self, background: np.ndarray) -> np.ndarray:
        """Return the layer laid over a background (H, W, 3)."""
        return self.colour + background * (1 - self.alpha[..., None])


def draw_shapes(image: Image.Image, sketch: Sketch, scale: float = 1.0) -> None:
    """Draw a sketch in pixel coordinates, times `scale`, on an RGB or RGBA image; edges are darker by EDGE."""
    pen = ImageDraw.Draw(image)
    opaque = (255,) if image.mode == "RGBA" else ()
    for shape in sketch.shapes:
        fill = shape.colour + opaque
        if shape.within:
            _draw_clipped(image, shape, fill, scale)
            continue
        line = tuple(int(EDGE * c) for c in shape.colour) + opaque
        for outline in shape.outlines:
            pen.polygon((outline * scale).ravel().tolist(), fill, line)


def _draw_clipped(image: Image.Image, shape: Shape, fill: tuple[int, ...], scale: float) -> None:
    inside = Image.new("1", image.size)
    pen = ImageDraw.Draw(inside)
    for outline in shape.within:
        pen.polygon((outline * scale).ravel().tolist(), 1)
    drawn = Image.new("1", image.size)
    pen = ImageDraw.Draw(drawn)
    for outline in shape.outlines:
        pen.polygon((outline * scale).ravel().tolist(), 1)
    stencil = Image.new("1", image.size)
    stencil.paste(drawn, mask=inside)
    image.paste(fill, mask=stencil)


def render(sketch: Sketch, size: tuple[int, int]) -> Layer:
    """Render a sketch in pixel coordinates on an empty canvas of (height, width)."""
    height, width = size
    image = Image.new("RGBA", (width * SUPERSAMPLING, height * SUPERSAMPLING))
    draw_shapes(image, sketch, SUPERSAMPLING)
    pixels = np.asarray(image.convert("RGBa").reduce(SUPERSAMPLING), np.float32) / 255
    return Layer(pixels[..., :3], pixels[..., 3])


def pose(rng: np.random.Generator, tilt: float, mirror: bool) -> np.ndarray:
    """Return a random 2 x 2 matrix: turned by at most `tilt` radians, sheared, stretched and perhaps mirrored."""
    turn = rotation(rng.uniform(-tilt, tilt))
    stretch = np.exp(rng.uniform(-0.12, 0.12))
    flip = -1.0 if mirror and rng.random() < 0.5 else 1.0
    return np.array([[flip * stretch, 0.0], [rng.uniform(-0.12, 0.12), 1 / stretch]]) @ turn


def wobble(rng: np.random.Generator, strength: float):
    """Return a smooth random displacement of points, for shapes of unit size."""
    waves = rng.uniform(1.5, 4.0, (2, 2)) * rng.choice([-1, 1], (2, 2))
    phase = rng.uniform(0, 2 * np.pi, 2)
    return lambda points: points + strength * np.sin(points @ waves + phase)


def fit(sketch: Sketch, rng: np.random.Generator, size: tuple[int, int], extent: float, matrix: np.ndarray) -> Sketch:
    """Return the sketch in pixels: posed by `matrix`, its box covering `extent` of the image, somewhere inside it."""
    low, high = sketch.bounds()
    bend = wobble(rng, 0.025)
    unit = 2.0 / (high - low).max()
    posed = sketch.mapped(lambda points: bend((points - (low + high) / 2) * unit) @ matrix)
    low, high = posed.bounds()
    room = np.array(size[::-1], float)
    span = high - low
    scale = min(np.sqrt(extent * room.prod() / span.prod()), (1.04 * room / span).min())
    free = room - span * scale
    corner = free * rng.uniform(0.02, 0.98, 2)
    return posed.mapped(lambda points: (points - low) * scale + corner)
