"""Blend this share of the images, and their targets, with another image."""

from dataclasses import replace

from torch import where

from cnnatlas.training.augmentations.batch import Batch

STAGE = "mixing"
OFF = 0.0
SCHEMA = {"type": "number", "minimum": 0, "maximum": 1}


def mixup(batch: Batch, share: float) -> Batch:
    """A `share` of the images become weighted means of themselves and another, and so do their targets.

    Zhang et al. (1710.09412); the weight is uniform in [0, 1), the paper's alpha = 1, and drawn for each image.
    """
    chosen, weight = batch.uniform(2)
    weight, partner = where(chosen < share, weight, 0)[:, None], batch.partners()
    images, targets = batch.images, batch.targets
    return replace(
        batch,
        images=images.lerp(images[partner], weight[..., None, None]),
        targets=targets.lerp(targets[partner], weight),
    )
