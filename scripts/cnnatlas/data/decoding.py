"""Image files to small RGB arrays."""

import io

import numpy as np
from PIL import Image

from cnnatlas.data.archives import LARGEST

# Formats found upstream under the name .jpg. A closed list, since some of PIL's readers start other programs
FORMATS = ("JPEG", "PNG", "GIF", "BMP")
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


def stored_size(content: bytes) -> tuple[int, int]:
    """Width and height in pixels that an image file states; its pixels are not decoded."""
    with Image.open(io.BytesIO(content), formats=FORMATS) as image:
        return image.size


def _decode(content: bytes, size: int, crop: bool) -> np.ndarray:
    if not content:
        raise UndecodableError("empty file")
    if len(content) > LARGEST:
        raise UndecodableError(f"more than {LARGEST:,} bytes")
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            if image.width * image.height > MOST_PIXELS:
                raise UndecodableError(f"{image.width} x {image.height} pixels")
            if image.format == "JPEG" and content.count(SCAN) > MOST_SCANS:
                raise UndecodableError(f"more than {MOST_SCANS} scans")
            # JPEG decodes to a half, a quarter or an eighth at a fraction of the cost; twice the final size remains
            # for the filter below. Orientation tags are ignored, as upstream's own readers do
            image.draft(image.mode, (2 * size, 2 * size))
            image.load()
            side = min(image.size)
            left, top = (image.width - side) / 2, (image.height - side) / 2
            box = (left, top, left + side, top + side) if crop else None
            return np.asarray(_eight_bits(image).convert("RGB").resize((size, size), Image.Resampling.LANCZOS, box=box))
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
