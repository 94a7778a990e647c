"""Galleries of the most confident images of a network (D1.2, D1.3)."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.evaluation.confusion import normalise
from cnnatlas.figures import style
from cnnatlas.wording import counted

CLASSES = 10  # of more, so many of the most and of the least accurate ones
ROW = 1.2  # inches of height at most
EMPTY = 0.25  # inches for a class without an image
NAMES = 1.1  # inches for the class names
HALF = 3  # images in half a row
TITLE = 0.17  # inches above each image
GAP = 0.04
HEAD = 0.3  # inches above the two halves

Row = Mapping[str, str]


def draw(rows: Sequence[Row], images: np.ndarray, classes: Sequence[str], matrix: np.ndarray, k: int = 5) -> Figure:
    """One row of up to `k` images for each true class, from rows of extremes.csv of one kind.

    `images` (N, H, W, 3) uint8, `matrix` (C, C) the confusion counts of the same split. Above each image is the softmax
    score of the prediction, and the prediction where it is wrong. Of more than 2 CLASSES classes, the CLASSES most and
    the CLASSES least accurate ones are drawn, of those with images enough (`filling`): rows of HALF images side by
    side, or single images in two grids.
    """
    by_class = {name: [row for row in rows if row["class"] == name][:k] for name in classes}
    if len(classes) > 2 * CLASSES:
        return _halves(by_class, images, dict(zip(classes, np.diag(normalise(matrix)), strict=True)))
    height = min(ROW, style.HEIGHT / len(classes))
    heights = [height if by_class[name] else min(EMPTY, height) for name in classes]
    axes = style.canvas(min(style.HEIGHT, sum(heights)))  # their sum is rounded
    for name, top, own in zip(classes, np.cumsum([0.0, *heights[:-1]]), heights, strict=True):
        _row(axes, name, by_class[name], images, (0, top), (NAMES, (style.WIDTH - NAMES) / k, own))
    return axes.figure


def _halves(by_class: Mapping[str, Sequence[Row]], images: np.ndarray, accuracies: Mapping[str, float]) -> Figure:
    """The most and the least accurate of the classes with images enough, with their accuracies."""
    filled, each = filling({name: len(rows) for name, rows in by_class.items()})
    if not filled:
        return style.note("there is no such image")
    order = sorted(filled, key=lambda name: -accuracies[name])  # stable: equal ones in the data set's order
    shown = {"most": order[:CLASSES], "least": order[len(order[:CLASSES]) :][-CLASSES:]}
    enough = "such an image" if each == 1 else f"{each} such images"
    among = f"of {counted(len(filled), 'class', 'classes')} with {enough}"
    titles = [f"{len(names)} {word} accurate {among}" for word, names in shown.items() if names]
    halves = {title: {name: by_class[name][:each] for name in names}
              for title, names in zip(titles, shown.values(), strict=False)}  # fmt: skip
    return (_grids if each == 1 else _columns)(halves, images, accuracies)


def _columns(
    halves: Mapping[str, Mapping[str, Sequence[Row]]], images: np.ndarray, accuracies: Mapping[str, float]
) -> Figure:
    """Both halves side by side, each class a row."""
    width, names, height = style.WIDTH / 2, 0.85, 0.8
    axes = style.canvas(HEAD + height * CLASSES)
    for left, (title, shown) in zip((0, width), halves.items(), strict=True):
        axes.text(left + width / 2, HEAD / 2, title, ha="center", va="center", fontsize=7.5)
        for i, (name, rows) in enumerate(shown.items()):
            cell = (names, (width - names - 0.05) / HALF, height)
            _row(axes, name, rows, images, (left, HEAD + i * height), cell, f"{100 * accuracies[name]:.0f} %")
    return axes.figure


def _grids(
    halves: Mapping[str, Mapping[str, Sequence[Row]]], images: np.ndarray, accuracies: Mapping[str, float]
) -> Figure:
    """One half above the other, each class one image of a grid, with its name above."""
    across = CLASSES // 2
    width, height = style.WIDTH / across, 1.3
    half = HEAD + 2 * height
    axes = style.canvas(half * len(halves))
    for upper, (title, shown) in zip((0, half), halves.items(), strict=False):
        axes.text(style.WIDTH / 2, upper + HEAD / 2, title, ha="center", va="center", fontsize=7.5)
        for i, (name, (row,)) in enumerate(shown.items()):
            centre, top = (i % across + 0.5) * width, upper + HEAD + i // across * height
            named = style.cut(style.readable(name), width - GAP, _points(axes), f", {100 * accuracies[name]:.0f} %")
            axes.text(centre, top + 0.08, named, ha="center", va="center", fontsize=_points(axes))
            _image(axes, images[int(row["index"])], row, centre, top + 0.13, (width, height - 0.13 - TITLE - GAP))
    return axes.figure


def filling(counts: Mapping[str, int]) -> tuple[list[str], int]:
    """The classes whose images fill a row, and how many that is: HALF, or 1 where too few classes have so many.

    Where fewer than 2 CLASSES classes have any image, those that do.
    """
    for each in (HALF, 1):
        found = [name for name, count in counts.items() if count >= each]
        if len(found) >= 2 * CLASSES:
            break
    return found, each


def _row(
    axes: Axes, name: str, rows: Sequence[Row], images: np.ndarray, corner: tuple[float, float],
    cell: tuple[float, float, float], below: str = "",
) -> None:  # fmt: skip
    """A class's name, with a line `below` it, and its images, from the upper left `corner`.

    `cell` gives the widths of the name and of an image, and the height.
    """
    (left, top), (names, width, height) = corner, cell
    middle = top + (height + (TITLE if rows else 0)) / 2
    words = wrap(style.readable(name), int(72 * (names - 0.1) / (0.6 * _points(axes))))
    lines = [*(style.cut(word, names - 0.1, _points(axes)) for word in words), *([below] if below else [])]
    axes.text(left + names - 0.1, middle, "\n".join(lines), ha="right", va="center", fontsize=_points(axes))
    for column, row in enumerate(rows):
        centre = left + names + (column + 0.5) * width
        _image(axes, images[int(row["index"])], row, centre, top, (width, height - TITLE - GAP))
    if not rows:
        axes.text(left + names, middle, "none", ha="left", va="center", color=style.GREY)


def _image(axes: Axes, image: np.ndarray, row: Row, centre: float, top: float, room: tuple[float, float]) -> None:
    upper, side = top + TITLE, min(room[0] - GAP, room[1])
    extent = (centre - side / 2, centre + side / 2, upper + side, upper)
    axes.imshow(image, extent=extent, aspect="auto", interpolation="nearest")
    score, wrong = f"{float(row['score']):.3f}", row["prediction"] != row["class"]
    mistake = f"→ {style.readable(row['prediction'])}"
    title = style.cut(mistake, room[0] - GAP / 2, _points(axes), f" {score}") if wrong else score
    axes.text(centre, upper - 0.02, title, ha="center", va="bottom", fontsize=_points(axes))


def _points(axes: Axes) -> float:
    return style.smallest(axes.figure.get_figheight())
