"""Grids of captioned images: random samples of the classes, pairs of duplicates, suspected label errors."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style

SAMPLES = 8  # images of each class
FEW = 10  # classes that get a row each; more share a grid, with one image each
PAIRS = 12
SUSPECTED = 15
GAP = 0.06
LINE = 0.125  # inches for a line of text
ACROSS = (10, 9, 8)  # images in a row of many classes: what leaves the fewest places empty


def samples(images: np.ndarray, labels: np.ndarray, classes: Sequence[str]) -> Figure:
    """Random images (N, H, W, 3) of each class, always the same: a row of SAMPLES, or one each for many classes."""
    rng = np.random.default_rng(0)
    each = SAMPLES if len(classes) <= FEW else 1
    chosen = [_drawn(np.flatnonzero(labels == k), each, rng) for k in range(len(classes))]
    if len(classes) > FEW:
        cells = [([images[index[0]]], [style.readable(name)]) for index, name in zip(chosen, classes, strict=True)]
        return _grid(cells, min(ACROSS, key=lambda columns: -len(cells) % columns))
    margin, side = 0.75, (style.WIDTH - 0.75) / SAMPLES
    axes = style.canvas(side * len(classes))
    points = style.smallest(side * len(classes))
    for row, (name, index) in enumerate(zip(classes, chosen, strict=True)):
        text = style.cut(style.readable(name), margin - 0.1, points)
        axes.text(margin - 0.06, (row + 0.5) * side, text, ha="right", va="center", fontsize=points)
        for column, image in enumerate(images[index]):
            _picture(axes, image, margin + column * side, row * side, side - GAP)
    return axes.figure


def duplicates(rows: Sequence[Mapping[str, str]], images: np.ndarray) -> Figure:
    """PAIRS pairs of rows of pairs.csv side by side, evenly chosen from the most to the least similar."""
    if not rows:
        return style.note("no duplicates were found")
    spread = np.unique(np.linspace(0, len(rows) - 1, min(PAIRS, len(rows))).round().astype(int))
    cells = [_pair(rows[k], images) for k in spread]
    return _grid(cells, columns=3)


def _pair(row: Mapping[str, str], images: np.ndarray) -> tuple[list[np.ndarray], list[str]]:
    names = [f"{row[f'{p}_split']}: {row[f'{p}_id']}, {style.readable(row[f'{p}_class'])}" for p in ("first", "second")]
    similarity = "equal pixels" if row["exact"] == "1" else f"similarity {float(row['detail']):.2f}"
    return [images[int(row["first"])], images[int(row["second"])]], [*names, similarity]


def label_errors(rows: Sequence[Mapping[str, str]], images: np.ndarray) -> Figure:
    """The first SUSPECTED rows of label_errors.csv: given label, suggested class, margin."""
    if not rows:
        return style.note("no label error is suspected")
    cells = [
        ([images[int(row["index"])]], [
            row["id"],
            f"{style.readable(row['class'])} → {style.readable(row['suggested'])}",
            f"{row['split']}, {float(row['margin']):.2f}".replace("-", "\N{MINUS SIGN}"),
        ])
        for row in rows[:SUSPECTED]
    ]  # fmt: skip
    return _grid(cells, columns=5)


def _drawn(members: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    return rng.choice(members, min(count, len(members)), replace=False)


def _grid(cells: Sequence[tuple[list[np.ndarray], list[str]]], columns: int) -> Figure:
    """Cells of images side by side, each cell with lines of text below it."""
    pictures, lines = len(cells[0][0]), len(cells[0][1])
    width, rows = style.WIDTH / columns, -(-len(cells) // columns)
    side = min((width - GAP) / pictures, 1.0, style.HEIGHT / rows - lines * LINE - GAP)
    height = side + lines * LINE + GAP
    axes = style.canvas(min(style.HEIGHT, height * rows))  # their product is rounded
    points = style.smallest(height * rows)
    for k, (shown, texts) in enumerate(cells):
        left, top = k % columns * width, k // columns * height
        for place, image in enumerate(shown):
            _picture(axes, image, left + (width - pictures * side) / 2 + place * side, top, side - 0.02)
        for line, text in enumerate(texts):
            below = top + side + (line + 0.5) * LINE
            short = style.cut(text, width - GAP / 2, points)
            axes.text(left + width / 2, below, short, ha="center", va="center", fontsize=points)
    return axes.figure


def _picture(axes: Axes, image: np.ndarray, left: float, top: float, side: float) -> None:
    axes.imshow(image, extent=(left, left + side, top + side, top), aspect="auto", interpolation="nearest")
