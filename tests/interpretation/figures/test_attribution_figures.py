"""The figure of attributions: what stands above each pair, what the colours are, and that it stays readable."""

import matplotlib
import numpy as np
import pytest
from matplotlib.text import Text

from cnnatlas.figures import style
from cnnatlas.interpretation.declarations import METHODS
from cnnatlas.interpretation.figures import attribution, colours
from figures.test_figures import printed, texts, written

NAMES = ["crocodile_head", "cat", "electric_guitar_with_a_long_name", "dog"]
ATTRIBUTIONS = [name for name, method in METHODS.items() if method.kind == "attribution"]


def draw(arrays, record, figure="all", method="gradient"):
    """The figure as its job draws it for a method."""
    declared = METHODS[method]
    facts = {key: getattr(declared, key) for key in ("display", "legend", "rectified")}
    return attribution.draw(arrays, record, figure, **facts)


def case(n, channels=3, targets=False):
    """Images whose prediction is right in every other one; with `targets` the maps are of the true class."""
    rng = np.random.default_rng(0)
    arrays = {
        "images": rng.integers(256, size=(n, 12, 10, 3), dtype=np.uint8),
        "attribution": rng.normal(size=(n, channels, 12, 10)).astype(np.float32),
    }
    entries = []
    for i in range(n):
        true, predicted = NAMES[i % 4], NAMES[(i + i % 2) % 4]
        target, score = (true, 0.125) if targets else (predicted, 0.5 + i / 1000)
        entries.append(
            {"class": true, "prediction": predicted, "score": 0.5 + i / 1000, "target": target, "target_score": score}
        )
    return arrays, {"classes": NAMES, "images": entries}


CASES = [(1, False, "gradient"), (3, False, "cam"), (20, True, "cam"), (50, False, "gradient"), (50, True, "gradient")]


ONCE = [pytest.param(case, marks=pytest.mark.xdist_group(f"attribution {case}")) for case in CASES]


@pytest.fixture(scope="module", params=ONCE, ids=str)
def drawn(request):
    n, targets, method = request.param
    figure = draw(*case(n, targets=targets), method=method)
    figure.canvas.draw()
    return figure


@pytest.mark.slow
def test_texts_lie_on_the_canvas(drawn):
    width, height = drawn.canvas.get_width_height()
    assert not [t for t, b in texts(drawn) if b.x0 < 0 or b.y0 < 0 or b.x1 > width or b.y1 > height]


def test_no_printed_word_is_smaller_than_six_points(drawn):
    assert printed(drawn) >= 6 - 1e-9


def test_no_text_lies_on_another_or_on_a_picture(drawn):
    boxes = [(text, box.extents) for text, box in texts(drawn)]
    boxes += [("picture", image.get_window_extent().extents) for image in drawn.axes[0].images]
    x0, y0, x1, y1 = np.array([extents for _, extents in boxes]).T
    apart = [low[:, None] + 2 >= high for low, high in ((x0, x1), (y0, y1))]  # 2 pixels of tolerance
    over = ~(apart[0] | apart[0].T | apart[1] | apart[1].T)
    assert not [(boxes[i][0], boxes[j][0]) for i, j in zip(*np.nonzero(np.triu(over, 1)), strict=True)]


def test_it_fits_a_page(drawn):
    width, height = drawn.get_size_inches()
    assert width == style.WIDTH and height <= style.HEIGHT + 1e-9


def test_classes_and_scores_stand_above_each_pair():
    shown = written(draw(*case(4)))
    assert shown.count("cat") == 1 and shown.count("→ crocodile head 0.50") == 2
    assert not [text for text in shown if text.startswith("map for")]
    assert any(text.startswith("electric guitar") for text in shown)


def test_a_long_name_is_cut_and_not_its_score():
    arrays, record = case(50, targets=True)
    shown = [text for text in written(draw(arrays, record)) if "electr" in text]
    assert all(text.startswith("electr") or text[-5:-2] == " 0." for text in shown)
    assert any(text.startswith("→ electr") and "… 0.5" in text for text in shown)


def test_another_target_than_the_prediction_is_named():
    shown = [text for text in written(draw(*case(4, targets=True))) if text.startswith("map for")]
    assert shown == ["map for cat 0.12", "map for dog 0.12"]


@pytest.mark.slow
@pytest.mark.parametrize(("figure", "first", "count"), [("all", 0, 50), ("right", 0, 50), ("wrong", 1, 50)])
def test_right_wrong_or_all_images_are_drawn_up_to_a_page(figure, first, count):
    arrays, record = case(102)
    pictures = draw(arrays, record, figure).axes[0].images
    assert len(pictures) == 2 * count + 1  # pairs, and the bar of the key
    assert np.array_equal(pictures[0].get_array(), arrays["images"][first])
    step = 1 if figure == "all" else 2
    assert np.array_equal(pictures[2 * count - 2].get_array(), arrays["images"][first + step * (count - 1)])


