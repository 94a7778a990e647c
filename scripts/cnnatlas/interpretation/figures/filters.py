"""All filters of a layer, or how close they are to Gabor functions (A3b)."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays, layer
from cnnatlas.interpretation.figures import gabor, mosaic
from cnnatlas.interpretation.gabor import principal

HEAD = 0.46  # inches for the title and its explanation
RGB = 3  # channels


def draw(arrays: Arrays, record: Mapping, figure: str, *, title: str, summary: Mapping | None = None) -> Figure:
    """Every filter of a layer, each on a scale of its own; or, as figure "gabor", the Gabor fits of `summary`.

    `arrays` are those of the method filters, `summary` its summary.json; `figure` is otherwise "layer1" for the first
    of its layers, and so on; `title` is the network's.

    Filters of three input channels are colours. Of others, the first principal component over the input channels is
    drawn, and the title tells how much of the filters' energy that is: a mean over the channels would cancel what has
    another sign in each.
    """
    if figure == "gabor":
        return gabor.draw(summary)
    name = layer(arrays, figure)
    if name is None:
        return style.note(f"{title} has no {figure}")
    weights = arrays[name]
    n, channels, height, width = weights.shape
    coloured = channels == RGB
    tiles, words = _colours(weights) if coloured else _components(weights)
    across = mosaic.columns(n)
    axes = style.canvas(HEAD + mosaic.height(n, (height, width), style.WIDTH, across) + 0.03)
    heading = f"{title}, {name}: {n} filters of {height}×{width}"
    axes.text(0.03, 0.13, heading, va="center", fontsize=style.fitted(heading, style.WIDTH - 0.06))
    axes.text(0.03, 0.34, words, va="center", fontsize=6, linespacing=1.3)
    gaps = "white" if coloured else style.ORANGE  # white would look like a large weight
    mosaic.draw(axes, tiles, 0, HEAD, style.WIDTH, across, gaps)
    return axes.figure


def _colours(weights: np.ndarray) -> tuple[np.ndarray, str]:
    """RGB with zero as middle grey."""
    largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    tiles = 0.5 + 0.5 * weights / np.where(largest > 0, largest, 1)
    words = "red, green and blue weights as colours;\nmiddle grey is zero; each filter on its own scale"
    return tiles.transpose(0, 2, 3, 1), words


def _components(weights: np.ndarray) -> tuple[np.ndarray, str]:
    patterns, energy = principal(weights)
    largest = np.abs(patterns).max(axis=(1, 2), keepdims=True)
    tiles = 0.5 + 0.5 * patterns / np.where(largest > 0, largest, 1)
    share = f"{100 * np.median(energy):.0f} % of a filter's energy (median)"
    words = (
        f"first principal component over the {weights.shape[1]} input channels, which holds {share};\n"
        "grey is zero, white the largest weight; each filter on its own scale"
    )
    return np.repeat(tiles[..., None], 3, axis=3), words
