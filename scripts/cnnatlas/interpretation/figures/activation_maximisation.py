"""Pictures that excite single units of a network most, layer by layer (C1f)."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.sentences.activation_maximisation import groups
from cnnatlas.wording import decimal

COLUMNS = 8
TITLE, LINE, GAP = 0.24, 0.115, 0.06  # inches
POINTS = 6.0
ROWS = 7  # of pictures on a page


def draw(arrays: Mapping[str, np.ndarray], record: Mapping) -> Figure:
    """A block for each layer, from the first to the classes: each unit's picture over what it reaches.

    `arrays` are those of activation_maximisation; of `record`, `classes` names the classes. Below each picture stands
    its channel or class, the activation that it reaches and, in brackets, that of the best natural image. Where there
    are too many for a page, the last units of each layer are left out, and the figure says so.
    """
    names = groups(arrays)
    shown = _fitting({name: len(arrays[name]) for name in names})
    side = style.WIDTH / COLUMNS
    heights = [TITLE + -(-count // COLUMNS) * (side + 2 * LINE) for count in shown.values()]
    axes = style.canvas(sum(heights))
    tops = np.cumsum([0, *heights])
    for top, (name, count) in zip(tops, shown.items(), strict=False):
        axes.text(GAP / 2, top + TITLE / 2, _title(arrays, name, count), va="center", fontsize=7)
        for k in range(count):
            row, column = divmod(k, COLUMNS)
            upper = top + TITLE + row * (side + 2 * LINE)
            _cell(axes, arrays[name][k], _labels(arrays, name, k, record["classes"]), column * side, upper, side)
    return axes.figure


def _fitting(counts: Mapping[str, int]) -> dict[str, int]:
    """How many pictures of each layer to show: all, or as many full rows of each as fit a page."""
    for limit in range(ROWS, 0, -1):
        shown = {name: min(count, COLUMNS * limit) for name, count in counts.items()}
        if sum(-(-count // COLUMNS) for count in shown.values()) <= ROWS:
            break
    return shown


def _title(arrays: Mapping[str, np.ndarray], name: str, count: int) -> str:
    kind = "logits of the classes" if name == "classes" else name.removeprefix("network.")
    total = len(arrays[name])
    part = "" if count == total else f", {count} of {total} pictures"
    return f"{kind}{part}: reached (best natural image)"


def _labels(arrays: Mapping[str, np.ndarray], name: str, k: int, classes: list[str]) -> tuple[str, str]:
    unit = int(arrays[f"{name}_units"][k])
    label = style.readable(classes[unit]) if name == "classes" else f"channel {unit}"
    return label, f"{_short(arrays[f'{name}_reached'][k])} ({_short(arrays[f'{name}_natural'][k])})"


def _short(value: float) -> str:
    return decimal(float(value), 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)


def _cell(axes: Axes, image: np.ndarray, labels: tuple[str, str], left: float, top: float, side: float) -> None:
    inner = side - GAP
    extent = (left + GAP / 2, left + GAP / 2 + inner, top + inner, top)
    axes.imshow(image.transpose(1, 2, 0), extent=extent, aspect="auto", interpolation="nearest", vmin=0, vmax=1)
    fitting = side * 72 / (0.62 * POINTS)  # characters of DejaVu Sans that fit
    for line, text in enumerate(labels):
        size = max(5.5, POINTS * min(1.0, fitting / len(text)))
        most = int(fitting * POINTS / size)
        text = text if len(text) <= most else text[: most - 1] + "…"
        below = top + inner + (line + 0.6) * LINE
        axes.text(left + side / 2, below, text, ha="center", va="center", fontsize=size)
