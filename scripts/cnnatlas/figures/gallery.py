"""Galleries of the most confident images of a network (D1.2, D1.3)."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style

CLASSES = 10
ROW = 1.2  # inches of height at most
NAMES = 1.1  # inches for the class names
TITLE = 0.17  # inches above each image
GAP = 0.04
FITTING = 18  # characters of 6.5 points that fit above an image; longer titles are set smaller


def draw(rows: Sequence[Mapping[str, str]], images: np.ndarray, classes: Sequence[str], k: int = 5) -> Figure:
    """One row of up to `k` images for each true class, from rows of extremes.csv of one kind.

    `images` (N, H, W, 3) uint8. Above each image is the softmax score of the prediction, and the prediction where
    it is wrong. Of more than CLASSES classes, those whose first image has the highest score are shown, and the figure
    says so.
    """
    by_class = {name: [row for row in rows if row["class"] == name][:k] for name in classes}
    shown = selection(by_class)
    note = 0.25 if len(shown) < len(classes) else 0.0
    height = min(ROW, 8.2 / len(shown))
    axes = style.canvas(note + height * len(shown))
    if note:
        text = f"the {len(shown)} of {len(classes)} classes with the most confident first image"
        axes.text(style.WIDTH / 2, note / 2, text, ha="center", va="center")
    for i, name in enumerate(shown):
        top = note + i * height
        axes.text(NAMES - 0.1, top + (height + TITLE) / 2, style.readable(name), ha="right", va="center")
        for column, row in enumerate(by_class[name]):
            centre = NAMES + (column + 0.5) * (style.WIDTH - NAMES) / k
            _image(axes, images[int(row["index"])], row, centre, top, height - TITLE - GAP)
        if not by_class[name]:
            axes.text(NAMES, top + (height + TITLE) / 2, "none", ha="left", va="center", color=style.GREY)
    return axes.figure


def selection(by_class: Mapping[str, Sequence[Mapping[str, str]]]) -> list[str]:
    """All classes, or of more than CLASSES those whose first image has the highest score; in the data set's order."""
    if len(by_class) <= CLASSES:
        return list(by_class)
    filled = [name for name, rows in by_class.items() if rows]
    best = sorted(filled, key=lambda name: -float(by_class[name][0]["score"]))[:CLASSES]
    return [name for name in by_class if name in best]


def _image(axes: Axes, image: np.ndarray, row: Mapping[str, str], centre: float, top: float, side: float) -> None:
    upper = top + TITLE
    extent = (centre - side / 2, centre + side / 2, upper + side, upper)
    axes.imshow(image, extent=extent, aspect="auto", interpolation="nearest")
    score = f"{float(row['score']):.3f}"
    wrong = row["prediction"] != row["class"]
    title = f"→ {style.readable(row['prediction'])} {score}" if wrong else score
    axes.text(centre, upper - 0.02, title, ha="center", va="bottom", fontsize=min(6.5, 6.5 * FITTING / len(title)))
