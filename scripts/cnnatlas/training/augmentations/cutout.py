"""Blank a random square with a side of so many pixels."""

from dataclasses import replace

import torch

from cnnatlas.training.augmentations.batch import Batch

STAGE = "colour"
OFF = 0
SCHEMA = {"type": "integer", "minimum": 0}


def cutout(batch: Batch, pixels: int) -> Batch:
    """A square of each image set to the mean colour. DeVries and Taylor (1708.04552).

    Its centre lies anywhere in the image, so that a square may reach over the border. Where images are trained at a
    smaller side, the square shrinks with them.
    """
    side = round(pixels * batch.side / batch.original)
    y, x = batch.uniform(2)
    top, left = (y * batch.side).floor() - side // 2, (x * batch.side).floor() - side // 2
    box = batch.inside(top, top + side, left, left + side)
    return replace(batch, images=torch.where(box, batch.mean.to(batch.images).view(1, 3, 1, 1), batch.images))
