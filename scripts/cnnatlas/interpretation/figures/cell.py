"""One image in a square cell of a figure, with short lines of text below it."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from cnnatlas.figures import style

LINE, GAP = 0.125, 0.05  # inches: a line of text; between the images of neighbouring cells


def draw(axes: Axes, image: np.ndarray, lines: Sequence[tuple[str, str]], left: float, top: float, side: float) -> None:
    """Draw `image` (H, W, 3) on a `style.canvas`, in the cell of `side` inches at `left` and `top`.

    A line is a text and its end: of one that is too wide for the cell, the text is cut.
    """
    inner = side - GAP
    extent = (left + GAP / 2, left + GAP / 2 + inner, top + inner, top)
    axes.imshow(image, extent=extent, aspect="auto", interpolation="nearest")
    points = style.smallest(axes.figure.get_figheight())
    for line, (text, end) in enumerate(lines):
        y, short = top + inner + (line + 0.55) * LINE, style.cut(text, side, points, end)
        axes.text(left + side / 2, y, short, ha="center", va="center", fontsize=points)
