"""Two factors and how they interact."""

from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style

LINES = (("neither", "second"), ("first", "both"))  # the first factor off and on; along each, the second
SHIFT = 0.03  # apart, so that intervals do not hide each other


def draw(factors: Sequence[str], cells: Mapping[str, Mapping[str, Mapping]]) -> Figure:
    """Accuracy over the second factor off and on, a line for the first off and one for it on; a panel per split.

    `cells` gives for neither, first, second and both the accuracies {split: {mean, low, high, interval}}. Parallel
    lines are factors that add up.
    """
    splits = [split for split in ("validation", "test") if all(split in cell for cell in cells.values())]
    drawn = style.figure(2.6)
    panels = drawn.subplots(1, len(splits), sharey=True, squeeze=False)[0]
    for axes, split in zip(panels, splits, strict=True):
        _panel(axes, factors, {name: cell[split] for name, cell in cells.items()})
        axes.set_title(NAMES[split])
    kind = {"Wilson": "Wilson, over images", "t": "Student’s t, over seeds"}[cells["neither"]["validation"]["interval"]]
    panels[0].set_ylabel(f"accuracy / %, 95 % interval\n({kind})")
    handles, labels = panels[0].get_legend_handles_labels()
    drawn.legend(handles, labels, loc="outside lower center", ncols=2)
    return drawn


def _panel(axes: Axes, factors: Sequence[str], cells: Mapping[str, Mapping]) -> None:
    styles = zip(LINES, ("without", "with"), (style.BLUE, style.VERMILION), ("-", "--"), (-SHIFT, SHIFT), strict=True)
    for names, word, colour, line, shift in styles:
        means, lows, highs = ([100 * cells[name][key] for name in names] for key in ("mean", "low", "high"))
        errors = [[m - v for m, v in zip(means, lows, strict=True)], [v - m for m, v in zip(means, highs, strict=True)]]
        axes.errorbar([shift, 1 + shift], means, yerr=errors, fmt=f"o{line}", color=colour, markersize=4, elinewidth=1,
                      label=f"{word} {factors[0]}")  # fmt: skip
    axes.set_xlim(-0.4, 1.4)
    axes.set_xticks([0, 1], [f"without\n{factors[1]}", f"with\n{factors[1]}"])
    axes.grid(axis="x", visible=False)
