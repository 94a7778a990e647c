"""Pad by so many pixels, then crop at random to the old size."""

from dataclasses import replace

import torch
from torch import Tensor

from cnnatlas.errors import AtlasError
from cnnatlas.training.augmentations.batch import Batch

STAGE = "geometry"
OFF = 0
SCHEMA = {"type": "integer", "minimum": 0}


def crop(batch: Batch, padding: int) -> Batch:
    """Each image shifted by up to `padding` pixels, its borders reflected.

    Raises AtlasError where the padding is not smaller than the image.
    """
    count, channels, height, width = batch.images.shape
    if padding >= min(height, width):
        raise AtlasError(f"augmentation.crop: {padding} is not smaller than the images ({height} x {width}); lower it")
    down, across = batch.shifts(padding)
    rows = _reflected(torch.arange(height, device=down.device) + down, height)
    columns = _reflected(torch.arange(width, device=down.device) + across, width)
    first = torch.arange(count, device=down.device)[:, None, None] * height
    chosen = (first + rows[:, :, None]) * width + columns[:, None, :]  # twice as fast as indexing by three tensors
    pixels = batch.images.permute(0, 2, 3, 1).reshape(-1, channels).index_select(0, chosen.flatten())
    return replace(batch, images=pixels.view(count, height, width, channels).permute(0, 3, 1, 2))


def _reflected(position: Tensor, size: int) -> Tensor:
    """Positions outside 0 .. size - 1 mirrored at the border pixel."""
    return size - 1 - (size - 1 - position.abs()).abs()
