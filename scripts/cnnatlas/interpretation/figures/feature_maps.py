"""All channels of a layer beside the images that caused them (A3a, C1e, E2)."""

from collections.abc import Mapping
from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays, layer, named
from cnnatlas.interpretation.figures import mosaic

INPUT = 0.95  # inches: the longer side of an image, and its distance from the edge
LINE = 0.115  # inches for a line of text below an image
CAPTION = 3 * LINE + 0.04
FEW = 4  # images that a page shows before its maps get larger
HEAD = 0.26  # inches for the title and the scale
GAP = 0.12
WIDE = style.WIDTH - INPUT - GAP
ACROSS = range(8, 33, 4)  # maps in a row
SHARE = 99.5  # per cent of the values that the colours resolve; a few larger ones would darken all the rest


def draw(arrays: Arrays, record: Mapping, figure: str, *, title: str) -> Figure:
    """Each image (left) and every channel of a layer (right), as many images as fit a page, at least one.

    `arrays` and `record` are those of the method feature_maps; `figure` is "layer1" for the first of its layers, and so
    on; `title` is the network's. All maps of the figure share one scale, so that weak
    and dead channels look as weak as they are; its end is the SHARE percentile of the values.
    """
    name = layer(arrays, figure)
    if name is None:
        return style.note(f"{title} has no {figure}")
    maps = arrays[name]
    across, block, shown = _arranged(maps.shape)
    axes = style.canvas(HEAD + shown * block)
    colours = _scale(maps[:shown])
    _head(axes, colours, _title(maps, name, shown))
    for i in range(shown):
        top = HEAD + i * block
        _input(axes, arrays["images"][i], record["images"][i], top + GAP)
        tiles = colours.to_rgba(maps[i].reshape(len(maps[i]), -1))[..., :3].reshape(*maps[i].shape, 3)
        mosaic.draw(axes, tiles, INPUT + GAP, top, WIDE, across)
    return axes.figure


def _arranged(shape: tuple[int, ...]) -> tuple[int, float, int]:
    """Maps in a row, inches for each image, and images shown: as large as still shows FEW images, or all, on half a
    page or, where they do not fit there, on a page."""
    n, channels, *size = shape
    for height, across in product((style.HALF_PAGE, style.HEIGHT), ACROSS):
        block = max(mosaic.height(channels, size, WIDE, across), INPUT + CAPTION) + GAP
        shown = max(1, min(n, int((height - HEAD) / block)))
        if shown >= min(n, FEW):
            break
    return across, block, shown


def _title(maps: np.ndarray, name: str, shown: int) -> str:
    n, channels, height, width = maps.shape
    some = f" (first {shown} of {n} images)" if shown < n else ""
    return f"{named(name)}: {channels} maps of {height}×{width}{some}"


def _scale(maps: np.ndarray) -> ScalarMappable:
    """From zero where no value is negative, else symmetrical about zero."""
    end = float(np.percentile(np.abs(maps), SHARE)) or float(np.abs(maps).max()) or 1.0
    signed = bool(maps.min() < 0)
    return ScalarMappable(Normalize(-end if signed else 0, end), "RdBu_r" if signed else "viridis")


def _head(axes: Axes, colours: ScalarMappable, title: str) -> None:
    low, high = colours.get_clim()
    bar = colours.to_rgba(np.linspace(low, high, 256))[None, :, :3]
    left, right, y = style.WIDTH - 1.6, style.WIDTH - 0.55, HEAD / 2
    axes.text(0.03, y, style.cut(title, left - 0.6, 8), va="center", fontsize=8)
    axes.imshow(bar, extent=(left, right, y + 0.055, y - 0.055), aspect="auto")
    points, start = style.smallest(axes.figure.get_figheight()), f"≤ −{-low:.3g}" if low < 0 else "0"
    axes.text(left - 0.04, y, start, ha="right", va="center", fontsize=points)
    axes.text(right + 0.04, y, f"≥ {high:.3g}", va="center", fontsize=points)


def _input(axes: Axes, image: np.ndarray, item: Mapping, top: float) -> None:
    side = INPUT - 0.03
    height, width = (side * size / max(image.shape[:2]) for size in image.shape[:2])
    axes.imshow(image, extent=(0.03, 0.03 + width, top + height, top), aspect="auto", interpolation="nearest")
    points = style.smallest(axes.figure.get_figheight())
    for line, text in enumerate(
        [_named(item["id"], side, points), style.readable(item["class"]), f"→ {style.readable(item['prediction'])}"]
    ):
        y, short = top + height + 0.03 + (line + 0.5) * LINE, style.cut(text, side, points)
        axes.text(0.03, y, short, va="center", fontsize=points)


def _named(image: str, inches: float, points: float) -> str:
    """An image's name, cut within its folder, which is a class or a split; a file's own name is cut at its start."""
    folder, slash, file = image.rpartition("/")
    short = style.cut(folder, inches, points, slash + file)
    return style.cut(short[::-1], inches, points)[::-1]
