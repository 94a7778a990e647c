"""A cell of a figure: its image, and text that stays within it."""

import numpy as np
import pytest

from cnnatlas.figures import style
from cnnatlas.interpretation.figures import cell
from figures.test_figures import texts


@pytest.mark.parametrize("side", [0.6, 1.0])
def test_a_text_too_wide_for_its_cell_gets_smaller_and_is_cut(side):
    axes = style.canvas(2)
    cell.draw(axes, np.zeros((4, 4, 3), np.uint8), ["short", "crocodile head in the water", "W" * 90], 2.0, 0.0, side)
    axes.figure.canvas.draw()
    shown = dict(texts(axes.figure))
    assert "short" in shown and any(text.startswith("crocodile") for text in shown)
    assert any(text.startswith("WW") and text.endswith("…") for text in shown)
    sizes = {text.get_text(): text.get_fontsize() for text in axes.texts}
    assert sizes["short"] == cell.POINTS and min(sizes.values()) == cell.SMALLEST
    width = side * style.RESOLUTION
    ordinary = [box for text, box in shown.items() if not text.startswith("W")]  # no letter is wider
    assert all(box.width <= width for box in ordinary)


def test_the_image_fills_the_cell_but_for_the_gap():
    axes = style.canvas(2)
    cell.draw(axes, np.zeros((4, 4, 3), np.uint8), [], 1.0, 0.5, 1.0)
    left, right, bottom, top = axes.images[0].get_extent()
    assert (right - left, bottom - top) == pytest.approx((1 - cell.GAP, 1 - cell.GAP))
    assert (left, top) == pytest.approx((1 + cell.GAP / 2, 0.5))
