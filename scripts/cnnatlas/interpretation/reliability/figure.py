"""Attribution methods of one network side by side: localisation, faithfulness, and what randomised weights change."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from cnnatlas.figures import style
from cnnatlas.interpretation.reliability.sentences import BASELINES, LIKENESS, MEASURES, TITLES

COLOURS = dict(zip(TITLES, style.PALETTE, strict=False))  # a method has one colour in all figures
LEGEND = 0.65  # inches
LINES = {"centre_box": "--", "edges": ":"}
KINDS = {"cascading": "last layers randomised", "independent": "layer randomised alone, from the last"}


def draw(audits: Mapping[str, Mapping]) -> Figure:
    """Compare the audits of a network's methods, as `assessment.audit` gives them, by method.

    From the top: localisation beside the baselines, with 95 % intervals, where the masks are known; mean deletion and
    insertion curves beside random order; likeness of the maps kept under randomisation, 1 for the same maps and 0 for
    those of another image, cascading and independent.
    """
    localised = {name: audit for name, audit in audits.items() if audit["localisation"]}
    heights = [0.75 + 0.17 * len(localised)] * bool(localised) + [1.85, 1.75, 1.75]
    drawn = style.figure(sum(heights) + LEGEND, layout=None)
    rows = [(sum(heights[:i]), height) for i, height in enumerate(heights)]
    if localised:
        _localisation(_row(drawn, *rows.pop(0), len(MEASURES), left=1.4), localised)
    _curves(_row(drawn, *rows.pop(0), 2), audits)
    for kind in KINDS:
        _likeness(_row(drawn, *rows.pop(0), 2), kind, audits)
    _legend(drawn, audits)
    return drawn


def _row(drawn: Figure, top: float, height: float, columns: int, left: float = 0.55) -> np.ndarray:
    """Axes side by side, placed in inches: a layout that is solved ends in other last digits each time."""
    total = drawn.get_figheight()
    places = drawn.add_gridspec(
        1,
        columns,
        left=left / style.WIDTH,
        right=0.975,
        top=1 - (top + 0.25) / total,
        bottom=1 - (top + height - 0.4) / total,
        wspace=0.2,
    )
    return np.array([drawn.add_subplot(place) for place in places])


def _localisation(axes: np.ndarray, audits: Mapping[str, Mapping]) -> None:
    for place, (measure, title) in zip(axes, MEASURES.items(), strict=True):
        found = [audit["localisation"][measure] for audit in audits.values()]
        for i, (name, row) in enumerate(zip(audits, found, strict=True)):
            errors = [[max(row["value"] - row["low"], 0)], [max(row["high"] - row["value"], 0)]]
            place.errorbar(row["value"], i, xerr=errors, fmt="o", markersize=4, color=COLOURS[name], elinewidth=1)
        for key, line in LINES.items():
            place.axvline(found[0][key]["value"], color="black", linewidth=0.9, linestyle=line, label=BASELINES[key])
        place.set(title=title, xlim=(0, 1), ylim=(len(audits) - 0.5, -0.5))
        place.grid(axis="y", visible=False)
        place.set_yticks(range(len(audits)), [TITLES[name] for name in audits] if place is axes[0] else [])


def _curves(axes: np.ndarray, audits: Mapping[str, Mapping]) -> None:
    for place, game in zip(axes, ("deletion", "insertion"), strict=True):
        for name, audit in audits.items():
            place.plot(audit["faithfulness"]["fractions"], audit["faithfulness"][game]["curve"], color=COLOURS[name])
        first = next(iter(audits.values()))["faithfulness"]
        place.plot(first["fractions"], first[game]["random"]["curve"], color=style.GREY, linestyle="--")
        place.set(title=game, xlabel="share of pixels, hottest first", xlim=(0, 1))
    axes[0].set_ylabel("score of the target")


def _likeness(axes: np.ndarray, kind: str, audits: Mapping[str, Mapping]) -> None:
    for place, (measure, title) in zip(axes, LIKENESS.items(), strict=True):
        for name, audit in audits.items():
            _kept_curve(place, audit["randomisation"], measure, kind, COLOURS[name])
        first = next(iter(audits.values()))["randomisation"]
        for level, width in ((0, 0.6), (0.5, 0.9)):  # another image's map; what decides
            place.axhline(level, color="black", linewidth=width, linestyle=":" if level else "-")
        place.set(title=f"{title}, {kind}", xlabel=KINDS[kind])
        place.set_ylim(top=1.05)
        place.set_xticks([0, *first["counts"]] if kind == "cascading" else first["counts"])
    axes[0].set_ylabel("likeness kept")


def _kept_curve(axes: Axes, found: Mapping, measure: str, kind: str, colour: str) -> None:
    """Likeness scaled as `kept` is; where the verdict is given, its interval too."""
    null = found[measure]["null"]["value"]
    values = [(point["value"] - null) / max(1 - null, 1e-9) for point in found[measure][kind]]
    if kind == "independent":
        axes.plot(found["counts"], values, color=colour, marker="o", markersize=3, linestyle="none")
        return
    axes.plot([0, *found["counts"]], [1, *values], color=colour)
    kept = found[measure]["kept"]
    errors = [[max(kept["value"] - kept["low"], 0)], [max(kept["high"] - kept["value"], 0)]]
    axes.errorbar(found["counts"][found["half"]], kept["value"], yerr=errors, color=colour, fmt="o", markersize=3)


def _legend(drawn: Figure, audits: Mapping[str, Mapping]) -> None:
    entries = [Line2D([], [], color=COLOURS[name], label=TITLES[name]) for name in audits]
    entries.append(Line2D([], [], color=style.GREY, linestyle="--", label="random order"))
    if any(audit["localisation"] for audit in audits.values()):
        entries += [Line2D([], [], color="black", linestyle=LINES[key], label=BASELINES[key]) for key in LINES]
    drawn.legend(handles=entries, loc="lower center", ncols=4)
