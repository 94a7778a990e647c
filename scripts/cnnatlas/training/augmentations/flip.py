"""Mirror left-right: true, with probability 1/2; alternating, every image in every second epoch."""

from dataclasses import replace

import torch
from torch import Tensor

from cnnatlas.training.augmentations.batch import Batch

STAGE = "geometry"
OFF = False
SCHEMA = {"enum": [False, True, "alternating"]}


def flip(batch: Batch, value: bool | str) -> Batch:
    """Each image, or its mirror image.

    Alternating, half the images are mirrored in even epochs and the others in odd ones, so that two successive epochs
    hold each image in both forms: Jordan (2404.00498, section 3.6).
    """
    mirrored = _this_epochs_half(batch.index, batch.epoch) if value == "alternating" else batch.uniform(1)[0] < 0.5
    return replace(batch, images=torch.where(mirrored[:, None, None, None], batch.images.flip(3), batch.images))


def _this_epochs_half(index: Tensor, epoch: int | Tensor) -> Tensor:
    """Which images are of the half that is mirrored in this epoch: a bit of Knuth's multiplicative hash decides."""
    return ((index * 2654435761 >> 16) + epoch) % 2 == 1
