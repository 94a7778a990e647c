"""Two factors and how they interact."""

from collections.abc import Mapping, Sequence
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cnnatlas.evaluation.scores import NAMES
from cnnatlas.figures import style

LINES = (("neither", "second"), ("first", "both"))  # the first factor off and on; along each, the second
SHIFT = 0.03  # apart, so that intervals do not hide each other


def draw(
    factors: Sequence[str], cells: Mapping[str, Mapping[str, Mapping]], places: Mapping[str, int | None]
) -> Figure:
    """Accuracy over the second factor off and on, a line for the first off and one for it on; a panel per split.

    `cells` gives for neither, first, second and both the accuracies {split: {mean, low, high, interval}}, `places`
    their places among the study's variants, which give their colours. Parallel lines are factors that add up.
    """
    splits = [split for split in ("validation", "test") if all(split in cell for cell in cells.values())]
    drawn = style.figure(2.4)
    panels = drawn.subplots(1, len(splits), sharey=True, squeeze=False)[0]
    for axes, split in zip(panels, splits, strict=True):
        lines = _panel(axes, factors, {name: cell[split] for name, cell in cells.items()}, places)
        axes.set_title(NAMES[split])
    kind = {"Wilson": "Wilson, over images", "t": "Student’s t, over seeds"}[cells["neither"]["validation"]["interval"]]
    panels[0].set_ylabel(f"accuracy / %, 95 % interval\n({kind})")
    style.label_lines(panels[-1], lines, [fill(f"{word} {factors[0]}", 22) for word in ("without", "with")])
    return drawn


def _panel(
    axes: Axes, factors: Sequence[str], cells: Mapping[str, Mapping], places: Mapping[str, int | None]
) -> list[Line2D]:
    """Two lines between points in the colours of their variants."""
    lines = []
    for names, dashes, shift in zip(LINES, ("-", "--"), (-SHIFT, SHIFT), strict=True):
        means = [100 * cells[name]["mean"] for name in names]
        lines += axes.plot([shift, 1 + shift], means, color=style.GREY, linestyle=dashes)
        for x, name, mean in zip((shift, 1 + shift), names, means, strict=True):
            low, high = (100 * cells[name][key] for key in ("low", "high"))
            axes.errorbar(x, mean, yerr=[[mean - low], [high - mean]], fmt="o", markersize=4, elinewidth=1,
                          color=style.line(places[name])[0])  # fmt: skip
    axes.set_xlim(-0.4, 1.4)
    axes.set_xticks([0, 1], [f"without\n{factors[1]}", f"with\n{factors[1]}"])
    axes.yaxis.set_major_locator(MaxNLocator(nbins=6))
    axes.grid(axis="x", visible=False)
    return lines
