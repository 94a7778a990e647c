"""Crop a random share of the area, between the two given, and resize it to the old size."""

from dataclasses import replace
from math import log

import torch
import torch.nn.functional as F

from cnnatlas.training.augmentations.batch import Batch

STAGE = "geometry"
OFF = [1.0, 1.0]
SCHEMA = {
    "type": "array",
    "minItems": 2,
    "maxItems": 2,
    "items": {"type": "number", "exclusiveMinimum": 0, "maximum": 1},
}
ASPECT = (3 / 4, 4 / 3)  # as in torchvision


def resized_crop(batch: Batch, area: tuple[float, float]) -> Batch:
    """Of each image, a random box with a share of the area in `area` and an aspect of 3/4 to 4/3, at `batch.side`.

    Bilinear, as torchvision's RandomResizedCrop; boxes that would reach over the image are cut to its width or height.
    """
    share, stretch, x, y = batch.uniform(4)
    share = area[0] + (area[1] - area[0]) * share
    stretch = torch.exp(log(ASPECT[0]) + (log(ASPECT[1]) - log(ASPECT[0])) * stretch)
    width, height = (share * stretch).sqrt().clamp(max=1), (share / stretch).sqrt().clamp(max=1)
    theta = batch.images.new_zeros(len(batch.images), 2, 3)
    theta[:, 0, 0], theta[:, 0, 2] = width, (2 * x - 1) * (1 - width)
    theta[:, 1, 1], theta[:, 1, 2] = height, (2 * y - 1) * (1 - height)
    grid = F.affine_grid(theta, [*batch.images.shape[:2], batch.side, batch.side], align_corners=False)
    images = F.grid_sample(batch.images, grid, mode="bilinear", padding_mode="border", align_corners=False)
    return replace(batch, images=images)
