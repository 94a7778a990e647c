"""Image files to small RGB arrays."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
from PIL import Image, ImageOps

from cnnatlas.data.archives import LARGEST

# Formats found upstream under the name .jpg. A closed list, since some of PIL's readers start other programs
FORMATS = ("JPEG", "PNG", "GIF", "BMP")
PHOTOGRAPHS = (*FORMATS, "WEBP")  # and what else people have
MOST_PIXELS = 50_000_000  # an image that unpacks to more is taken for a decompression bomb
MOST_SCANS = 100  # of a progressive JPEG; each costs a pass over all pixels, and encoders write about ten
SCAN = b"\xff\xda"  # where one begins; nowhere else in a JPEG's own data


class UndecodableError(Exception):
    """A file that is no image; the text says why."""


def squash(content: bytes, size: int) -> np.ndarray:
    """Decode an image and scale it to (size, size, 3) uint8, without keeping its aspect ratio."""
    return _decode(content, size, crop=False)


def centre_crop(content: bytes, size: int) -> np.ndarray:
    """Decode an image, scale its short side to `size` and keep the middle: (size, size, 3) uint8."""
    return _decode(content, size, crop=True)


def upright_crop(content: bytes, size: int) -> np.ndarray:
    """As `centre_crop`, of a picture of the user's: as a viewer shows it, and as `photograph` decodes it."""
    with _decoded(content, PHOTOGRAPHS, size) as image:
        return fitted(as_shown(image), size, crop=True)


def fitted(image: Image.Image, size: int, *, crop: bool) -> np.ndarray:
    """An RGB image scaled to (size, size, 3) uint8: as a whole, or with `crop` the square in its middle."""
    return np.asarray(image.resize((size, size), Image.Resampling.LANCZOS, box=middle(image) if crop else None))


def middle(image: Image.Image) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the largest square in the middle of an image, in pixels."""
    side = min(image.size)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    return left, top, left + side, top + side


def photograph(content: bytes) -> Image.Image:
    """Decode a photograph to RGB, in its own size and as a viewer shows it. Raises UndecodableError."""
    with _decoded(content, PHOTOGRAPHS) as image:
        return as_shown(image)


def as_shown(image: Image.Image) -> Image.Image:
    """Any image of PIL's as RGB: upright as its EXIF orientation says, on white where it is transparent."""
    upright = ImageOps.exif_transpose(image)
    if upright.mode.startswith("I") or not upright.has_transparency_data:  # of 16 bits, PIL cannot make it transparent
        return _eight_bits(upright).convert("RGB")
    seen = upright.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("RGB")


def stored_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels that an image file states; its pixels are not decoded."""
    with Image.open(io.BytesIO(content), formats=PHOTOGRAPHS) as image:
        return image.size


def _decode(content: bytes, size: int, crop: bool) -> np.ndarray:
    # Orientation tags are ignored, as upstream's own readers do
    with _decoded(content, FORMATS, size) as image:
        return fitted(_eight_bits(image).convert("RGB"), size, crop=crop)


@contextmanager
def _decoded(content: bytes, formats: Sequence[str], size: int | None = None) -> Iterator[Image.Image]:
    """The image in a file; what is raised while it is open tells that it cannot be decoded."""
    if not content:
        raise UndecodableError("empty file")
    if len(content) > LARGEST:
        raise UndecodableError(f"more than {LARGEST:,} bytes")
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UndecodableError(f"{image.width} x {image.height} pixels")
            if image.format == "JPEG" and content.count(SCAN) > MOST_SCANS:
                raise UndecodableError(f"more than {MOST_SCANS} scans")
            if size:
                # JPEG decodes to a half, a quarter or an eighth at a fraction of the cost; twice the final size remains
                # for the filter that scales it
                image.draft(image.mode, (2 * size, 2 * size))
            image.load()
            yield image
    except Image.UnidentifiedImageError:
        raise UndecodableError("not an image") from None
    except (UndecodableError, MemoryError):
        raise
    except Exception as error:  # PIL's readers raise anything on bytes that were made to confuse them
        raise UndecodableError(f"{type(error).__name__}: {error}") from error


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits scaled to 8; PIL's conversion would make white of all but the darkest 256 of its shades."""
    if not image.mode.startswith("I"):
        return image
    return Image.fromarray(((np.asarray(image).astype(np.uint32) + 128) // 257).astype(np.uint8))
