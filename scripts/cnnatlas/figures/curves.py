"""Learning curves: losses and accuracies per epoch."""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path
from textwrap import fill

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, Locator, LogLocator, MaxNLocator, NullLocator
from matplotlib.transforms import blended_transform_factory

from cnnatlas import tables
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style
from cnnatlas.files import read_json

DIRECT = 4  # lines that are named beside their ends
LABEL = 28  # letters in a line of a label beside a line's end
LEGEND = 50  # letters in a line of a legend
PANEL = 6  # lines of an overlay's panels; more stand in columns of panels
ROW, ENTRY, LINE = 0.95, 0.165, 0.13  # inches of such a panel, of an entry of its legend, and of its further lines
ENTRIES = 80  # letters in a line of all their legends
ROWS = {
    "train_loss": "training\nloss",
    "validation_loss": "validation\nloss",
    "train_accuracy": "training\naccuracy / %",
    "validation_accuracy": "validation\naccuracy / %",
}
RATIO = 3  # of losses, from which on the axis is logarithmic
TICKS, ROW_TICKS = 6, 4  # at most, and in a panel that is ROW high
DENSITIES = ((1, 2, 3, 5, 7), (1, 2, 5), (1, 3))  # ticks of a logarithmic axis in each decade, the most that have room
SHORT, ONE = 5, 3  # epochs, and the lines of one training at most
BEYOND = 2  # times the highest loss of a usual training: what is above leaves the axis, with half a curve at most
FAR = 10  # times that: where most of a curve is, it leaves the axis too
MARGIN = 0.05  # of the axis, above and below what it shows

History = Mapping[str, np.ndarray]
Labelled = Sequence[tuple[str, Sequence[History]]]  # labels of variants, which may be equal, with histories by seed


def read(path: Path | str) -> History:
    """The columns of a history.csv as arrays, one value per epoch; a training that diverged at once has none."""
    rows = tables.read(path)
    return {column: np.array([tables.number(row[column]) for row in rows]) for column in tables.columns(path)}


def read_all(
    variants: Sequence[tuple[str, Sequence[int]]], histories: Sequence[Path | str], records: Sequence[Path | str]
) -> list[tuple[str, list[History]]]:
    """The histories of several variants: labels with seeds, and paths of history.csv and training.json in that order.

    A label says so where a training of its variant diverged.
    """
    runs = zip(map(read, histories), map(read_json, records), strict=True)
    found = []
    for label, seeds in variants:
        own = [next(runs) for _ in seeds]
        diverged = any(record.get("diverged") is not None for _, record in own)
        found.append((label + " (diverged)" * diverged, [history for history, _ in own]))
    return found


def draw(histories: Sequence[History], best_epochs: Sequence[int]) -> Figure:
    """Losses (left) and accuracies (right) of every split the histories have; the kept epoch is marked.

    With several seeds each is a thin line and their mean a thick one, over the epochs that all of them have.
    """
    drawn = style.figure(2.4)
    losses, accuracies = drawn.subplots(1, 2)
    for axes, quantity in ((losses, "loss"), (accuracies, "accuracy")):
        lines = {}
        for split, colour in style.SPLIT_COLOURS.items():
            column = f"{split}_{quantity}"
            if all(column in history for history in histories):
                lines[NAMES[split]] = _lines(axes, histories, column, colour)
                _mark(axes, histories, column, best_epochs, colour)
        _finish(axes, f"{quantity} (cross-entropy)" if quantity == "loss" else "accuracy / %")
        if quantity == "loss":
            _zoom(axes)
        style.label_lines(axes, list(lines.values()), list(lines))
    handle = Line2D([], [], color=style.GREY, marker="o", markersize=4, linestyle="none")
    drawn.legend([handle], ["epoch kept"], loc="outside lower center")
    return drawn


