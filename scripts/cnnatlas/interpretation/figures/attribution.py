"""Images beside what a method attributes to their pixels (A4, A5, B3.1, D3)."""

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays
from cnnatlas.interpretation.figures.colours import DIVERGING, coloured, full_colour

PAGE = {"map": 50, "colours": 50, "overlay": 20}  # images on a page at most, by display
FEW, FEWEST = 20, 6  # up to so many stand four or five in a row, and up to so few three: what leaves fewer places empty
LARGEST = 1.0  # inches
TEXT = 0.135  # inches for a line of text
GAP = 0.05
KEY = 0.38  # inches for the key below


def draw(
    arrays: Arrays,
    record: Mapping,
    figure: str,
    *,
    legend: Sequence[str],
    display: str = "map",
    rectified: bool = False,
) -> Figure:
    """Pairs of an image and the attribution of its target, in the order of the record: up to PAGE of `figure`.

    `arrays`: "images" (N, H, W, 3) uint8 and "attribution" (N, C, H, W). `figure`: "right" or "wrong", by prediction,
    or "all". `legend`, `display` and `rectified` are the method's, as declarations.Method has them. Above each pair are
    its true class, the attribution of full colour, behind an arrow the prediction with its softmax score, and the
    target with its score where it is another class than the prediction. Channels are summed, unless `display` keeps
    their colours, grey being zero; maps over the grey image are drawn larger, and so fewer of them: those that come
    first in their class. The figure says how many are left out. Without any image, it says so.
    """
    found = _selected(record["images"], figure)
    chosen = _first_of_each_class(record["images"], found, PAGE[display])
    if not chosen:
        return style.note("there is no such image")
    entries = [record["images"][i] for i in chosen]
    columns = _columns(len(entries))
    width, rows = style.WIDTH / columns, -(-len(entries) // columns)
    lines = 2 + any(entry["target"] != entry["prediction"] for entry in entries)
    side = min((width - 2 * GAP) / 2, LARGEST, (style.HEIGHT - KEY) / rows - lines * TEXT - GAP)
    height = lines * TEXT + side + GAP
    axes = style.canvas(height * rows + KEY)
    for k, (i, entry) in enumerate(zip(chosen, entries, strict=True)):
        image, values = arrays["images"][i], arrays["attribution"][i]
        left, top = k % columns * width + GAP, k // columns * height
        shown = values if display == "colours" else values.sum(0, keepdims=True)
        limit = full_colour(shown, pixelwise=len(values) > 1)
        scale = f"±{limit:.0f}" if limit >= 100 else f"±{limit:.2g}"
        misclassified = entry["prediction"] != entry["class"] and entry["class"] in record["classes"]
        _titles(axes, entry, scale, misclassified, (left, top + lines * TEXT), width - 2 * GAP)
        _picture(axes, image, left, top + lines * TEXT, side - 0.02)
        _picture(axes, coloured(image, values, display, limit), left + side, top + lines * TEXT, side - 0.02)
    part = f"; {len(chosen)} of {len(found)} images" if len(chosen) < len(found) else ""
    _key(axes, legend, display, rectified, part)
    return axes.figure


def _columns(pairs: int) -> int:
    """Pairs in a row: what fills the last row best, and of two that fill it alike what leaves them larger."""
    some = (3, 4, 5) if pairs <= FEWEST else (4, 5) if pairs <= FEW else (5,)
    return min(pairs, min(some, key=lambda columns: -pairs % columns))


def _selected(entries: Sequence[Mapping], figure: str) -> list[int]:
    """The rows with a right or a wrong prediction, or all."""
    right = [entry["prediction"] == entry["class"] for entry in entries]
    return [i for i, correct in enumerate(right) if figure == "all" or correct == (figure == "right")]


def _first_of_each_class(entries: Sequence[Mapping], rows: Sequence[int], most: int) -> list[int]:
    """At most so many of the rows, in their order: the first ones of every true class, then the second ones."""
    places, seen = {}, Counter()
    for i in rows:
        places[i] = seen[entries[i]["class"]]
        seen[entries[i]["class"]] += 1
    return sorted(sorted(rows, key=places.get)[:most])


def _titles(
    axes: Axes, entry: Mapping, scale: str, misclassified: bool, corner: tuple[float, float], width: float
) -> None:
    """Lines of at most `width` inches above a pair of pictures, whose upper left corner is given."""
    points, colour = style.smallest(axes.figure.get_figheight()), style.VERMILION if misclassified else "black"
    texts = [
        (entry["class"], "", width - (len(scale) + 1) * points / 100, "black"),  # a digit takes 0.64 of the size
        (f"→ {entry['prediction']}", f" {entry['score']:.2f}", width, colour),
    ]
    if entry["target"] != entry["prediction"]:
        texts.append((f"map for {entry['target']}", f" {entry['target_score']:.2f}", width, style.BLUE))
    left, top = corner[0], corner[1] - len(texts) * TEXT
    for line, (text, end, room, colour) in enumerate(texts):
        short = style.cut(style.readable(text), room, points, end)
        axes.text(left, top + (line + 0.5) * TEXT, short, ha="left", va="center", fontsize=points, color=colour)
    axes.text(left + width, top + 0.5 * TEXT, scale, ha="right", va="center", fontsize=points, color=style.GREY)


def _key(axes: Axes, legend: Sequence[str], display: str, rectified: bool, part: str) -> None:
    """What the colours mean: a bar from blue to red with both ends' names, or a sentence; what `part` is drawn."""
    middle, bottom = style.WIDTH / 2, axes.get_ylim()[0]
    low, high, unit = legend
    y, points = bottom - KEY + 0.13, style.smallest(bottom)
    if display == "colours":
        meaning = "grey: zero; lighter: positive; darker: negative"
        axes.text(middle, y, meaning, ha="center", va="center", fontsize=points)
    else:
        bar = colormaps[DIVERGING](np.linspace(0.5 if rectified else 0, 1, 101))[None, :, :3]
        axes.imshow(bar, extent=(middle - 0.7, middle + 0.7, y + 0.04, y - 0.04), aspect="auto")
        axes.text(middle - 0.78, y, low, ha="right", va="center", fontsize=points)
        axes.text(middle + 0.78, y, high, ha="left", va="center", fontsize=points)
    scale = f"each map has its own scale, given above it in {unit}{part}"
    axes.text(middle, bottom - 0.1, scale, ha="center", va="center", fontsize=points)


def _picture(axes: Axes, image: np.ndarray, left: float, top: float, side: float) -> None:
    axes.imshow(image, extent=(left, left + side, top + side, top), aspect="auto", interpolation="nearest")
