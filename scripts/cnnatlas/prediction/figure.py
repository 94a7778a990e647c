"""A photograph, and in a row for each network what it is shown of it, its answer, and what decided that."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from PIL import Image

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays
from cnnatlas.interpretation.figures.colours import DIVERGING, coloured, full_colour

LEFT = 1.9  # inches of the photograph and the key below it
TALLEST = 2.6  # inches of the photograph
GAP = 0.06
SIZES = (style.LEAST, style.LEAST / style.SHRUNK)  # points of the words up to half a page, and beyond
HEAD, TITLE = 0.19, 0.13  # inches of a network's line, and above each picture
WIDEST = 1.5  # width of the whole photograph, in sides of the squares
LINE = 0.0165  # inches of a line of the key, by the size of its text in points
CHARACTERS = 232  # of such a line, times that size


def draw(arrays: Arrays, record: Mapping, methods: Sequence[Mapping], titles: Mapping[str, str]) -> Figure:
    """One figure as wide as the text.

    `arrays` and `record` are those of scripts/photograph.py. `methods`: {method, title, legend} in the order of the
    columns, the legend being what the low and the high end of the colours mean, and the unit; `titles`: those of the
    networks, by name. Each map has its own scale: its largest value has full colour, of a gradient a high percentile.
    """
    if record["skipped"]:
        return style.note("this file could not be decoded")
    columns = max(_columns(arrays, entry["network"], methods) for entry in record["networks"])
    side = min((style.WIDTH - LEFT - 2 * GAP) / columns - GAP, 1.1)
    row = HEAD + TITLE + side + GAP
    height, width = arrays["photograph"].shape[:2]
    scale = min(LEFT / width, TALLEST / height)
    heights = [max(row * len(record["networks"]), height * scale + _key_height(methods, points)) for points in SIZES]
    axes = style.canvas(heights[heights[0] > style.HALF_PAGE])
    _photograph(axes, arrays["photograph"], scale)
    _key(axes, methods, height * scale)
    for k, entry in enumerate(record["networks"]):
        _network(axes, arrays, entry, methods, titles, k * row, side)
    return axes.figure


def _columns(arrays: Arrays, network: str, methods: Sequence[Mapping]) -> float:
    """The width of a network's row in sides of its squares."""
    shown = [each["method"] for each in methods if f"{network}.{each['method']}" in arrays]
    return 1 + len(shown) + (WIDEST - 1) * ("response" in shown)


def _photograph(axes: Axes, image: np.ndarray, scale: float) -> None:
    """The photograph, and on it the square in its middle."""
    height, width = (side * scale for side in image.shape[:2])
    axes.imshow(image, extent=(0, width, height, 0), aspect="auto")
    short = min(height, width)
    corner = (width - short) / 2, (height - short) / 2
    for colour, dashes in (("black", "-"), ("white", (0, (3, 3)))):
        axes.add_patch(Rectangle(corner, short, short, fill=False, edgecolor=colour, linestyle=dashes, linewidth=0.8))


def _points(axes: Axes) -> float:
    return style.smallest(axes.figure.get_figheight())


def _lines(methods: Sequence[Mapping], points: float) -> list[str]:
    """The key's text: what the colours mean, method by method."""
    texts = ["dashed: the square that networks are shown, unless they are shown all of it, squashed"]
    by_legend: dict[tuple[str, ...], list[str]] = {}
    for each in methods:
        by_legend.setdefault(tuple(each["legend"]), []).append(each["title"])
    texts += [f"{', '.join(titles)}: blue, {low}; red, {high}" for (low, high, _), titles in by_legend.items()]
    texts.append("each map has its own scale")
    return [line for text in texts for line in wrap(text, int(CHARACTERS / points), subsequent_indent="  ")]


def _key_height(methods: Sequence[Mapping], points: float) -> float:
    return 0.3 + LINE * points * len(_lines(methods, points))


def _key(axes: Axes, methods: Sequence[Mapping], top: float) -> None:
    """Below the photograph, which ends at `top`: a bar from blue to red, and what its ends mean."""
    bar = colormaps[DIVERGING](np.linspace(0, 1, 101))[None, :, :3]
    axes.imshow(bar, extent=(0, LEFT * 0.6, top + 0.16, top + 0.09), aspect="auto")
    points = _points(axes)
    for k, line in enumerate(_lines(methods, points)):
        axes.text(0, top + 0.27 + LINE * points * k, line, ha="left", va="center", fontsize=points)


def _network(
    axes: Axes, arrays: Arrays, entry: Mapping, methods: Sequence[Mapping], titles: Mapping[str, str], top: float,
    side: float,
) -> None:  # fmt: skip
    """The row of one network."""
    network, likeliest = entry["network"], entry["likeliest"][0]
    left = LEFT + 2 * GAP
    text, points = f"{titles[network]}: {style.readable(likeliest['class'])}", _points(axes)
    text = style.cut(text, 0.9 * (style.WIDTH - left), points, f" {likeliest['score']:.2f}")  # 0.9: bold is wider
    axes.text(left, top + HEAD / 2, text, ha="left", va="center", fontsize=points, weight="bold")
    seen, whole = (arrays.get(f"{network}.{name}") for name in ("seen", "whole"))
    found = {each["method"]: each["title"] for each in methods if f"{network}.{each['method']}" in arrays}
    upper = top + HEAD + TITLE
    _picture(axes, seen, f"{seen.shape[1]} × {seen.shape[0]} pixels", left, upper, (side, side))
    for method, title in found.items():
        left += side + GAP
        values = arrays[f"{network}.{method}"]
        if method == "response":
            size, picture = f" {whole.shape[1]} × {whole.shape[0]}", _response(whole, values)
            _picture(axes, picture, title, left, upper, (WIDEST * side, side), size)
        else:
            limit = full_colour(values.sum(0, keepdims=True), pixelwise=len(values) > 1)
            display = "map" if len(values) > 1 else "overlay"
            _picture(axes, coloured(seen, values, display, limit), title, left, upper, (side, side))


def _response(whole: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The evidence (h, w) at each position over the whole photograph (H, W, 3), in grey."""
    size = whole.shape[1], whole.shape[0]
    smooth = np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))[None]
    return coloured(whole, smooth, "overlay", full_colour(values, pixelwise=False))


def _picture(
    axes: Axes, image: np.ndarray, title: str, left: float, top: float, room: tuple[float, float], end: str = ""
) -> None:
    """A picture in its proportions, in the upper left corner of its room, and a title above, whose `end` is not cut."""
    scale = min(room[0] / image.shape[1], room[1] / image.shape[0])
    width, height = image.shape[1] * scale, image.shape[0] * scale
    short = style.cut(title, room[0] + GAP / 2, _points(axes), end)
    axes.text(left, top - TITLE / 2, short, ha="left", va="center", fontsize=_points(axes))
    axes.imshow(image, extent=(left, left + width, top + height, top), aspect="auto", interpolation="nearest")
