"""What an augmentation is given: a batch, and where its random numbers come from."""

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """Images (B, 3, H, W), float in [0, 1], and their targets: class numbers (B,), or vectors (B, C) for mixing.

    index: the numbers of the images in the data set (B,); epoch: the number of the pass over them, from 0; on a GPU a
        tensor, as all that differs between steps: a step is captured once and then repeated.
    side: the side in pixels that the images shall have in the end; original: the side of the data's images, which the
        values of a spec mean.
    mean: the mean colour of the training images (3,).
    """

    images: Tensor
    targets: Tensor
    index: Tensor
    epoch: int | Tensor
    side: int
    original: int
    mean: Tensor
    generator: torch.Generator

    def uniform(self, count: int) -> Tensor:
        """`count` numbers in [0, 1) for each image: (count, B)."""
        return torch.rand(count, len(self.images), generator=self.generator, device=self.images.device)

    def shifts(self, most: int) -> Tensor:
        """A vertical and a horizontal shift of up to `most` pixels either way for each image: (2, B, 1)."""
        size = (2, len(self.images), 1)
        return torch.randint(-most, most + 1, size, generator=self.generator, device=self.images.device)

    def partners(self) -> Tensor:
        """For each image the number of another, or by chance of itself: a permutation (B,)."""
        return torch.randperm(len(self.images), generator=self.generator, device=self.images.device)

    def inside(self, top: Tensor, bottom: Tensor, left: Tensor, right: Tensor) -> Tensor:
        """Which pixels lie in each image's box: (B, 1, H, W)."""
        rows = torch.arange(self.images.shape[2], device=self.images.device)
        columns = torch.arange(self.images.shape[3], device=self.images.device)
        vertical = (rows >= top[:, None]) & (rows < bottom[:, None])
        horizontal = (columns >= left[:, None]) & (columns < right[:, None])
        return (vertical[:, :, None] & horizontal[:, None, :])[:, None]
