"""Mirror left-right with probability 1/2."""

from dataclasses import replace

import torch

from cnnatlas.training.augmentations.batch import Batch

STAGE = "geometry"
OFF = False
SCHEMA = {"type": "boolean"}


def flip(batch: Batch, value: bool) -> Batch:
    """Each image, or its mirror image."""
    mirrored = batch.uniform(1).T < 0.5
    return replace(batch, images=torch.where(mirrored[:, :, None, None], batch.images.flip(3), batch.images))
