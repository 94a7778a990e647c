"""Images that maximise the activation of single units, layer by layer (feature visualisation, C1f)."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays, maximised, named
from cnnatlas.interpretation.figures import cell
from cnnatlas.wording import decimal

COLUMNS = 8
TITLE = 0.24  # inches
ROWS = 7  # of images on a page


def draw(arrays: Arrays, record: Mapping, figure: str) -> Figure:
    """The one figure, a block for each layer, from the first to the classes: each unit's image over what it reaches.

    `arrays` are those of activation_maximisation; of `record`, `classes` names the classes. Below each image are
    its channel or class, the activation that it reaches and, in brackets, that of the best natural image. Where there
    are too many for a page, the last units of each layer are left out, and the figure says so.
    """
    names = maximised(arrays)
    shown = _fitting({name: len(arrays[name]) for name in names})
    side = style.WIDTH / COLUMNS
    heights = [TITLE + -(-count // COLUMNS) * (side + 2 * cell.LINE) for count in shown.values()]
    axes = style.canvas(sum(heights))
    tops = np.cumsum([0, *heights])
    for top, (name, count) in zip(tops, shown.items(), strict=False):
        axes.text(cell.GAP / 2, top + TITLE / 2, _title(arrays, name, count), va="center")
        for k in range(count):
            row, column = divmod(k, COLUMNS)
            upper = top + TITLE + row * (side + 2 * cell.LINE)
            cell.draw(
                axes,
                arrays[name][k].transpose(1, 2, 0),
                _labels(arrays, name, k, record["classes"]),
                column * side,
                upper,
                side,
            )
    return axes.figure


def _fitting(counts: Mapping[str, int]) -> dict[str, int]:
    """How many images of each layer to show: all, or as many full rows of each as fit a page."""
    for limit in range(ROWS, 0, -1):
        shown = {name: min(count, COLUMNS * limit) for name, count in counts.items()}
        if sum(-(-count // COLUMNS) for count in shown.values()) <= ROWS:
            break
    return shown


def _title(arrays: Arrays, name: str, count: int) -> str:
    kind = "logits of the classes" if name == "classes" else named(name)
    total = len(arrays[name])
    part = "" if count == total else f", {count} of {total} images"
    return f"{kind}{part}: reached (best validation image)"


def _labels(arrays: Arrays, name: str, k: int, classes: list[str]) -> tuple[tuple[str, str], ...]:
    unit = int(arrays[f"{name}_units"][k])
    label = style.readable(classes[unit]) if name == "classes" else f"channel {unit}"
    values = f"{_short(arrays[f'{name}_reached'][k])} ({_short(arrays[f'{name}_natural'][k])})"
    return (label, ""), ("", values)


def _short(value: float) -> str:
    return decimal(float(value), 2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)
