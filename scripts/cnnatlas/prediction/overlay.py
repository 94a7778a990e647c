"""A map of an image's pixels, drawn over the image."""

import numpy as np
from PIL import Image

from cnnatlas.data.decoding import fitted
from cnnatlas.interpretation.figures.colours import coloured, full_colour

SIDE = 480  # pixels of the picture that is written


def overlay(picture: Image.Image, values: np.ndarray, *, crop: bool) -> Image.Image:
    """What the network saw of a picture, in grey, under an attribution (C, H, W): red for the class, blue against.

    The largest value has full colour; of a gradient with respect to single pixels, a high percentile.
    """
    seen = fitted(picture, SIDE, crop=crop)
    limit = full_colour(values.sum(0, keepdims=True), pixelwise=len(values) > 1)
    smooth = Image.fromarray(values.sum(0).astype(np.float32)).resize((SIDE, SIDE), Image.Resampling.BILINEAR)
    drawn = coloured(seen, np.asarray(smooth)[None], "overlay", limit)
    return Image.fromarray((255 * drawn).round().astype(np.uint8))
