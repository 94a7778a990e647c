"""Learning curves: losses and accuracies per epoch."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cnnatlas.evaluation import tables
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style

History = Mapping[str, np.ndarray]


def read(path: Path | str) -> History:
    """The columns of a history.csv as arrays, one value per epoch."""
    rows = tables.read(path)
    return {column: np.array([tables.number(row[column]) for row in rows]) for column in rows[0]}


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
                _lines(axes, histories, column, colour, NAMES[split])
                _mark(axes, histories, column, best_epochs, colour)
    _finish(losses, accuracies)
    handles, labels = accuracies.get_legend_handles_labels()
    handles.append(Line2D([], [], color=style.GREY, marker="o", markersize=4, linestyle="none"))
    labels.append("epoch kept")
    drawn.legend(handles, labels, loc="outside lower center", ncols=len(labels))
    return drawn


def overlay(variants: Mapping[str, Sequence[History]]) -> Figure:
    """Training and validation losses and validation accuracy of several variants, titles to their histories by seed."""
    titles = list(variants)
    drawn = style.figure(2.6 + 0.16 * ((len(titles) + 1) // 2))
    losses, accuracies = drawn.subplots(1, 2)
    dashes = ("-", "--", ":")
    for i, (title, histories) in enumerate(variants.items()):
        colour = style.PALETTE[i % len(style.PALETTE)]
        line = dashes[i // len(style.PALETTE) % len(dashes)]
        _lines(losses, histories, "validation_loss", colour, title, line)
        _lines(accuracies, histories, "validation_accuracy", colour, title, line)
    _finish(losses, accuracies)
    losses.set_ylabel("validation loss")
    accuracies.set_ylabel("validation accuracy / %")
    handles, labels = accuracies.get_legend_handles_labels()
    columns = 2 if max(map(len, titles)) <= 52 else 1
    drawn.legend(handles, labels, loc="outside lower center", ncols=min(columns, len(titles)))
    return drawn


def _lines(axes: Axes, histories: Sequence[History], column: str, colour: str, label: str, line: str = "-") -> None:
    shared = min(len(history["epoch"]) for history in histories)
    epochs = histories[0]["epoch"][:shared]
    scale = 100 if column.endswith("accuracy") else 1
    marker = "." if shared == 1 else ""
    if len(histories) > 1:
        for history in histories:
            axes.plot(history["epoch"], scale * history[column], color=colour, linewidth=0.5, alpha=0.5)
    mean = np.mean([history[column][:shared] for history in histories], axis=0)
    axes.plot(epochs, scale * mean, color=colour, linestyle=line, marker=marker, label=label)


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


def _limit(losses: Axes) -> None:
    """Start at 0, and leave out what a diverging network reaches beyond four times the usual first loss."""
    reached = np.concatenate([line.get_ydata() for line in losses.lines])
    starts = np.array([line.get_ydata()[0] for line in losses.lines])
    if not np.isfinite(starts).any():
        return
    highest, usual = np.nanmax(reached), np.median(starts[np.isfinite(starts)])
    losses.set_ylim(0, 1.05 * min(highest, 4 * usual))
    if highest > 4 * usual:
        losses.set_title("losses beyond the axis left out", color=style.GREY)
