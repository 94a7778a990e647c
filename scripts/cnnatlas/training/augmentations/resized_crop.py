"""Crop a random share of the area, between the two given, and resize it to the old size."""

from dataclasses import replace
from math import log

import torch
import torch.nn.functional as F
from torch import Tensor

from cnnatlas.training.augmentations.batch import Batch

STAGE = "geometry"
OFF = [1.0, 1.0]
SCHEMA = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
    "ascending": True,
}
ASPECT = (3 / 4, 4 / 3)  # as in torchvision
TRIES = 10  # as in torchvision


def resized_crop(batch: Batch, area: tuple[float, float]) -> Batch:
    """Of each image, a random box with a share of the area in `area` and an aspect of 3/4 to 4/3, at `batch.side`.

    The boxes are distributed as those of torchvision's RandomResizedCrop (1409.4842), which draws share and aspect
    until the box, in whole pixels, lies inside the image, and after TRIES takes the whole square. Bilinear, without
    antialiasing.
    """
    size = batch.images.shape[2]
    draws = batch.uniform(2 * TRIES + 2)
    width, height = _extents(draws[:TRIES], draws[TRIES:-2], area, size)
    left, top = ((size - extent + 1) * draw for extent, draw in zip((width, height), draws[-2:], strict=True))
    theta = batch.images.new_zeros(len(batch.images), 2, 3)
    for axis, (start, extent) in enumerate(((left.floor(), width), (top.floor(), height))):
        theta[:, axis, axis], theta[:, axis, 2] = extent / size, (2 * start + extent) / size - 1
    grid = F.affine_grid(theta, [*batch.images.shape[:2], batch.side, batch.side], align_corners=False)
    images = F.grid_sample(batch.images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return replace(batch, images=images)


def _extents(share: Tensor, stretch: Tensor, area: tuple[float, float], size: int) -> tuple[Tensor, Tensor]:
    """Width and height (B,) in pixels from uniform numbers (TRIES, B): of each image's first box that fits."""
    pixels = (area[0] + (area[1] - area[0]) * share) * size**2
    aspect = torch.exp(log(ASPECT[0]) + (log(ASPECT[1]) - log(ASPECT[0])) * stretch)
    boxes = torch.stack([(pixels * aspect).sqrt().round(), (pixels / aspect).sqrt().round()])
    fits = ((boxes > 0) & (boxes <= size)).all(0)
    first = fits.int().argmax(0)  # of equal ones argmax gives the first
    chosen = boxes.gather(1, first.expand(2, 1, -1)).squeeze(1)
    return tuple(chosen.where(fits.any(0), torch.full_like(chosen, size)))
