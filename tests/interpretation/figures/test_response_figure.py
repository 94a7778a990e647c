"""The figure of responses over larger images: which images, which classes, which colours."""

from itertools import pairwise

import numpy as np

from cnnatlas.figures import style
from cnnatlas.interpretation.figures import response
from figures.test_figures import printed, texts, written


def case(n=7, targets=2):
    rng = np.random.default_rng(0)
    rows = n * targets
    arrays = {"images": rng.integers(256, size=(rows, 16, 16, 3), dtype=np.uint8)}
    arrays |= {f"response_{k}": rng.normal(size=(rows, 4 * (k + 1), 4 * (k + 1))).astype(np.float32) for k in (0, 1)}
    entries = [
        {
            "index": i // targets,
            "class": f"class_{i // targets}",
            "target": f"target {i % targets}",
            "target_score": 0.5,
        }
        for i in range(rows)
    ]
    return arrays, {"images": entries, "options": {"scales": [1.0, 2.0]}}


def test_images_are_evenly_chosen_with_every_class_and_scale():
    figure = response.draw(*case(), "response")
    shown = written(figure)
    assert [text for text in shown if text.startswith("class")] == [
        "class 0",
        "class 2",
        "class 4",
        "class 6",
    ]
    assert shown.count("target 0 0.50") == shown.count("target 1 0.50") == shown.count("target 0") == 4
    assert shown.count("× 2") == 8
    scales = {scale for above, scale in pairwise(shown) if "0.50" in above}
    assert scales == {"× 1"}  # the score is of the image at its own size
    assert len(figure.axes[0].images) == 4 * (1 + 4 * 2)  # a response lies over the image


def test_the_colours_of_a_response_are_centred_at_zero():
    overlays = [image for image in response.draw(*case(1), "response").axes[0].images if image.get_array().ndim == 2]
    assert len(overlays) == 4
    assert all(image.norm.vmin == -image.norm.vmax == -np.abs(image.get_array()).max() for image in overlays)


def test_texts_lie_on_a_page_apart_from_each_other():
    figure = response.draw(*case(), "response")
    figure.canvas.draw()
    width, height = figure.canvas.get_width_height()
    boxes = [box for _, box in texts(figure)]
    assert not [box for box in boxes if box.x0 < 0 or box.y0 < 0 or box.x1 > width or box.y1 > height]
    assert not [1 for i, a in enumerate(boxes) for b in boxes[:i] if a.overlaps(b)]
    assert figure.get_size_inches()[1] <= style.HEIGHT and printed(figure) >= 6 - 1e-9
