"""Images next to their changed copies of 8 bits, which a network classifies as another class, and the change (B3.2)."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays
from cnnatlas.interpretation.figures import cell
from cnnatlas.wording import counted

SHOWN = 4  # at a size whose words print does not shrink
FACTORS = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
TITLE = 0.2  # inches
BETWEEN = 0.18  # inches between the two halves of the figure
HEADINGS = ("original", "fooling image", "difference")


def draw(arrays: Arrays, record: Mapping, figure: str) -> Figure:
    """The one figure: originals, fooling images and their differences, up to SHOWN of them, two to a row.

    Below an original are the prediction with its score, and its true class where that is another; below the fooling
    image the target with its score, and the steps; below the difference its norms. Differences are drawn around grey,
    magnified by one factor for all. `arrays` are those of fooling, with the originals as "images" uint8 (N, H, W, 3);
    `record` has `images`, whose entry i gives `class`, `prediction`, `score` and `target` of image i. Images that were
    classified as their target from the start are left out; those that were not fooled come last, and the figure says
    so.
    """
    chosen = _chosen(arrays)
    if not len(chosen):
        return style.note("no image had to be changed")
    changes = _changes(arrays, chosen)
    factor = _factor(changes)
    columns = min(2, len(chosen))
    width = (style.WIDTH - BETWEEN) / 2
    side = width / 3
    height = side + 2 * cell.LINE
    axes = style.canvas(TITLE + height * -(-len(chosen) // columns))
    for column in range(columns):
        _headings(axes, column * (width + BETWEEN), side, factor)
    for k, i in enumerate(chosen):
        left, top = k % 2 * (width + BETWEEN), TITLE + k // 2 * height
        shown = arrays["images"][i], _pixels(arrays["fooling"][i]), _pixels(0.5 + factor * changes[k])
        for column, (image, lines) in enumerate(zip(shown, _texts(arrays, record["images"][i], i), strict=True)):
            cell.draw(axes, image, lines, left + column * side, top, side)
    return axes.figure


def _chosen(arrays: Arrays) -> np.ndarray:
    """Indices of the images to show: those that were fooled, then those that were not, each in their order."""
    tried = np.flatnonzero(arrays["steps"] > 0)
    return tried[np.argsort(~arrays["success"][tried], kind="stable")][:SHOWN]


def _changes(arrays: Arrays, chosen: np.ndarray) -> np.ndarray:
    return arrays["fooling"][chosen] - arrays["images"][chosen].transpose(0, 3, 1, 2) / np.float32(255)


def _factor(changes: np.ndarray) -> int:
    """The largest factor that keeps nearly all of a typical image's changes within black and white."""
    largest = np.median(np.quantile(np.abs(changes), 0.99, axis=(1, 2, 3)))
    return max(factor for factor in FACTORS if factor == 1 or factor * largest <= 0.5)


def _pixels(image: np.ndarray) -> np.ndarray:
    return np.rint(255 * image.clip(0, 1)).astype(np.uint8).transpose(1, 2, 0)


def _texts(arrays: Arrays, entry: Mapping, i: int) -> list[tuple[tuple[str, str], ...]]:
    """Two lines for each of the three pictures of image `i`, each a text and its end."""
    wrong = entry["prediction"] != entry["class"]
    target = f"{'' if arrays['success'][i] else 'not '}{style.readable(entry['target'])}"
    return [
        (
            (style.readable(entry["prediction"]), f" {entry['score']:.3f}"),
            (f"true: {style.readable(entry['class'])}" if wrong else "", ""),
        ),
        ((target, f" {arrays['score'][i]:.3f}"), ("", counted(int(arrays["steps"][i]), "step"))),
        (("", f"L2 {arrays['l2'][i]:.2f}"), ("", f"L∞ {255 * arrays['linf'][i]:.0f}/255")),
    ]


def _headings(axes: Axes, left: float, side: float, factor: int) -> None:
    for column, heading in enumerate(HEADINGS):
        text = f"{heading} × {factor}" if column == 2 else heading
        axes.text(left + (column + 0.5) * side, TITLE / 2, text, ha="center", va="center", fontsize=7)
