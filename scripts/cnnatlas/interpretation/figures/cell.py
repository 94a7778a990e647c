"""One image in a square cell of a figure, with short lines of text below it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

LINE, GAP = 0.125, 0.05  # inches: a line of text; between the images of neighbouring cells
POINTS, SMALLEST = 6.0, 5.5  # of the text


def draw(axes: Axes, image: np.ndarray, lines: Sequence[str], left: float, top: float, side: float) -> None:
    """Draw `image` (H, W, 3) on a `style.canvas`, in the cell of `side` inches at `left` and `top`.

    A text that is too wide for the cell gets smaller, and what then is still too long is cut.
    """
    inner = side - GAP
    extent = (left + GAP / 2, left + GAP / 2 + inner, top + inner, top)
    axes.imshow(image, extent=extent, aspect="auto", interpolation="nearest")
    fitting = side * 72 / (0.62 * POINTS)  # characters of DejaVu Sans that fit
    for line, text in enumerate(lines):
        size = max(SMALLEST, POINTS * min(1.0, fitting / len(text)))
        most = int(fitting * POINTS / size)
        text = text if len(text) <= most else text[: most - 1] + "…"
        axes.text(left + side / 2, top + inner + (line + 0.55) * LINE, text, ha="center", va="center", fontsize=size)
