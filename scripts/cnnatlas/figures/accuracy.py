"""Accuracies of a study's variants with their intervals."""

from collections.abc import Mapping, Sequence
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cnnatlas.evaluation import markers
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style
from cnnatlas.tables import number

OFFSETS = {"train": -0.22, "validation": 0.0, "test": 0.22}
MARKERS = {"train": ("o", "white"), "validation": ("o", None), "test": ("s", None)}  # their face, None: the variant's


def draw(rows: Sequence[Mapping[str, str]]) -> Figure:
    """A dot per variant and split with its 95 % interval, from the rows of comparison.csv, in their order.

    Each variant has the colour that it has in the study's other figures, each split its shape. Markers of a variant's
    flags follow its title. The axis is limited to the data.
    """
    splits = [split for split in OFFSETS if any(row[f"{split}_accuracy"] for row in rows)]
    titles = [fill(markers.marked(row["title"], row["flags"]), 34) for row in rows]
    drawn = style.figure(0.75 + 0.36 * len(rows))
    axes = drawn.subplots()
    for i, row in enumerate(rows):
        for split in splits:
            if row[f"{split}_accuracy"]:
                _dot(axes, row, split, i)
    axes.set_yticks(range(len(rows)), titles)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.grid(axis="y", visible=False)
    kinds = {"Wilson": "Wilson, over images", "t": "Student’s t, over seeds"}
    used = "; ".join(kinds[kind] for kind in dict.fromkeys(row["interval"] for row in rows))
    axes.set_xlabel(f"accuracy / %, 95 % interval ({used})")
    drawn.legend(handles=[_key(split) for split in splits], loc="outside upper center", ncols=len(splits))
    return drawn


def _dot(axes: Axes, row: Mapping[str, str], split: str, i: int) -> None:
    (marker, face), colour = MARKERS[split], style.line(i)[0]
    mean, low, high = (100 * number(row[f"{split}_{key}"]) for key in ("accuracy", "low", "high"))
    axes.errorbar(mean, i + OFFSETS[split], xerr=[[mean - low], [high - mean]], fmt=marker, markersize=4,
                  color=colour, markerfacecolor=face or colour, elinewidth=1)  # fmt: skip


def _key(split: str) -> Line2D:
    marker, face = MARKERS[split]
    return Line2D([], [], color=style.GREY, marker=marker, markersize=4, markerfacecolor=face or style.GREY,
                  linestyle="none", label=NAMES[split])  # fmt: skip
