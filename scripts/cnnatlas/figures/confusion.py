"""Confusion matrices as heat maps: counts and row percentages of every split (D1.4)."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.evaluation.confusion import normalise
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style

ANNOTATED = 20  # up to so many classes, every cell can hold its number
PAIRS = 12
TICKS = 10


def draw(matrices: Mapping[str, np.ndarray], classes: Sequence[str]) -> Figure:
    """Heat maps of confusion counts (C, C) by split; rows are true classes.

    Up to ANNOTATED classes: counts and row percentages, every cell annotated. More classes: row percentages without
    numbers, a name at every tenth row or so, and the most frequent confusions of the last split but test as bars.
    """
    names = [style.readable(name) for name in classes]
    return _annotated(matrices, names) if len(classes) <= ANNOTATED else _overview(matrices, names)


def _annotated(matrices: Mapping[str, np.ndarray], names: Sequence[str]) -> Figure:
    import seaborn  # 4 s, not needed for many classes

    rows = len(matrices)
    side = min(2.55, 1.2 + 0.27 * len(names))
    drawn = style.figure(rows * side + 0.75)
    grid = drawn.subplots(rows, 2, sharex=True, sharey=True, squeeze=False)
    for (split, matrix), (left, right) in zip(matrices.items(), grid, strict=True):
        percentages = 100 * normalise(matrix)
        size = 6.5 if matrix.max() < 1000 else 5.5
        common = {"cmap": style.COLOUR_MAP, "cbar": False, "square": True, "linewidths": 0.3, "annot": True}
        text = {"annot_kws": {"size": size}, "xticklabels": names, "yticklabels": names}
        seaborn.heatmap(matrix, ax=left, fmt="d", vmin=0, **common, **text)
        seaborn.heatmap(percentages, ax=right, fmt=".0f", vmin=0, vmax=100, **common, **text)
        left.set_title(f"{NAMES[split]}, images")
        right.set_title(f"{NAMES[split]}, % of true class")
        left.set_ylabel("true class")
    for axes in grid[-1]:
        axes.set_xlabel("predicted class")
    for axes in grid.flat:
        axes.tick_params(length=0)
        axes.tick_params(axis="x", rotation=90)
        axes.tick_params(axis="y", rotation=0)
    return drawn


def _overview(matrices: Mapping[str, np.ndarray], names: Sequence[str]) -> Figure:
    maps = style.WIDTH / len(matrices)
    drawn = style.figure(maps + 0.9 + 0.21 * PAIRS)
    upper, lower = drawn.subfigures(2, 1, height_ratios=(maps + 0.4, 0.5 + 0.21 * PAIRS))
    grid = upper.subplots(1, len(matrices), sharey=True, squeeze=False)[0]
    ticks = np.arange(0, len(names), max(1, len(names) // TICKS))
    for axes, (split, matrix) in zip(grid, matrices.items(), strict=True):
        drawing = axes.imshow(100 * normalise(matrix), vmin=0, vmax=100, cmap=style.COLOUR_MAP, interpolation="nearest")
        axes.set_xticks(ticks, [names[i] for i in ticks], rotation=90)
        axes.set_yticks(ticks, [names[i] for i in ticks])
        axes.set(title=f"{NAMES[split]}, % of true class", xlabel="predicted class")
        axes.grid(visible=False)
        for side in axes.spines.values():
            side.set_visible(True)
    grid[0].set_ylabel("true class")
    upper.colorbar(drawing, ax=grid, shrink=0.6, aspect=30, pad=0.01)
    shown = "validation" if "validation" in matrices else list(matrices)[-1]
    _bars(lower.subplots(), matrices[shown], names, NAMES[shown])
    return drawn


def _bars(axes: Axes, matrix: np.ndarray, names: Sequence[str], split: str) -> None:
    """The most frequent confusions: by count, then by share of the true class."""
    wrong = matrix - np.diag(np.diag(matrix))
    shares = normalise(matrix)
    cells = sorted(zip(*np.nonzero(wrong), strict=True), key=lambda c: (-wrong[c], -shares[c], c))[:PAIRS]
    axes.set_title(f"most frequent confusions, {split}")
    axes.set_xlabel("images")
    axes.grid(axis="y", visible=False)
    for i, cell in enumerate(cells):
        axes.barh(i, wrong[cell], color=style.BLUE, height=0.65)
        axes.annotate(f"{wrong[cell]} of {matrix[cell[0]].sum()}", (wrong[cell], i), (3, 0), va="center", fontsize=7,
                      textcoords="offset points")  # fmt: skip
    axes.set_yticks(range(len(cells)), [f"{names[true]} → {names[predicted]}" for true, predicted in cells])
    axes.invert_yaxis()
    axes.margins(x=0.1)
    axes.xaxis.get_major_locator().set_params(integer=True)
