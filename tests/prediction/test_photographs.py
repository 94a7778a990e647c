"""Photographs as people have them: each is read as a viewer shows it."""

import io

import numpy as np
import pytest
from PIL import Image

from cnnatlas.data import decoding
from cnnatlas.data.decoding import UndecodableError, photograph

ORIENTATION = 0x0112  # EXIF's tag


@pytest.fixture(scope="module")
def picture() -> Image.Image:
    """Upper half red, lower half blue."""
    pixels = np.zeros((32, 48, 3), np.uint8)
    pixels[:16, :, 0] = pixels[16:, :, 2] = 230
    return Image.fromarray(pixels)


def file(image: Image.Image, form: str, **options) -> bytes:
    stream = io.BytesIO()
    image.save(stream, form, **options)
    return stream.getvalue()


def close(found: Image.Image, expected: Image.Image, tolerance: int = 12) -> bool:
    """Equal in size and, up to a lossy format's error, in colour, away from the edge between the halves."""
    away = [row for row in range(expected.height) if abs(row - expected.height // 2) > 8]
    a, b = (np.asarray(image.convert("RGB")).astype(int) for image in (found, expected))
    return a.shape == b.shape and np.abs(a[away] - b[away]).max() <= tolerance


@pytest.mark.parametrize("form", decoding.PHOTOGRAPHS)
def test_every_format_gives_the_same_picture(picture, form):
    found = photograph(file(picture, form))
    assert found.mode == "RGB" and close(found, picture)


def test_a_photograph_is_upright(picture):
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # the camera was turned: to be shown, it is turned clockwise
    turned = picture.transpose(Image.Transpose.ROTATE_90)
    for form in ("JPEG", "PNG", "WEBP"):
        assert close(photograph(file(turned, form, exif=exif)), picture)


@pytest.mark.parametrize("mode", ["CMYK", "L", "P", "1"])
def test_colours_of_other_kinds_become_rgb(picture, mode):
    form = "JPEG" if mode == "CMYK" else "PNG"
    assert close(photograph(file(picture.convert(mode), form)), picture.convert(mode).convert("RGB"))


def test_sixteen_bits_keep_their_shades():
    shades = np.linspace(0, 65535, 64).round().astype(np.uint16)
    content = file(Image.fromarray(np.repeat(shades[None], 8, axis=0)), "PNG")
    found = np.asarray(photograph(content))[0, :, 0].astype(int)
    assert np.abs(found - shades / 257).max() <= 1


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_what_is_transparent_is_white(mode):
    if mode == "P":
        image = Image.new("P", (8, 8), 0)
        image.putpalette([0, 0, 0, 255, 0, 0])
        image.putpixel((0, 0), 1)
        content = file(image, "PNG", transparency=0)
    else:
        image = Image.new(mode, (8, 8), (0,) * len(mode))
        image.putpixel((0, 0), (*(255, 0, 0)[: len(mode) - 1], 255))
        content = file(image, "PNG")
    found = photograph(content)
    assert found.getpixel((7, 7)) == (255, 255, 255)
    assert found.getpixel((0, 0)) == ((255, 255, 255) if mode == "LA" else (255, 0, 0))


@pytest.mark.parametrize("content", [b"", b"text", b"%!PS-Adobe-3.0 EPSF-3.0\n", b"\x89PNG\r\n\x1a\n" + b"\0" * 40])
def test_what_is_no_photograph_says_so(content):
    with pytest.raises(UndecodableError):
        photograph(content)


def test_a_cut_photograph_is_refused(picture):
    for form in ("JPEG", "PNG", "WEBP"):
        content = file(picture, form)
        with pytest.raises(UndecodableError):
            photograph(content[: len(content) // 2])


def test_a_decompression_bomb_is_refused():
    content = file(Image.new("1", (10000, 6000)), "PNG")
    with pytest.raises(UndecodableError, match="10000 x 6000 pixels"):
        photograph(content)
