"""A cell of a figure: its image, and text that stays within it."""

import numpy as np
import pytest

from cnnatlas.figures import style
from cnnatlas.interpretation.figures import cell
from figures.test_figures import texts


def test_a_text_too_wide_for_its_cell_is_cut_and_its_end_is_not():
    axes = style.canvas(2)
    lines = [("short", ""), ("crocodile head in the water", " 0.93"), ("", "")]
    cell.draw(axes, np.zeros((4, 4, 3), np.uint8), lines, 2.0, 0.0, 1.0)
    axes.figure.canvas.draw()
    shown = dict(texts(axes.figure))
    assert set(shown) == {"short", "crocodile head i… 0.93"}
    assert all(box.width <= style.RESOLUTION for box in shown.values())


def test_the_image_fills_the_cell_but_for_the_gap():
    axes = style.canvas(2)
    cell.draw(axes, np.zeros((4, 4, 3), np.uint8), [], 1.0, 0.5, 1.0)
    left, right, bottom, top = axes.images[0].get_extent()
    assert (right - left, bottom - top) == pytest.approx((1 - cell.GAP, 1 - cell.GAP))
    assert (left, top) == pytest.approx((1 + cell.GAP / 2, 0.5))
