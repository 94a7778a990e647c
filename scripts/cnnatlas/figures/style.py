"""The style of all figures, and saving them so that equal content is equal bytes."""

import logging
import math
from collections.abc import Sequence
from functools import cache
from pathlib import Path

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from cnnatlas.files import replacing
from cnnatlas.wording import SUPERSCRIPTS

WIDTH = 6.3  # inches: the text width of an A4 page
HEIGHT = 8.6  # inches: a page's height, less a caption
HALF_PAGE = 3.7  # inches: what two figures on a page leave for each; print shrinks what is taller, words included
SHRUNK = 0.8  # the smallest scale of print, as `picture` of report/style/report.typ has it
LEAST = 6.0  # points in print of the smallest word
LABEL = 0.125  # inches of a line of a label beside a line's end
GAP = 1.07  # shares of the axes' width at which such labels begin
BESIDE = 0.9  # share of the axes' width: a line that ends before it has its label not beside it
RESOLUTION = 200  # dots per inch of raster figures

# Okabe and Ito (2008): distinguishable with all common forms of colour blindness
BLUE, ORANGE, GREEN, VERMILION = "#0072B2", "#E69F00", "#009E73", "#D55E00"
PALETTE = (BLUE, ORANGE, GREEN, VERMILION, "#CC79A7", "#56B4E9", "#000000", "#8C8C00")
GREY = "#7F7F7F"
SPLIT_COLOURS = {"train": BLUE, "validation": VERMILION, "test": GREEN}
COLOUR_MAP = "Blues"

SETTINGS = {
    "svg.hashsalt": "cnn-atlas",
    "svg.fonttype": "path",
    "font.family": "DejaVu Sans",
    "font.size": 8,
    "axes.titlesize": 8.5,
    "axes.labelsize": 8,
    "xtick.labelsize": 7.5,
    "ytick.labelsize": 7.5,
    "legend.fontsize": 7.5,
    "legend.frameon": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.grid": True,
    "axes.axisbelow": True,
    "grid.color": "#E4E4E4",
    "grid.linewidth": 0.6,
    "lines.linewidth": 1.3,
    "savefig.dpi": RESOLUTION,
    "figure.dpi": RESOLUTION,
    "text.parse_math": False,  # titles and class names are text, whatever dollars they have
}
matplotlib.use("Agg")
matplotlib.rcdefaults()  # a matplotlibrc of the user's changes no figure
matplotlib.rcParams.update(SETTINGS)
logging.getLogger("matplotlib").setLevel(logging.WARNING)


def figure(height: float, layout: str | None = "constrained") -> Figure:
    """An empty figure as wide as the text and of the given height in inches; without pyplot, which would keep it.

    The constrained layout keeps its parts from overlapping; None leaves their positions to the caller.
    """
    drawn = Figure(figsize=(WIDTH, height), layout=layout)
    FigureCanvasAgg(drawn)
    return drawn


def canvas(height: float) -> Axes:
    """One pair of axes over a new figure, in inches from its upper left corner: far faster than one per picture."""
    axes = figure(height, layout=None).add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(height, 0), autoscale_on=False)
    axes.axis("off")
    return axes


def note(text: str) -> Figure:
    """A figure that says why there is nothing to draw."""
    axes = canvas(0.5)
    axes.text(WIDTH / 2, 0.25, text, ha="center", va="center")
    return axes.figure


def save(drawn: Figure, path: Path | str) -> None:
    """Write a figure as its suffix says (svg or png), without date or version, through a temporary file."""
    suffix = Path(path).suffix
    metadata = {".svg": {"Date": None, "Creator": None}, ".png": {"Software": None}}[suffix]
    with replacing(path) as temporary:
        drawn.savefig(temporary, format=suffix[1:], metadata=metadata)


