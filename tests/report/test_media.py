"""Pictures for print."""

import json

import numpy as np
import pytest
from PIL import Image

from cnnatlas.report.media import for_print


@pytest.fixture
def root(tmp_path):
    """A report's folder with a photograph, a picture that JPEG would make larger, and a drawing."""
    media = tmp_path / "media" / "a"
    media.mkdir(parents=True)
    noise = np.random.default_rng(0).normal(128, 40, (12, 12, 3))
    photograph = np.clip(
        np.kron(noise, np.ones((20, 20, 1))) + np.random.default_rng(1).normal(0, 4, (240, 240, 1)), 0, 255
    )
    Image.fromarray(photograph.astype(np.uint8)).save(media / "photograph.png", dpi=(200, 200))
    Image.new("RGB", (8, 8), "white").save(media / "blank.png")
    (media / "drawing.svg").write_text("<svg />")
    return tmp_path


def document(*names):
    images = [{"t": "Image", "c": [["", [], []], [], [f"media/a/{name}", ""]]} for name in names]
    figure = {"t": "Figure", "c": [["fig-a", [], []], [None, []], [{"t": "Plain", "c": images}]]}
    return json.dumps(
        {"pandoc-api-version": [1, 23], "meta": {}, "blocks": [{"t": "Div", "c": [["", [], []], [figure]]}]}
    )


def sources(text):
    figure = json.loads(text)["blocks"][0]["c"][1][0]
    return [image["c"][2][0] for image in figure["c"][2][0]["c"]]


def test_a_photograph_becomes_a_smaller_file_of_its_size_that_looks_the_same(root):
    found = for_print(document("photograph.png"), root, root / "build" / "typst")
    assert sources(found) == ["build/typst/media/a/photograph.jpg"]
    before, after = root / "media/a/photograph.png", root / sources(found)[0]
    assert after.stat().st_size < 0.5 * before.stat().st_size
    with Image.open(before) as a, Image.open(after) as b:
        assert (b.format, b.size) == ("JPEG", a.size)
        assert b.info["dpi"] == pytest.approx((200, 200), abs=0.1)
        brightness = [np.asarray(picture.convert("L"), float) for picture in (a, b)]
        small = [np.asarray(picture.reduce(4), float) for picture in (a, b)]  # colours blur over a pixel or two
    assert np.abs(brightness[0] - brightness[1]).mean() < 4  # of 255 levels
    assert np.abs(small[0] - small[1]).mean() < 4


def test_what_would_grow_and_what_is_no_photograph_stays(root):
    given = document("blank.png", "drawing.svg", "absent.png")
    assert sources(for_print(given, root, root / "build")) == sources(given)


def test_equal_pictures_are_equal_bytes(root):
    for copy in "ab":
        for_print(document("photograph.png"), root, root / copy)
    assert (root / "a/media/a/photograph.jpg").read_bytes() == (root / "b/media/a/photograph.jpg").read_bytes()
