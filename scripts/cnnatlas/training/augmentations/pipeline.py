"""The augmentations of a spec, applied to batches in a fixed order."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import torch.nn.functional as F
from torch import Generator, Tensor

from cnnatlas.training.augmentations.batch import Batch
from cnnatlas.training.augmentations.registry import STAGES
from cnnatlas.training.data import as_float


class Pipeline:
    """Applies a resolved spec's `augmentation`, by stage and name; all random numbers come from `generator`.

    `mean` is the mean colour of the training images (3,).
    """

    def __init__(self, augmentation: dict, mean: Tensor, generator: Generator):
        self.mean, self.generator = mean, generator
        self.stages: dict[str, list[tuple[Callable[[Batch, object], Batch], object]]] = {s: [] for s in STAGES}
        for name in sorted(augmentation):
            module = import_module(f"cnnatlas.training.augmentations.{name}")
            self.stages[module.STAGE].append((getattr(module, name), augmentation[name]))

    @property
    def mixes(self) -> bool:
        """Whether targets must be vectors, because images are mixed."""
        return bool(self.stages["mixing"])

    def __call__(
        self, images: Tensor, index: Tensor, targets: Tensor, side: int | None = None, epoch: int | Tensor = 0
    ) -> tuple[Tensor, Tensor]:
        """The images at `index` of uint8 images (N, H, H, 3), augmented for an epoch, and their targets.

        Images are (B, 3, H, H) in channels_last strides, or (B, 3, side, side); targets come back as they were, but
        mixed by an augmentation that mixes.
        """
        original = images.shape[1]
        floats = as_float(images[index])
        batch = Batch(floats, targets, index, epoch, side or original, original, self.mean, self.generator)
        for stage in STAGES:
            for apply, value in self.stages[stage]:
                batch = apply(batch, value)
            if stage == "geometry":
                batch = _resized(batch)
        return batch.images, batch.targets


def _resized(batch: Batch) -> Batch:
    """The images at the side that they shall have, bilinear with antialiasing."""
    if batch.images.shape[2] == batch.side:
        return batch
    size = (batch.side, batch.side)
    return replace(
        batch, images=F.interpolate(batch.images, size, mode="bilinear", antialias=True, align_corners=False)
    )