def line(place: int | None) -> tuple[str, str]:
    """Colour and dashes of the variant in that place of a study, in all of the study's figures; grey without one."""
    if place is None:
        return GREY, "-"
    dashes = ("-", "--", ":")
    return PALETTE[place % len(PALETTE)], dashes[place // len(PALETTE) % len(dashes)]


def label_lines(axes: Axes, lines: Sequence[Line2D], labels: Sequence[str]) -> None:
    """Write each label beside the end of its line, in the line's colour, moved as little as keeps texts apart.

    A thin line leads from an end to a label that is not beside it. Call it last: it goes by the limits of the axes. A
    line without a finite value is labelled at the bottom.
    """
    height = 0.6 * axes.figure.get_figheight() / axes.get_gridspec().nrows  # of the axes, in inches, at least
    ends = [_end(axes, drawn) for drawn in lines]
    needed = np.array([(1 + label.count("\n")) * LABEL / height for label in labels])
    middles = _apart(np.array([y for _, y in ends]), needed)
    leaders = [
        (((x + 0.01, y), (GAP - 0.01, middle)), drawn.get_color())
        for drawn, (x, y), middle in zip(lines, ends, middles, strict=True)
        if abs(y - middle) > LABEL / 2 / height or x < BESIDE
    ]
    axes.add_collection(_leaders(axes, leaders), autolim=False)
    for drawn, label, middle in zip(lines, labels, middles, strict=True):
        axes.text(GAP, middle, label, transform=axes.transAxes, color=drawn.get_color(), fontsize=7, va="center",
                  ha="left", linespacing=1.1)  # fmt: skip


def _leaders(axes: Axes, leaders: Sequence[tuple[Sequence[tuple[float, float]], str]]) -> LineCollection:
    """Thin lines between points in shares of the axes, with their colours; labels alone need room beside the axes."""
    points, colours = zip(*leaders, strict=True) if leaders else ((), ())
    drawn = LineCollection(points, colors=colours, linewidths=0.5, transform=axes.transAxes, clip_on=False)
    drawn.set_in_layout(False)
    return drawn


def _end(axes: Axes, drawn: Line2D) -> tuple[float, float]:
    """Where a line has its last finite value, in shares of the axes."""
    points = np.array(drawn.get_data(), float).T
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return 1.0, 0.0
    axes.get_xlim(), axes.get_ylim()  # only then are they those of what is drawn
    x, y = axes.transAxes.inverted().transform(axes.transData.transform(points[-1]))
    return float(x), float(np.clip(y, 0, 1))


def _apart(ends: np.ndarray, needed: np.ndarray) -> np.ndarray:
    """The middles of texts of the heights `needed`, in the order of their lines' `ends` and as near to these as fit."""
    from scipy.optimize import isotonic_regression  # half a second, not needed for most figures

    order, total = np.argsort(ends, kind="stable"), needed.sum()
    piled = np.cumsum(needed[order]) - needed[order] / 2  # one on the other
    middles = np.empty(len(ends))
    middles[order] = piled + isotonic_regression(np.clip(ends[order] - piled, 0, max(0, 1 - total))).x
    return middles


def power_of_ten(value: float, _position: int | None = None) -> str:
    """The tick of a logarithmic axis: 0.01 as 10⁻², which matplotlib itself would write as mathematics."""
    return f"10{str(round(math.log10(value))).translate(SUPERSCRIPTS)}" if value else "0"


def smallest(height: float) -> float:
    """The size in points that the words of a figure of so many inches need, to have LEAST points in print."""
    return LEAST if height <= HALF_PAGE else LEAST / SHRUNK


def cut(text: str, inches: float, points: float, end: str = "") -> str:
    """A text and its `end` in one line; where they are wider than `inches` at `points`, less of the text, and `…`."""
    whole, kept = text + end, text
    while kept and _width(whole, points) > inches:
        kept = kept[:-1].rstrip()
        whole = f"{kept}…{end}"
    return whole


@cache
def _width(text: str, points: float) -> float:
    """Inches of a line of text."""
    return text_to_path.get_text_width_height_descent(text, FontProperties(size=points), ismath=False)[0] / 72


def readable(name: str) -> str:
    """A class or key name as text: underscores become spaces."""
    return name.replace("_", " ")
