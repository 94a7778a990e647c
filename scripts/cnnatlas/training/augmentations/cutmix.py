"""Give this share of the images a patch, and its share of the target, from another image."""

from dataclasses import replace

import torch

from cnnatlas.training.augmentations.batch import Batch

STAGE = "mixing"
OFF = 0.0
SCHEMA = {"type": "number", "minimum": 0, "maximum": 1}


def cutmix(batch: Batch, share: float) -> Batch:
    """In a `share` of the images, a box from another image; targets mix by area. Yun et al. (1905.04899).

    The box has the image's aspect and a uniformly drawn share of its area (the paper's alpha = 1), its centre is
    uniform, and what reaches over the border does not count. Every image draws its own box.
    """
    images, targets = batch.images, batch.targets
    height, width = images.shape[2:]
    chosen, area, y, x = batch.uniform(4)
    partner = batch.partners()
    half = area.sqrt() / 2 * (chosen < share)
    top, bottom = (((y + sign * half) * height).round().clamp(0, height) for sign in (-1, 1))
    left, right = (((x + sign * half) * width).round().clamp(0, width) for sign in (-1, 1))
    taken = ((bottom - top) * (right - left) / (height * width))[:, None]
    box = batch.inside(top, bottom, left, right)
    return replace(
        batch,
        images=torch.where(box, images[partner], images),
        targets=(1 - taken) * targets + taken * targets[partner],
    )