def overlay(variants: Labelled) -> Figure:
    """Losses (left) and accuracies (right) of several variants; training above validation.

    Panels of one quantity share their axis, so that the gap between training and validation can be read off. More than
    PANEL variants stand in columns of panels, losses above accuracies.
    """
    if len(variants) > PANEL:
        return _side_by_side(variants)
    drawn = style.figure(style.HALF_PAGE + _below(variants))
    panels = drawn.subplots(2, 2, sharex=True, sharey="col")
    drawn_lines = []
    for row, split in zip(panels, ("train", "validation"), strict=True):
        for axes, quantity, unit in zip(row, ("loss", "accuracy"), ("", " / %"), strict=True):
            column = f"{split}_{quantity}"
            handles = [_lines(axes, own, column, *style.line(i)) for i, (_, own) in enumerate(variants)]
            _finish(axes, f"{NAMES[split]} {quantity}{unit}")
        drawn_lines.append(handles)
    for axes in panels[0]:
        axes.set_xlabel("")
    _zoom(*panels[:, 0])
    for axes, handles in zip(panels[:, 1], drawn_lines, strict=True):  # which go by the axis of both rows
        _name(drawn, axes, handles, variants, legend=axes is panels[-1, 1])
    return drawn


def _side_by_side(variants: Labelled) -> Figure:
    """A column of panels for up to PANEL variants each, with its legend below."""
    each = ceil(len(variants) / ceil(len(variants) / PANEL))
    parts = [range(k, min(k + each, len(variants))) for k in range(0, len(variants), each)]
    labels = [fill(label, ENTRIES // len(parts)) for label, _ in variants]
    below = max(sum(ENTRY + LINE * labels[i].count("\n") for i in part) for part in parts)
    height = ROW * len(ROWS) + below
    drawn = style.figure(height)
    drawn.get_layout_engine().set(rect=(0, below / height, 1, 1 - below / height))
    panels = drawn.subplots(len(ROWS), len(parts), sharex=True)
    for quantity in (panels[:2], panels[2:]):
        for axes in quantity.flat[1:]:
            axes.sharey(quantity[0, 0])
    for part, column in zip(parts, panels.T, strict=True):
        for axes, (name, label) in zip(column, ROWS.items(), strict=True):
            handles = [_lines(axes, variants[i][1], name, *style.line(i)) for i in part]
            _finish(axes, label, ROW_TICKS)
            axes.label_outer()
        named = [labels[i] for i in part]
        foot = blended_transform_factory(axes.transAxes, drawn.transFigure)
        legend = axes.legend(handles, named, loc="upper left", bbox_to_anchor=(0, below / height), bbox_transform=foot,
                             borderaxespad=0, labelspacing=0.3)  # fmt: skip
        legend.set_in_layout(False)  # it is wider than its panels
    _zoom(*panels[:2].flat, ticks=ROW_TICKS)
    return drawn


def group(members: Labelled) -> Figure:
    """Training (left) and validation loss (right) of a sweep's or search's members.

    Lines are means over seeds, bands the range of the seeds. Both panels share one axis.
    """
    drawn = style.figure(2.4 + _below(members))
    panels = drawn.subplots(1, 2, sharey=True)
    for axes, split in zip(panels, ("train", "validation"), strict=True):
        column = f"{split}_loss"
        handles = [_mean_and_range(axes, own, column, *style.line(i)) for i, (_, own) in enumerate(members)]
        _finish(axes, f"{NAMES[split]} loss (cross-entropy)")
    _zoom(*panels)
    _name(drawn, panels[-1], handles, members)
    return drawn


def _name(drawn: Figure, axes: Axes, handles: Sequence[Line2D], variants: Labelled, *, legend: bool = True) -> None:
    """Name the lines: beside them where they are few, else in a legend below all panels.

    The legend is given every label: gathered by matplotlib, it would leave out those that begin with `_`.
    """
    labels = [label for label, _ in variants]
    if len(labels) <= DIRECT:
        style.label_lines(axes, handles, [fill(label, LABEL) for label in labels])
    elif legend:
        wrapped = [fill(label, LEGEND) for label in labels]
        drawn.legend(handles, wrapped, loc="outside lower center", ncols=2, labelspacing=0.35)


def _below(variants: Labelled) -> float:
    """Inches of height for the legend, in two columns."""
    if len(variants) <= DIRECT:
        return 0.0
    lines, half = [fill(label, LEGEND).count("\n") + 1 for label, _ in variants], ceil(len(variants) / 2)
    return max(sum(0.04 + 0.115 * n for n in column) for column in (lines[:half], lines[half:]))


def _mean_and_range(axes: Axes, histories: Sequence[History], column: str, colour: str, line: str) -> Line2D:
    shared = min(len(history["epoch"]) for history in histories)
    values = np.array([history[column][:shared] for history in histories])
    epochs = histories[0]["epoch"][:shared]
    marker = "." if shared == 1 else ""
    (mean,) = axes.plot(epochs, values.mean(axis=0), color=colour, linestyle=line, marker=marker)
    if len(histories) > 1:
        axes.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=colour, alpha=0.15, linewidth=0)
    return mean


def _lines(axes: Axes, histories: Sequence[History], column: str, colour: str, line: str = "-") -> Line2D:
    shared = min(len(history["epoch"]) for history in histories)
    epochs = histories[0]["epoch"][:shared]
    scale = 100 if column.endswith("accuracy") else 1
    marker = "." if shared == 1 else ""
    if len(histories) > 1:
        for history in histories:
            axes.plot(history["epoch"], scale * history[column], color=colour, linewidth=0.5, alpha=0.5)
    mean = np.mean([history[column][:shared] for history in histories], axis=0)
    (drawn,) = axes.plot(epochs, scale * mean, color=colour, linestyle=line, marker=marker)
    return drawn


def _mark(axes: Axes, histories: Sequence[History], column: str, best_epochs: Sequence[int], colour: str) -> None:
    scale = 100 if column.endswith("accuracy") else 1
    for history, best in zip(histories, best_epochs, strict=True):
        value = history[column][history["epoch"] == best]
        axes.plot([best] * len(value), scale * value, "o", color=colour, markersize=3.5)


def _finish(axes: Axes, label: str, ticks: int = TICKS) -> None:
    axes.set_xlabel("epoch")
    axes.set_ylabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    axes.yaxis.set_major_locator(
        MaxNLocator(nbins=ticks)
    )  # not by the height, which the layout changes after it looked
    first, last = axes.dataLim.intervalx
    if first == last:
        axes.set_xlim(first - 1, last + 1)


def _zoom(*panels: Axes, ticks: int = TICKS) -> None:
    """Limit losses to what most trainings show, on a logarithmic axis where their ratio is RATIO or more.

    A training that diverges leaves the axis, whose panel says so, instead of flattening the others. Of one that is only
    worse than usual the lower half of its curve stays. Nothing leaves the axis of one training that is SHORT: hardly a
    line would be left of one that only begins high.
    """
    curves = [_finite(line.get_ydata()) for axes in panels for line in axes.lines]
    curves = [curve for curve in curves if len(curve)]
    if not curves:
        return
    lines = [curve for curve in curves if len(curve) > 1] or curves  # not the markers of epochs
    whole = len(lines) <= ONE and max(map(len, lines)) < SHORT
    usual = np.inf if whole else BEYOND * _middle([curve.max() for curve in lines])
    halves = [half for half in map(_middle, lines) if half <= FAR * usual]
    shown = np.concatenate(curves)
    low, high = shown.min(), shown[shown <= max((1 + MARGIN) * usual, *halves)].max()
    logarithmic = low > 0 and high >= RATIO * low
    for axes in panels:
        if logarithmic:
            axes.set_yscale("log")
            axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
            axes.yaxis.set_minor_locator(NullLocator())
        margin = (high / low) ** MARGIN if logarithmic else MARGIN * (high - low) or 0.1
        axes.set_ylim(*((low / margin, high * margin) if logarithmic else (low - margin, high + margin)))
        if logarithmic:
            axes.yaxis.set_major_locator(_ticks(*axes.get_ylim(), ticks))
        drawn = [_finite(line.get_ydata()).max(initial=low) for line in axes.lines]
        if max(drawn, default=low) > axes.get_ylim()[1]:
            axes.set_title("higher losses left out", color=style.GREY, fontsize=8)


def _middle(values: Sequence[float]) -> float:
    """The median, and of two in the middle the lower one, not their mean."""
    return sorted(values)[(len(values) - 1) // 2]


def _ticks(low: float, high: float, most: int) -> Locator:
    """As many ticks in each decade as leave room for their labels; of many decades not one in each."""
    decades = 10.0 ** np.arange(np.floor(np.log10(low)), np.ceil(np.log10(high)))
    for density in DENSITIES:
        values = np.outer(decades, density).ravel()
        values = values[(low <= values) & (values <= high)]
        if len(values) <= most:
            return FixedLocator(values)
    return LogLocator(numticks=most)


def _finite(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, float)
    return values[np.isfinite(values)]
