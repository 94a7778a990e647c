"""How close learned and random filters are to Gabor functions, and the closest ones beside their fits (A3b)."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import named
from cnnatlas.wording import decimal

BINS = np.linspace(-0.1, 1, 23)


def draw(fits: Mapping) -> Figure:
    """R^2 of the first fitted layer's filters against random ones (above); the best ones and their fits (below).

    `fits` is the summary.json of the method filters. Shares are of all filters of a kind; values below the first bin
    count in it. Where no layer could be fitted, the figure says so.
    """
    if not fits["order"]:
        return style.note("no layer has filters that are large enough for a fit")
    layer = fits["order"][0]
    found = fits["layers"][layer]
    best = found["best"]
    drawn = style.figure(style.HALF_PAGE)
    upper, lower = drawn.subfigures(2, 1, height_ratios=(1.15, 1))
    _histogram(upper.subplots(), found, layer)
    axes = lower.subplots(2, len(best), squeeze=False)
    for column, one in enumerate(best):
        _pair(axes[:, column], one)
    axes[0, 0].set_ylabel("filter")
    axes[1, 0].set_ylabel("Gabor fit")
    return drawn


def _histogram(axes: Axes, found: Mapping, layer: str) -> None:
    for key, label, colour in (("r2", "learned", style.BLUE), ("null_r2", "random", style.ORANGE)):
        values = np.clip(found[key], BINS[0], 1)
        weights = np.full(len(values), 100 / len(values))
        label = f"{len(values)} {label} filters"
        axes.hist(values, BINS, weights=weights, histtype="stepfilled", alpha=0.35, color=colour)
        axes.hist(values, BINS, weights=weights, histtype="step", color=colour, label=label)
    axes.axvline(found["threshold"], color="black", linewidth=0.8, linestyle="--", label="95 % of random filters below")
    below = min(*found["r2"], *found["null_r2"]) < BINS[0]  # a fit without a constant may be worse than the mean
    axes.set(xlabel=f"R² of the Gabor fit{', lower ones at −0.1' if below else ''}", ylabel="share of filters / %")
    axes.set_title(f"{named(layer)}, {found['size']}×{found['size']} pixels")
    axes.legend(loc="best")


def _pair(axes: np.ndarray, one: Mapping) -> None:
    end = np.abs(one["pattern"]).max()
    for panel, key in zip(axes, ("pattern", "fitted"), strict=True):
        panel.imshow(one[key], cmap="gray", vmin=-end, vmax=end, interpolation="nearest")
        panel.set(xticks=[], yticks=[])
        panel.grid(visible=False)
    axes[0].set_title(f"{one['index']}", fontsize=7)
    kind = "blob" if one["blob"] else f"{decimal(one['orientation'], 0)}°, {decimal(one['frequency'])}"
    axes[1].set_xlabel(f"R² {decimal(one['r2'])}\n{kind}", fontsize=6.5)
