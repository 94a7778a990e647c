"""Figures of feature maps, filters and Gabor fits: every channel is there, on the page, with its explanation."""

import numpy as np
import pytest

from cnnatlas.figures import style
from cnnatlas.interpretation.figures import feature_maps, filters, gabor, mosaic
from cnnatlas.interpretation.gabor import grating
from figures.test_figures import printed, texts


def maps(n, channels, height, width, signed=False):
    rng = np.random.default_rng(0)
    values = rng.standard_normal((n, channels, height, width)).astype(np.float32)
    images = rng.integers(256, size=(n, 64, 48, 3), dtype=np.uint8)
    return {"relu1": values if signed else np.maximum(values, 0), "images": images}


def record(n):
    item = {"id": "crocodile_head/image_0001", "class": "crocodile_head", "prediction": "inline_skate_with_a_long_name"}
    return {"images": [item] * n}


def fits(size, best):
    rng = np.random.default_rng(0)
    one = {"r2": 0.9, "pattern": rng.random((size, size)).tolist(), "fitted": rng.random((size, size)).tolist()}
    one |= {"index": 511, **grating(np.array(one["fitted"]))}
    r2 = {"r2": rng.random(64).tolist(), "null_r2": [-0.5, *rng.random(198)]}
    return {"order": ["conv1"], "layers": {"conv1": {**r2, "threshold": 0.95, "size": size, "best": [one] * best}}}


def weights(*shape):
    return {"conv": np.random.default_rng(0).standard_normal(shape).astype(np.float32)}


def draw(module, arrays, record, figure="layer1"):
    return module.draw(arrays, record, figure, title="LeNet-5")


FIGURES = {
    "maps of LeNet": lambda: draw(feature_maps, maps(2, 32, 60, 60), record(2)),
    "8 maps": lambda: draw(feature_maps, maps(1, 8, 30, 20), record(1)),
    "maps of one pixel": lambda: draw(feature_maps, maps(20, 10, 1, 1), record(20)),
    "512 signed maps": lambda: draw(feature_maps, maps(3, 512, 4, 4, signed=True), record(3)),
    "dead maps": lambda: draw(feature_maps, {k: 0 * v for k, v in maps(2, 64, 9, 9).items()}, record(2)),
    "coloured filters": lambda: draw(filters, weights(32, 3, 5, 5), record(0)),
    "deep filters": lambda: draw(filters, weights(512, 16, 3, 3), record(0)),
    "a dead filter": lambda: draw(filters, {"conv": np.zeros((3, 2, 3, 3))}, record(0)),
    "fits": lambda: gabor.draw(fits(7, 8)),
    "few fits": lambda: gabor.draw(fits(3, 2)),
    "no fits": lambda: gabor.draw({"layers": {}, "order": []}),
    "no such maps": lambda: draw(feature_maps, maps(1, 2, 3, 3), record(1), "layer2"),
    "no such filters": lambda: draw(filters, weights(2, 3, 3, 3), record(0), "layer2"),
}


ONCE = [pytest.param(name, marks=pytest.mark.xdist_group(f"maps {name}")) for name in FIGURES]  # drawn by one worker


@pytest.fixture(scope="module", params=ONCE)
def drawn(request):
    figure = FIGURES[request.param]()
    figure.canvas.draw()
    return figure


@pytest.mark.slow
def test_texts_lie_on_the_canvas_and_not_on_each_other(drawn):
    width, height = drawn.canvas.get_width_height()
    placed = texts(drawn)
    assert all(b.x0 >= -1 and b.y0 >= -1 and b.x1 <= width + 1 and b.y1 <= height + 1 for _, b in placed)
    over = [
        (a, b)
        for i, (a, x) in enumerate(placed)
        for b, y in placed[:i]
        if min(x.x1, y.x1) - max(x.x0, y.x0) > 2 and min(x.y1, y.y1) - max(x.y0, y.y0) > 2
    ]
    assert not over


def test_figures_fit_a_page_and_are_readable(drawn):
    width, height = drawn.get_size_inches()
    assert width == style.WIDTH and height <= style.HEIGHT
    assert printed(drawn) >= 6 - 1e-9


def test_a_mosaic_holds_every_tile_at_its_place():
    tiles = np.random.default_rng(0).random((10, 50, 60, 3)).astype(np.float32)
    whole = mosaic.joined(tiles, 8)
    tall, wide = whole.shape[0] // 2, whole.shape[1] // 8
    for k, tile in enumerate(tiles):
        top, left = k // 8 * tall, k % 8 * wide
        np.testing.assert_array_equal(whole[top : top + 50, left : left + 60], tile)
    assert (whole[tall:, 2 * wide :] == 1).all()
    assert (whole[50:tall] == 1).all()


