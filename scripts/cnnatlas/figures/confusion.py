"""Confusion matrices of every split as heat maps: in per cent of the true class, and in images (D1.4)."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, FigureBase

from cnnatlas.evaluation.confusion import normalise
from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style

ANNOTATED = 20  # up to so many classes, every cell can hold its number
PAIRS = 12
FEWEST = 2  # images: a confusion of one is no pattern
TICKS = 10


def draw(matrices: Mapping[str, np.ndarray], classes: Sequence[str]) -> Figure:
    """Confusion counts (C, C) by split, in per cent of the true class; rows are true classes.

    Up to ANNOTATED classes, every cell has its number. Of more, classes are sorted by their accuracy on validation,
    and the most frequent confusions there are drawn as bars.
    """
    names = [style.readable(name) for name in classes]
    shares = {split: 100 * normalise(matrix) for split, matrix in matrices.items()}
    if len(names) <= ANNOTATED:
        return _annotated(shares, names, "% of true class", columns=3)
    judged = "validation" if "validation" in matrices else next(reversed(matrices))
    pairs = _frequent(matrices[judged])
    heights = style.WIDTH / len(matrices) + 0.55, 0.6 + 0.19 * len(pairs) if pairs else 0.3
    drawn = style.figure(sum(heights))
    upper, lower = drawn.subfigures(2, 1, height_ratios=heights)
    order = np.argsort(-np.diag(shares[judged]), kind="stable")
    _maps(upper, shares, [names[i] for i in order], order, "% of true class", 100)
    upper.axes[0].set_ylabel(f"true class, by accuracy on {judged}")
    _bars(lower.subplots(), matrices[judged], pairs, names, NAMES[judged])
    return drawn


def draw_counts(matrices: Mapping[str, np.ndarray], classes: Sequence[str]) -> Figure:
    """The same matrices in images, in the classes' own order; of more than ANNOTATED classes as colours alone."""
    names = [style.readable(name) for name in classes]
    most = max(int(matrix.max()) for matrix in matrices.values())
    if len(names) <= ANNOTATED:
        return _annotated(matrices, names, "images", columns=3 if most < 1000 else 2)
    drawn = style.figure(style.WIDTH / len(matrices) + 1.1)
    _maps(drawn, matrices, names, np.arange(len(names)), "images", most)
    return drawn


def _annotated(matrices: Mapping[str, np.ndarray], names: Sequence[str], unit: str, columns: int) -> Figure:
    """A heat map for each split, at most `columns` side by side, with its number in every cell."""
    import seaborn  # 4 s, not needed for many classes

    columns = min(columns, len(matrices))
    rows = -(-len(matrices) // columns)
    side = min(style.WIDTH / columns - 0.35, 0.3 + 0.25 * len(names))
    drawn = style.figure(rows * (side + 0.9) + 0.15)
    grid = drawn.subplots(rows, columns, sharey=True, squeeze=False)
    form, top = (".0f", {"vmax": 100}) if unit.startswith("%") else ("d", {})
    text = {"annot": True, "annot_kws": {"size": style.smallest(drawn.get_figheight())}, "fmt": form}
    labels = {"xticklabels": names, "yticklabels": names}
    for axes, (split, matrix) in zip(grid.flat, matrices.items(), strict=False):
        seaborn.heatmap(matrix, ax=axes, vmin=0, cmap=style.COLOUR_MAP, cbar=False, square=True, linewidths=0.3,
                        **top, **text, **labels)  # fmt: skip
        axes.set_title(f"{NAMES[split]}, {unit}")
        axes.tick_params(length=0)
        axes.tick_params(axis="x", rotation=90)
        axes.tick_params(axis="y", rotation=0)
    for axes in grid.flat[len(matrices) :]:
        axes.remove()
    drawn.supxlabel("predicted class", fontsize=8)
    drawn.supylabel("true class", fontsize=8)
    return drawn


def _maps(
    drawn: FigureBase, matrices: Mapping[str, np.ndarray], names: Sequence[str], order: np.ndarray, unit: str, top: int
) -> None:
    """Matrices without numbers side by side, their classes in `order` with every tenth name or so, and one scale."""
    grid = drawn.subplots(1, len(matrices), sharey=True, squeeze=False)[0]
    ticks = np.arange(0, len(names), max(1, len(names) // TICKS))
    for axes, (split, matrix) in zip(grid, matrices.items(), strict=True):
        drawing = axes.imshow(
            matrix[np.ix_(order, order)], vmin=0, vmax=top, cmap=style.COLOUR_MAP, interpolation="nearest"
        )
        axes.set_xticks(ticks, [names[i] for i in ticks], rotation=90)
        axes.set_yticks(ticks, [names[i] for i in ticks])
        axes.set(title=f"{NAMES[split]}, {unit}", xlabel="predicted class")
        axes.grid(visible=False)
        for side in axes.spines.values():
            side.set_visible(True)
    grid[0].set_ylabel("true class")
    drawn.colorbar(drawing, ax=grid, shrink=0.6, aspect=30, pad=0.01)


def _frequent(matrix: np.ndarray) -> list[tuple[int, int]]:
    """The most frequent confusions: by count, then by share of the true class; none that happened once only."""
    wrong = matrix - np.diag(np.diag(matrix))
    shares = normalise(matrix)
    cells = zip(*np.nonzero(wrong >= FEWEST), strict=True)
    return sorted(cells, key=lambda c: (-wrong[c], -shares[c], c))[:PAIRS]


def _bars(axes: Axes, matrix: np.ndarray, pairs: Sequence[tuple[int, int]], names: Sequence[str], split: str) -> None:
    if not pairs:
        axes.axis("off")
        text = f"no two images of a class are taken for one other class, {split}"
        axes.text(0.5, 0.5, text, ha="center", va="center")
        return
    axes.set_title(f"most frequent confusions, {split}")
    axes.set_xlabel("images")
    axes.grid(axis="y", visible=False)
    for i, cell in enumerate(pairs):
        axes.barh(i, matrix[cell], color=style.BLUE, height=0.65)
        axes.annotate(f"{matrix[cell]} of {matrix[cell[0]].sum()}", (matrix[cell], i), (3, 0), va="center", size=7.5,
                      textcoords="offset points")  # fmt: skip
    axes.set_yticks(range(len(pairs)), [f"{names[true]} → {names[predicted]}" for true, predicted in pairs])
    axes.set_ylim(len(pairs) - 0.5, -0.5)
    axes.margins(x=0.1)
    axes.xaxis.get_major_locator().set_params(integer=True)
