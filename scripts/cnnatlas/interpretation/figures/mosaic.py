"""Many small pictures in one: a mosaic is one image, drawn some hundred times faster than as many axes."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb

from cnnatlas.figures import style

SHARPEST = 48  # pixels of a tile below which it is enlarged, so that gaps are thin and squares stay sharp
COLUMNS = (8, 16, 32)
NUMBERS = 0.13  # inches above a mosaic for the numbers of its columns
LABELS = 0.26  # inches left of a mosaic for the numbers of its rows


def columns(tiles: int) -> int:
    """Tiles side by side: powers of two, as most numbers of channels are."""
    few, some, many = COLUMNS
    return few if tiles <= 16 else some if tiles <= 128 else many


def height(tiles: int, shape: Sequence[int], width: float, across: int) -> float:
    """Inches that rows of `across` tiles of `shape` (h, w) and the numbers above them take in `width` inches."""
    return -(-tiles // across) * (width - LABELS) / across * shape[0] / shape[1] + NUMBERS


def draw(
    axes: Axes, tiles: np.ndarray, left: float, top: float, width: float, across: int, gaps: str = "white"
) -> None:
    """Draw RGB tiles (n, h, w, 3) in [0, 1] on a `style.canvas`; a tile's number is its row's plus its column's."""
    rows = -(-len(tiles) // across)
    side, tall = (width - LABELS) / across, (width - LABELS) / across * tiles.shape[1] / tiles.shape[2]
    left, top = left + LABELS, top + NUMBERS
    extent = (left, left + across * side, top + rows * tall, top)
    points = style.smallest(axes.figure.get_figheight())
    axes.imshow(joined(tiles, across, gaps), extent=extent, aspect="auto")
    for row in range(rows):
        axes.text(left - 0.03, top + (row + 0.5) * tall, str(row * across), ha="right", va="center", fontsize=points)
    for column in range(0, across, across // COLUMNS[0]):
        middle = left + (column + 0.5) * side
        axes.text(middle, top - NUMBERS / 2, f"+{column}", ha="center", va="center", fontsize=points)


def joined(tiles: np.ndarray, across: int, gaps: str = "white") -> np.ndarray:
    """Tiles (n, h, w, 3) as one RGB image in rows of `across`, with gaps of that colour right of and below each."""
    n, tall, wide, _ = tiles.shape
    times = -(-SHARPEST // min(tall, wide))
    enlarged = tiles.repeat(times, axis=1).repeat(times, axis=2)
    gap = max(1, round(0.05 * wide * times))
    rows = -(-n // across)
    whole = np.empty((rows * across, tall * times + gap, wide * times + gap, 3), np.float32)
    whole[:] = to_rgb(gaps)
    whole[:n, :-gap, :-gap] = enlarged
    grid = whole.reshape(rows, across, *whole.shape[1:])
    return grid.transpose(0, 2, 1, 3, 4).reshape(rows * whole.shape[1], across * whole.shape[2], 3)
