import io
from contextlib import suppress

import numpy as np
import pytest
from archive_builders import image_file, smooth
from PIL import Image

from cnnatlas.data import decoding
from cnnatlas.data.decoding import UndecodableError, centre_crop, photograph, squash


def far(a, b):
    return np.abs(a.astype(int) - b.astype(int)).max()


@pytest.mark.parametrize("decode", [squash, centre_crop])
@pytest.mark.parametrize("shape", [(10, 10), (8, 40), (40, 8), (300, 200)])
def test_any_shape_becomes_a_square(decode, shape):
    found = decode(image_file(smooth(*shape)), 16)
    assert found.shape == (16, 16, 3)
    assert found.dtype == np.uint8


def test_squashing_keeps_the_ends_and_cropping_cuts_them_off():
    stripes = np.zeros((32, 96, 3), np.uint8)
    stripes[:, 32:64] = 255  # black, white, black
    assert squash(image_file(stripes, "PNG"), 32)[:, [0, 15, 31]].mean(axis=(0, 2)).tolist() == [0, 255, 0]
    assert centre_crop(image_file(stripes, "PNG"), 32).min() == 255


def test_a_large_jpeg_decoded_small_looks_like_the_whole_one(monkeypatch):
    content = image_file(smooth(640, 960), quality=95)
    quick = squash(content, 32)
    monkeypatch.setattr("PIL.JpegImagePlugin.JpegImageFile.draft", lambda *_: None)
    assert far(quick, squash(content, 32)) <= 4


def test_grey_becomes_three_equal_channels():
    grey = squash(image_file(smooth(20, 20)[..., 0]), 8)
    assert far(grey[..., 0], grey[..., 2]) == 0
    assert grey.std() > 0


@pytest.mark.parametrize("kind", ["PNG", "BMP", "GIF"])
def test_formats_that_pose_as_jpeg_are_read(kind):
    assert squash(image_file(smooth(20, 20), kind), 8).shape == (8, 8, 3)


def test_a_jpeg_of_many_scans_is_refused():
    content = image_file(smooth(16, 16), progressive=True)
    start = content.rindex(decoding.SCAN)
    with pytest.raises(UndecodableError, match="more than 100 scans"):
        squash(content[:start] + content[start:-2] * 100 + content[-2:], 8)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty file"),
        (b"<html>not found</html>", "not an image"),
        (image_file(smooth(64, 64))[:300], "[Tt]runcated"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "not an image"),
    ],
)
def test_what_is_no_image_says_why(content, reason):
    with pytest.raises(UndecodableError, match=reason):
        squash(content, 8)


def test_every_way_of_damaging_a_jpeg_is_an_image_or_an_undecodable_file():
    whole = image_file(smooth(40, 40))
    generator = np.random.default_rng(0)
    for _ in range(300):
        damaged = np.frombuffer(whole, np.uint8).copy()
        damaged[generator.integers(0, len(whole), 5)] = generator.integers(0, 256, 5)
        with suppress(UndecodableError):
            assert squash(damaged.tobytes(), 8).shape == (8, 8, 3)


def test_a_decompression_bomb_is_an_undecodable_file(monkeypatch):
    monkeypatch.setattr(decoding, "MOST_PIXELS", 99)
    with pytest.raises(UndecodableError, match="10 x 10 pixels"):
        squash(image_file(smooth(10, 10)), 8)
    monkeypatch.setattr("PIL.Image.MAX_IMAGE_PIXELS", 10)
    with pytest.raises(UndecodableError, match="DecompressionBomb"):
        squash(image_file(smooth(10, 10)), 8)


@pytest.mark.parametrize("decode", [squash, centre_crop])
def test_sixteen_bit_grey_keeps_its_shades(decode):
    shades = np.array([0, 128, 255, 256, 257 * 100, 65535 - 128, 65535], np.uint16)
    for shade, expected in zip(shades, [0, 0, 1, 1, 100, 255, 255], strict=True):
        stream = io.BytesIO()
        Image.fromarray(np.full((9, 9), shade)).save(stream, "PNG")
        assert (decode(stream.getvalue(), 8) == expected).all(), shade


def test_sixteen_bit_grey_with_a_transparent_shade_keeps_its_shades():
    stream = io.BytesIO()
    Image.fromarray(np.linspace(0, 65535, 81, dtype=np.uint16).reshape(9, 9)).save(stream, "PNG", transparency=0)
    shades = np.asarray(photograph(stream.getvalue()))[..., 0]
    assert shades[0, 0] == 0 and shades[-1, -1] == 255 and len(np.unique(shades)) > 70
