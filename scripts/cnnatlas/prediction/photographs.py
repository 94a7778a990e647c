"""Photographs of any kind as RGB pictures, and pictures as the squares that a data set has."""

from pathlib import Path

import numpy as np
from PIL import Image

from cnnatlas.data.archives import LARGEST
from cnnatlas.data.decoding import MOST_PIXELS, UndecodableError, as_shown, fitted, photograph
from cnnatlas.errors import AtlasError

Photograph = str | Path | Image.Image | np.ndarray


def opened(image: Photograph) -> Image.Image:
    """A path, PIL image or uint8 array (H, W, 3) as an upright RGB image.

    Raises AtlasError, naming the file, where it cannot be read or decoded, and for anything else than these.
    """
    if isinstance(image, Image.Image):
        return as_shown(image)
    if isinstance(image, str | Path):
        return read(image)
    if not isinstance(image, np.ndarray) or image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3:
        given = f"an array {image.shape} of {image.dtype}" if isinstance(image, np.ndarray) else type(image).__name__
        raise AtlasError(f"images: {given} is no image; give paths, PIL images or uint8 arrays (height, width, 3)")
    return Image.fromarray(image)


def read(path: Path | str) -> Image.Image:
    """The photograph in a file, as `photograph` decodes it. Raises AtlasError, naming the file, where it cannot."""
    try:
        with Path(path).open("rb") as file:
            return photograph(file.read(LARGEST + 1))
    except UndecodableError as error:
        raise AtlasError(f"{path}: cannot be shown to a network ({error}); give a JPEG, PNG, WebP, GIF or BMP of at "
                         f"most {MOST_PIXELS:,} pixels") from error  # fmt: skip
    except OSError as error:
        raise AtlasError(f"{path}: cannot be read ({error.strerror}); name a photograph") from error


def scaled(picture: Image.Image, size: int, crop: bool) -> np.ndarray:
    """A picture as (1, size, size, 3) uint8: the square in its middle or, without `crop`, all of it."""
    return fitted(picture, size, crop=crop)[None]
