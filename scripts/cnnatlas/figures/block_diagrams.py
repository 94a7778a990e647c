"""Diagrams of inception and residual blocks, with what was computed for each (C0.17, C0.18)."""

from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from cnnatlas.figures import style
from cnnatlas.theory import costs

CONVOLUTION, OTHER, JOIN = "#CFE3F2", "#EDEDED", "#F8DFBF"
BOX = (1.35, 0.5)  # width, height


def inception(answers: Mapping[str, Mapping], arrays: Mapping[str, np.ndarray]) -> Figure:
    """The four branches of an inception block with channels, and each branch's weights with and without reduction."""
    drawn = style.figure(2.9)
    axes = _canvas(drawn.add_subplot(), (0, 8.9), (-0.75, 3.6))
    source, joined = (0.8, 1.5), (6.1, 1.5)
    for k, (name, layers) in enumerate(costs.INCEPTION.items()):
        y = 3.0 - k
        boxes = [(f"{kernel}×{kernel}, {filters}", CONVOLUTION) for filters, kernel in layers]
        if name == "pooling":
            boxes.insert(0, ("3×3 max pooling", OTHER))
        positions = [(2.7, y), (4.4, y)] if len(boxes) == 2 else [(4.4, y)]
        for (text, colour), position in zip(boxes, positions, strict=True):
            _box(axes, position, text, colour)
        for a, b in pairwise([source, *positions, joined]):
            _elbow(axes, (a[0] + BOX[0] / 2, a[1]), (b[0] - BOX[0] / 2, b[1]), 0.18 if a == source else -0.18)
        weights = [answers[f"c0_17_{kind}"]["value"][k] for kind in ("inception", "naive")]
        axes.text(7.75, y, f"{weights[0]:,}", ha="right", va="center")
        axes.text(8.8, y, f"{weights[1]:,}", ha="right", va="center")
    outputs = sum(layers[-1][0] for layers in costs.INCEPTION.values())
    _box(axes, source, f"{costs.INCEPTION_INPUT} channels", OTHER)
    _box(axes, joined, f"concatenated:\n{outputs} channels", JOIN)
    for x, title in ((7.75, "weights,\nreduced"), (8.8, "not\nreduced")):
        axes.text(x, 3.42, title, ha="right", va="center", fontsize=7)
    for x, kind in ((7.75, "inception"), (8.8, "naive")):
        axes.text(x, -0.5, f"{sum(answers[f'c0_17_{kind}']['value']):,}", ha="right", va="center", weight="bold")
    axes.text(6.1, -0.5, "all", ha="center", va="center", weight="bold")
    return drawn


def residual(answers: Mapping[str, Mapping], arrays: Mapping[str, np.ndarray]) -> Figure:
    """A residual block (left); the norm of a gradient after many layers with and without shortcuts (right)."""
    drawn = style.figure(2.9)
    left, right = drawn.subplots(1, 2, width_ratios=(1, 1.6))
    axes = _canvas(left, (-0.3, 3.0), (-0.2, 6.4))
    chain = ("x", "3×3", "normalisation, ReLU", "3×3", "normalisation", "+", "ReLU")
    positions = [(1.0, 6.0 - 0.97 * k) for k in range(len(chain))]
    for text, position in zip(chain, positions, strict=True):
        colour = JOIN if text == "+" else CONVOLUTION if "×" in text else OTHER
        _box(axes, position, text, colour, width=1.9)
    for a, b in pairwise(positions):
        _arrow(axes, (a[0], a[1] - BOX[1] / 2), (b[0], b[1] + BOX[1] / 2))
    bend = 2.6
    axes.plot([1.95, bend, bend], [positions[0][1], positions[0][1], positions[5][1]], color="black", linewidth=0.8)
    _arrow(axes, (bend, positions[5][1]), (1.95, positions[5][1]))
    axes.text(bend + 0.12, positions[3][1], "identity", rotation=90, ha="left", va="center", fontsize=7)
    _gradients(right, arrays)
    return drawn


def _gradients(axes: Axes, arrays: Mapping[str, np.ndarray]) -> None:
    depths = arrays["depths"]
    for name, title, colour in (("plain", "without shortcuts", style.VERMILION), ("residual", "with", style.BLUE)):
        norms = arrays[f"gradient_{name}"]
        axes.loglog(depths, norms.T, color=colour, linewidth=0.6, alpha=0.6)
        axes.loglog(depths, np.exp(np.log(norms).mean(0)), "o-", color=colour, markersize=3.5, label=title)
    axes.set_xscale("log", base=2)
    axes.yaxis.set_major_formatter(style.power_of_ten)
    axes.set_xticks(depths, [str(depth) for depth in depths])
    axes.set(xlabel="layers", ylabel="norm of the gradient at the input,\nrelative to that at the output")
    axes.legend(loc="lower left")


def _canvas(axes: Axes, x: tuple[float, float], y: tuple[float, float]) -> Axes:
    axes.set(xlim=x, ylim=y)
    axes.axis("off")
    return axes


def _box(axes: Axes, position: tuple[float, float], text: str, colour: str, width: float = BOX[0]) -> None:
    corner = (position[0] - width / 2, position[1] - BOX[1] / 2)
    style_ = "round,pad=0,rounding_size=0.08"
    axes.add_patch(FancyBboxPatch(corner, width, BOX[1], style_, facecolor=colour, edgecolor=style.GREY, linewidth=0.7))
    axes.text(*position, text, ha="center", va="center", fontsize=7)


def _elbow(axes: Axes, start: tuple[float, float], end: tuple[float, float], bend: float) -> None:
    """An arrow of horizontal and vertical parts; it bends `bend` after its start, or before its end if negative."""
    x = start[0] + bend if bend > 0 else end[0] + bend
    axes.plot([start[0], x, x], [start[1], start[1], end[1]], color="black", linewidth=0.8, solid_joinstyle="miter")
    _arrow(axes, (x, end[1]), end)


def _arrow(axes: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    axes.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "linewidth": 0.8, "shrinkA": 0, "shrinkB": 0,
                                              "color": "black", "mutation_scale": 7})  # fmt: skip
