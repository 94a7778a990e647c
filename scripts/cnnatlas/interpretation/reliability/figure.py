"""Attribution methods of one network side by side: localisation, faithfulness, and what randomised weights change."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from cnnatlas.figures import style
from cnnatlas.interpretation.reliability.sentences import BASELINES, MEASURES, SIMILARITY

LEGEND = 0.65  # inches
DECIDES = (0, (5, 1, 1, 1))  # dashes and dots: the similarity that decides whether weights matter
LINES = {"centre_box": "--", "edges": ":"}
KINDS = {"cascading": "last layers random", "independent": "one layer random"}


def draw(results: Mapping[str, Mapping]) -> Figure:
    """Compare the methods of a network: the results of `assessment.assess` by method, each with a `title` and `colour`.

    The colour is a number, the same for a method in all figures.

    From the top: localisation beside the baselines, with 95 % intervals, where the masks are known; mean deletion and
    insertion curves beside random order; similarity of the maps kept under randomisation, 1 for the same maps and 0 for
    those of another image, cascading and independent, on one axis.
    """
    localised = {name: result for name, result in results.items() if result["localisation"]}
    heights = [0.75 + 0.17 * len(localised)] * bool(localised) + [1.85, 1.75]
    drawn = style.figure(sum(heights) + LEGEND, layout=None)
    rows = [(sum(heights[:i]), height) for i, height in enumerate(heights)]
    if localised:
        _localisation(_row(drawn, *rows.pop(0), len(MEASURES), left=1.4), localised)
    _curves(_row(drawn, *rows.pop(0), 2), results)
    pairs = _row(drawn, *rows.pop(0), 2 * len(KINDS), apart=0.15)
    for kind, axes in zip(KINDS, (pairs[:2], pairs[2:]), strict=True):
        _similarity(axes, kind, results)
    for axes in pairs:
        axes.set_ylim(min(each.get_ylim()[0] for each in pairs), 1.05)
        axes.tick_params(labelleft=axes is pairs[0])
    pairs[0].set_ylabel("similarity kept")
    _legend(drawn, results)
    return drawn


def _row(drawn: Figure, top: float, height: float, columns: int, left: float = 0.55, apart: float = 0.2) -> np.ndarray:
    """Axes side by side, placed in inches: a layout that is solved ends in other last digits each time."""
    total = drawn.get_figheight()
    cells = drawn.add_gridspec(
        1,
        columns,
        left=left / style.WIDTH,
        right=0.975,
        top=1 - (top + 0.25) / total,
        bottom=1 - (top + height - 0.4) / total,
        wspace=apart,
    )
    return np.array([drawn.add_subplot(cell) for cell in cells])


def _localisation(axes: np.ndarray, results: Mapping[str, Mapping]) -> None:
    for panel, (measure, title) in zip(axes, MEASURES.items(), strict=True):
        found = [result["localisation"][measure] for result in results.values()]
        for i, (result, row) in enumerate(zip(results.values(), found, strict=True)):
            errors = [[max(row["value"] - row["low"], 0)], [max(row["high"] - row["value"], 0)]]
            panel.errorbar(row["value"], i, xerr=errors, fmt="o", markersize=4, color=_colour(result), elinewidth=1)
        for key, line in LINES.items():
            panel.axvline(found[0][key]["value"], color="black", linewidth=0.9, linestyle=line, label=BASELINES[key])
        panel.set(title=title, ylim=(len(results) - 0.5, -0.5))
        panel.xaxis.set_major_locator(MaxNLocator(4))
        panel.xaxis.set_major_formatter("{x:g}")
        panel.grid(axis="y", visible=False)
        panel.set_yticks(
            range(len(results)), [result["title"] for result in results.values()] if panel is axes[0] else []
        )


def _curves(axes: np.ndarray, results: Mapping[str, Mapping]) -> None:
    for panel, game in zip(axes, ("deletion", "insertion"), strict=True):
        for result in results.values():
            panel.plot(
                result["faithfulness"]["fractions"], result["faithfulness"][game]["curve"], color=_colour(result)
            )
        first = next(iter(results.values()))["faithfulness"]
        panel.plot(first["fractions"], first[game]["random"]["curve"], color=style.GREY, linestyle="--")
        panel.set(title=game, xlabel="share of pixels, hottest first", xlim=(0, 1))
    axes[0].set_ylabel("score of the target")


def _similarity(axes: np.ndarray, kind: str, results: Mapping[str, Mapping]) -> None:
    for panel, (measure, title) in zip(axes, SIMILARITY.items(), strict=True):
        for result in results.values():
            _kept_curve(panel, result["randomisation"], measure, kind, _colour(result))
        first = next(iter(results.values()))["randomisation"]
        for level, width in ((0, 0.6), (0.5, 0.9)):  # another image's map; what decides
            panel.axhline(level, color="black", linewidth=width, linestyle=DECIDES if level else "-")
        panel.set(xlabel=KINDS[kind], title=title)
        panel.set_xticks([0, *first["counts"]] if kind == "cascading" else first["counts"])


def _kept_curve(axes: Axes, found: Mapping, measure: str, kind: str, colour: str) -> None:
    """Similarity scaled as `kept` is; where the verdict is given, its interval too."""
    null = found[measure]["null"]["value"]
    values = [(point["value"] - null) / max(1 - null, 1e-9) for point in found[measure][kind]]
    if kind == "independent":
        axes.plot(found["counts"], values, color=colour, marker="o", markersize=3, linestyle="none")
        return
    axes.plot([0, *found["counts"]], [1, *values], color=colour)
    kept = found[measure]["kept"]
    errors = [[max(kept["value"] - kept["low"], 0)], [max(kept["high"] - kept["value"], 0)]]
    axes.errorbar(found["counts"][found["half"]], kept["value"], yerr=errors, color=colour, fmt="o", markersize=3)


def _colour(result: Mapping) -> str:
    return style.PALETTE[result["colour"] % len(style.PALETTE)]


def _legend(drawn: Figure, results: Mapping[str, Mapping]) -> None:
    entries = [Line2D([], [], color=_colour(result), label=result["title"]) for result in results.values()]
    entries.append(Line2D([], [], color=style.GREY, linestyle="--", label="random order"))
    entries.append(Line2D([], [], color="black", linestyle=DECIDES, label="half kept"))
    if any(result["localisation"] for result in results.values()):
        entries += [Line2D([], [], color="black", linestyle=LINES[key], label=BASELINES[key]) for key in LINES]
    drawn.legend(handles=entries, loc="lower center", ncols=4)