def test_overlays_are_larger_and_so_the_first_of_each_class_and_the_figure_says_so():
    arrays, record = case(50, channels=1)
    figure = draw(arrays, record, method="occlusion")
    pictures = figure.axes[0].images
    assert len(pictures) == 2 * 20 + 1
    shown = [next(i for i in range(50) if np.array_equal(p.get_array(), arrays["images"][i])) for p in pictures[:-1:2]]
    assert shown == list(range(20))
    left, right, *_ = pictures[0].get_extent()
    left_of_map, right_of_map, *_ = draw(arrays, record, method="gradient").axes[0].images[0].get_extent()
    assert right - left > max(0.7, 1.2 * (right_of_map - left_of_map))
    assert any(text.endswith("; 20 of 50 images") for text in written(figure))


@pytest.mark.parametrize(
    ("pairs", "columns"), [(1, 1), (6, 3), (7, 4), (8, 4), (9, 5), (10, 5), (12, 4), (15, 5), (20, 4), (50, 5)]
)
def test_rows_of_maps_are_filled(pairs, columns):
    assert attribution._columns(pairs) == columns


def test_every_class_is_drawn_before_a_class_is_drawn_twice():
    entries = [{"class": name} for name in "aaaabbc"]
    assert attribution._first_of_each_class(entries, range(7), 4) == [0, 1, 4, 6]
    assert attribution._first_of_each_class(entries, [3, 5], 4) == [3, 5]


def test_a_class_that_the_network_does_not_know_is_not_judged():
    arrays, record = case(2)
    colours = {}
    for classes in (NAMES, ["tabby", "beagle"]):
        figure = draw(arrays, {**record, "classes": classes})
        colours[len(classes)] = {t.get_color() for t in figure.findobj(Text) if t.get_text().startswith("→")}
    assert colours == {4: {"black", style.VERMILION}, 2: {"black"}}


def test_a_figure_without_images_says_so():
    arrays, record = case(1)
    assert written(draw(arrays, record, "wrong")) == ["there is no such image"]


@pytest.mark.parametrize("method", ATTRIBUTIONS)
def test_the_scale_and_the_meaning_of_the_colours_are_given(method):
    arrays, record = case(2, channels=1)
    arrays["attribution"][1] *= 0.01
    shown = written(draw(arrays, record, method=method))
    sizes = [np.abs(values).max() for values in arrays["attribution"]]
    assert {f"±{size:.2g}" for size in sizes} <= set(shown)
    assert any(METHODS[method].legend[2] in text for text in shown)
    ends = set(METHODS[method].legend[:2])
    assert any("grey: zero" in text for text in shown) if METHODS[method].display == "colours" else ends <= set(shown)


def test_signed_values_are_blue_white_and_red_around_zero():
    values = np.array([[[-2.0, 0.0, 2.0, 9.0]], [[0.0, 0.0, 0.0, -7.0]]])
    found = colours.coloured(np.zeros((1, 4, 3), np.uint8), values, "map", 2.0)[0]
    expected = matplotlib.colormaps[colours.DIVERGING]([0.0, 0.5, 1.0, 1.0])[:, :3]
    assert np.allclose(found, expected, atol=1e-6)
    assert found[0, 2] > found[0, 0] and found[2, 0] > found[2, 2] and found[1].min() > 0.95


def test_maps_lie_over_the_grey_image_and_leave_it_bare_at_zero():
    image = np.full((1, 3, 3), (30, 60, 90), np.uint8)
    found = colours.coloured(image, np.array([[[0.0, 1.0, 0.5]]]), "overlay", 1.0)[0]
    assert np.allclose(found[0], 60 / 255)
    assert found[1, 0] - found[1, 2] > found[2, 0] - found[2, 2] > 0.1


def test_guided_gradients_keep_their_channels_around_grey():
    values = np.array([0.0, 1.0, -1.0])[:, None, None]
    found = colours.coloured(np.zeros((1, 1, 3), np.uint8), values, "colours", 1.0)
    assert np.allclose(found[0, 0], [0.5, 1.0, 0.0])


def test_a_single_pixel_does_not_pale_a_gradient_but_counts_in_a_map():
    for channels, expected in ((3, "±3"), (1, "±900")):
        arrays, record = case(1, channels=channels)
        arrays["attribution"][:] = 1
        arrays["attribution"][0, 0, 0, 0] = 900
        assert expected in written(draw(arrays, record))


def test_maps_without_any_value_are_drawn():
    arrays, record = case(2, channels=1)
    arrays["attribution"][:] = 0
    assert len(draw(arrays, record, method="grad_cam").axes[0].images) == 5  # two pairs and the bar


def test_equal_content_is_equal_bytes(tmp_path):
    for copy in "ab":
        style.save(draw(*case(3)), tmp_path / f"{copy}.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_rectified_scale_starts_at_zero():
    bars = [draw(*case(1, channels=1), method=method).axes[0].images[-1].get_array() for method in ("cam", "grad_cam")]
    blue, white = (bar[0, 0] for bar in bars)
    assert blue[2] > blue[0] + 0.3 and white.min() > 0.95
