"""The similarity of a data set's images, and the thresholds of its audit."""

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style


def draw(audit: Mapping) -> Figure:
    """Histograms from `duplicates` of audit.json: nearest thumbnails (left), detail of the pairs compared (right)."""
    histogram, thresholds = audit["histogram"], audit["thresholds"]
    drawn = style.figure(2.4)
    left, right = drawn.subplots(1, 2)
    _bars(left, histogram, {"nearest": ("each image's most similar thumbnail", style.BLUE)}, thresholds["thumbnail"])
    left.set(xlabel="similarity of thumbnails", ylabel="images")
    kinds = {"one_label": ("same label", style.BLUE), "two_labels": ("two labels", style.VERMILION)}
    _bars(right, histogram, kinds, thresholds["detail"])
    right.set(xlabel="similarity of fine detail", ylabel="pairs compared closely")
    right.legend(loc="upper right")
    return drawn


def _bars(axes: Axes, histogram: Mapping, kinds: Mapping[str, tuple[str, str]], threshold: float) -> None:
    edges = np.array(histogram["edges"])
    middle, width = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    below = np.zeros(len(middle))
    for key, (label, colour) in kinds.items():
        counts = np.array(histogram[key], dtype=float)
        axes.bar(middle, counts, width, bottom=below, color=colour, label=label)
        below += counts
    axes.axvline(threshold, color="black", linestyle="--", linewidth=0.9)
    axes.set_yscale("symlog", linthresh=1)
    axes.yaxis.set_major_formatter(style.power_of_ten)
    axes.set_ylim(0, max(10, 4 * below.max()))
    axes.set_xlim(-0.2, 1)