def test_all_channels_of_all_images_share_a_scale():
    arrays = maps(2, 8, 48, 48)
    arrays["relu1"][1, 3] = 0
    figure = draw(feature_maps, arrays, record(2))
    pictures = [image.get_array() for image in figure.axes[0].get_images()]
    assert len(pictures) == 1 + 2 * 2  # the scale, and for each image itself and its maps
    np.testing.assert_array_equal(pictures[1], arrays["images"][0])
    dark, mosaic_of_second = pictures[0][0, 0], pictures[4]
    wide = mosaic_of_second.shape[1] // 8
    dead = mosaic_of_second[:48, 3 * wide : 3 * wide + 48]
    np.testing.assert_allclose(dead, np.broadcast_to(dark, dead.shape), atol=1e-6)
    end = float(np.percentile(arrays["relu1"], feature_maps.SHARE))
    assert f"≥ {end:.3g}" in [text for text, _ in texts(figure)]


@pytest.mark.parametrize(
    ("image", "begins", "ends"),
    [
        ("accordion/image_0001", "accor", "…/image_0001"),
        ("test/1424", "test/1424", "test/1424"),
        ("cats/a file with a name that is longer than any", "…", " any"),
    ],
)
def test_an_images_name_keeps_the_beginning_of_its_class_and_its_number(image, begins, ends):
    items = {"images": [record(1)["images"][0] | {"id": image}]}
    shown = [text for text, _ in texts(draw(feature_maps, maps(1, 8, 30, 20), items))]
    assert [text for text in shown if text.startswith(begins) and text.endswith(ends)]


def test_what_does_not_fit_is_told():
    shown = [text for text, _ in texts(draw(feature_maps, maps(9, 64, 8, 8), record(9)))]
    assert any(text.startswith("relu1: 64 maps of 8×8 (first ") for text in shown)
    every = [text for text, _ in texts(draw(feature_maps, maps(2, 64, 8, 8), record(2)))]
    assert "relu1: 64 maps of 8×8" in every


def test_signed_maps_have_zero_in_the_middle_of_their_scale():
    shown = [text for text, _ in texts(draw(feature_maps, maps(1, 8, 8, 8, signed=True), record(1)))]
    low, high = (next(text for text in shown if text.startswith(sign)) for sign in "≤≥")
    assert low[2:] == "−" + high[2:]


def test_filters_of_three_channels_are_their_colours():
    arrays = {"conv": np.zeros((1, 3, 2, 2), np.float32)}
    arrays["conv"][0, 0, 0, 0], arrays["conv"][0, 2, 1, 1] = 2, -1
    picture = draw(filters, arrays, record(0)).axes[0].get_images()[0].get_array()
    np.testing.assert_allclose(picture[0, 0], [1, 0.5, 0.5])
    np.testing.assert_allclose(picture[40, 40], [0.5, 0.5, 0.25])
    np.testing.assert_allclose(picture[0, 40], [0.5, 0.5, 0.5])


def test_filters_of_more_channels_tell_what_is_left_of_them():
    pattern = np.array([[1.0, -1.0], [0.5, 0.0]])
    arrays = {"conv": (np.array([3.0, -4.0, 0, 0])[:, None, None] * pattern)[None]}
    figure = draw(filters, arrays, record(0))
    assert any("4 input channels, which holds 100 %" in text for text, _ in texts(figure))
    picture = figure.axes[0].get_images()[0].get_array()
    corners = picture[[0, 0, 40, 40], [0, 40, 0, 40], 0]
    assert abs(np.corrcoef(corners, pattern.ravel())[0, 1]) == pytest.approx(1)


@pytest.mark.slow
def test_equal_maps_are_equal_bytes(tmp_path):
    for copy in "ab":
        style.save(FIGURES["maps of LeNet"](), tmp_path / f"{copy}.png")
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_a_layer_is_found_by_its_number():
    arrays = {"images": maps(1, 2, 3, 3)["images"], **weights(2, 3, 3, 3), "second": np.ones((4, 3, 3, 3), np.float32)}
    found = [text for text, _ in texts(draw(filters, arrays, record(0), "layer2"))]
    assert "second: 4 filters of 3×3" in found
    assert "LeNet-5 has no layer3" in [text for text, _ in texts(draw(filters, arrays, record(0), "layer3"))]


def test_fits_are_drawn_from_the_summary():
    summary = fits(7, 8)
    first = summary["layers"]["conv1"]
    summary = {"order": ["network.conv1", "later"], "layers": {"network.conv1": first, "later": first}}
    figure = filters.draw(weights(2, 3, 3, 3), record(0), "gabor", title="LeNet-5", summary=summary)
    assert "conv1, 7×7 pixels" in [text for text, _ in texts(figure)]
