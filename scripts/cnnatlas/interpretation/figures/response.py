"""Responses of the most probable classes at each position of a larger image, laid over it, at several scales (B4)."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnnatlas.figures import style
from cnnatlas.interpretation.arrays import Arrays, scales
from cnnatlas.interpretation.figures.colours import DIVERGING

IMAGES = 4
TITLE = 0.3  # inches above each picture: two lines
GAP = 0.06
COVER = 0.55  # opacity of the response


def draw(arrays: Arrays, record: Mapping, figure: str) -> Figure:
    """The one figure: up to IMAGES images, evenly chosen, each beside its target classes' responses at every scale.

    `arrays`: "images" (N, H, W, 3) uint8 and "response_{k}" (N, h, w) for scale k, as the method `response` gives them;
    rows of one image follow each other. Red positions are evidence for the class, blue ones against it; within
    one panel the strongest position has full colour.
    """
    groups = _by_image(record["images"])
    chosen = [
        groups[i] for i in np.unique(np.linspace(0, len(groups) - 1, min(IMAGES, len(groups))).round().astype(int))
    ]
    factors = scales(record)
    columns = 1 + max(len(group) for group in chosen) * len(factors)
    side = min(style.WIDTH / columns, 1.5)
    axes = style.canvas((side + TITLE) * len(chosen))
    for row, group in enumerate(chosen):
        top = row * (side + TITLE) + TITLE
        entry = record["images"][group[0]]
        _picture(
            axes, arrays["images"][group[0]], 0, top, side, [(style.readable(entry["class"]), ""), ("", "the image")]
        )
        for column, (i, k) in enumerate([(i, k) for i in group for k in range(len(factors))], start=1):
            target = record["images"][i]
            score = f" {target['target_score']:.2f}" if factors[k] == 1 else ""  # it is of the image at its own size
            lines = [(style.readable(target["target"]), score), ("", f"× {factors[k]:g}")]
            _picture(axes, arrays["images"][i], column * side, top, side, lines)
            _overlay(axes, arrays[f"response_{k}"][i], column * side, top, side)
    return axes.figure


def _by_image(entries: Sequence[Mapping]) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for i, entry in enumerate(entries):
        found.setdefault(entry["index"], []).append(i)
    return list(found.values())


def _picture(
    axes: Axes, image: np.ndarray, left: float, top: float, side: float, lines: Sequence[tuple[str, str]]
) -> None:
    """An image and lines above it, each a text with an end that is not cut."""
    axes.imshow(image, extent=_extent(left, top, side), aspect="auto", interpolation="nearest")
    points = style.smallest(axes.figure.get_figheight())
    for line, (text, end) in enumerate(lines):
        y, short = top - 0.03 - 0.12 * (len(lines) - 1 - line), style.cut(text, side - GAP, points, end)
        axes.text(left + (side - GAP) / 2, y, short, ha="center", va="bottom", fontsize=points)


def _overlay(axes: Axes, response: np.ndarray, left: float, top: float, side: float) -> None:
    limit = float(np.abs(response).max()) or 1.0
    axes.imshow(
        response, extent=_extent(left, top, side), aspect="auto", interpolation="bilinear", cmap=DIVERGING, alpha=COVER,
        vmin=-limit, vmax=limit,
    )  # fmt: skip


def _extent(left: float, top: float, side: float) -> tuple[float, float, float, float]:
    return (left, left + side - GAP, top + side - GAP, top)
