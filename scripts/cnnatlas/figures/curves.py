"""Learning curves: losses and accuracies per epoch."""

from collections.abc import Mapping, Sequence
from math import ceil
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cnnatlas import tables
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style
from cnnatlas.files import read_json

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
    drawn = style.figure(2.5)
    losses, accuracies = drawn.subplots(1, 2)
    for split, colour in style.SPLIT_COLOURS.items():
        for axes, quantity in ((losses, "loss"), (accuracies, "accuracy")):
            column = f"{split}_{quantity}"
            if all(column in history for history in histories):
                _lines(axes, histories, column, colour).set_label(NAMES[split])
                _mark(axes, histories, column, best_epochs, colour)
    _finish(losses, accuracies)
    handles, labels = accuracies.get_legend_handles_labels()
    handles.append(Line2D([], [], color=style.GREY, marker="o", markersize=4, linestyle="none"))
    labels.append("epoch kept")
    drawn.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return drawn


def overlay(variants: Labelled) -> Figure:
    """Losses (left) and accuracies (right) of several variants; training above validation.

    Panels of one quantity share their axis, so that the gap between training and validation can be read off.
    """
    columns = _columns(variants)
    drawn = style.figure(4.2 + 0.16 * ceil(len(variants) / columns))
    panels = drawn.subplots(2, 2, sharex=True, sharey="col")
    for row, split in zip(panels, ("train", "validation"), strict=True):
        for axes, quantity, unit in zip(row, ("loss", "accuracy"), ("", " / %"), strict=True):
            column = f"{split}_{quantity}"
            handles = [_lines(axes, own, column, *_line_style(i)) for i, (_, own) in enumerate(variants)]
            axes.set_ylabel(f"{NAMES[split]} {quantity}{unit}")
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    for axes in panels[1]:
        axes.set_xlabel("epoch")
    _limit(*panels[:, 0])
    _legend(drawn, handles, variants)
    return drawn


def group(members: Labelled) -> Figure:
    """Training (left) and validation loss (right) of a sweep's or search's members.

    Lines are means over seeds, bands the range of the seeds. Both panels share one axis, which leaves out what a
    diverging network reaches beyond four times the usual first loss.
    """
    columns = _columns(members)
    drawn = style.figure(2.4 + 0.16 * ceil(len(members) / columns))
    panels = drawn.subplots(1, 2, sharey=True)
    for axes, split in zip(panels, ("train", "validation"), strict=True):
        column = f"{split}_loss"
        handles = [_mean_and_range(axes, own, column, *_line_style(i)) for i, (_, own) in enumerate(members)]
        axes.set_xlabel("epoch")
        axes.set_ylabel(f"{NAMES[split]} loss (cross-entropy)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    _limit(*panels)
    _legend(drawn, handles, members)
    return drawn


def _legend(drawn: Figure, handles: Sequence[Line2D], variants: Labelled) -> None:
    """A legend below with every label; gathered by matplotlib, it would leave out those that begin with `_`."""
    labels = [label for label, _ in variants]
    drawn.legend(handles, labels, loc="outside lower center", ncols=_columns(variants))


def _columns(variants: Labelled) -> int:
    """How many columns of a legend fit the text's width."""
    return 2 if len(variants) > 1 and max(len(label) for label, _ in variants) <= 52 else 1


def _line_style(i: int) -> tuple[str, str]:
    """Colour and dashes of the i-th line."""
    dashes = ("-", "--", ":")
    return style.PALETTE[i % len(style.PALETTE)], dashes[i // len(style.PALETTE) % len(dashes)]


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


def _finish(losses: Axes, accuracies: Axes) -> None:
    for axes, label in ((losses, "loss (cross-entropy)"), (accuracies, "accuracy / %")):
        axes.set_xlabel("epoch")
        axes.set_ylabel(label)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, nbins=8))
    _limit(losses)


def _limit(*panels: Axes) -> None:
    """Start at 0, and cut off a diverging network's losses beyond four times the usual first loss."""
    curves = [line.get_ydata() for axes in panels for line in axes.lines if len(line.get_ydata())]
    starts = np.array([curve[0] for curve in curves])
    if not np.isfinite(starts).any():
        return
    highest, usual = np.nanmax(np.concatenate(curves)), np.median(starts[np.isfinite(starts)])
    for axes in panels:
        axes.set_ylim(0, 1.05 * min(highest, 4 * usual))
        if highest > 4 * usual:
            axes.set_title("losses beyond the axis left out", color=style.GREY)
