"""All filters of a layer, or how close they are to Gabor functions (A3b)."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays, layer, named
from cnnatlas.interpretation.figures import gabor, mosaic
from cnnatlas.interpretation.gabor import energy, principal
from cnnatlas.wording import percent

HEAD = 0.36  # inches for the title and its explanation
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
    axes.text(0.03, 0.1, f"{named(name)}: {n} filters of {height}×{width}", va="center", fontsize=8)
    axes.text(0.03, 0.26, words, va="center", fontsize=style.smallest(axes.figure.get_figheight()))
    gaps = "white" if coloured else style.ORANGE  # white would look like a large weight
    mosaic.draw(axes, tiles, 0, HEAD, style.WIDTH, across, gaps)
    return axes.figure


def _colours(weights: np.ndarray) -> tuple[np.ndarray, str]:
    """RGB with zero as middle grey."""
    largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    tiles = 0.5 + 0.5 * weights / np.where(largest > 0, largest, 1)
    return tiles.transpose(0, 2, 3, 1), "weights for red, green and blue as colours"


def _components(weights: np.ndarray) -> tuple[np.ndarray, str]:
    patterns, _ = principal(weights)
    largest = np.abs(patterns).max(axis=(1, 2), keepdims=True)
    tiles = 0.5 + 0.5 * patterns / np.where(largest > 0, largest, 1)
    share = f"{percent(energy(weights), 0)} of a filter's energy (median)"
    words = f"first principal component over the {weights.shape[1]} input channels, which holds {share}"
    return np.repeat(tiles[..., None], 3, axis=3), words
