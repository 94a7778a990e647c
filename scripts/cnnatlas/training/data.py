"""A data set on the device: all images as one tensor, indexed per batch."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Data:
    """Images (N, H, W, 3) uint8, labels (N,), and the index tensors of the splits; all on one device."""

    images: Tensor
    labels: Tensor
    splits: dict[str, Tensor]

    @property
    def size(self) -> int:
        """The side of the square images."""
        return self.images.shape[1]


def place(images: np.ndarray, labels: np.ndarray, split: dict[str, np.ndarray], device: torch.device) -> Data:
    """Put arrays on a device; on the CPU they are shared, not copied."""
    splits = {name: torch.from_numpy(np.asarray(index, dtype=np.int64)).to(device) for name, index in split.items()}
    labels = np.asarray(labels, dtype=np.int64)
    return Data(torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device), splits)


def colour_moments(data: Data, name: str = "train", chunk: int = 256) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation per channel (3,) of a split's images in [0, 1], float32 on the CPU."""
    total = torch.zeros(2, 3, dtype=torch.float64)
    for index in data.splits[name].split(chunk):
        pixels = data.images[index].flatten(0, 2).float().div_(255)
        total += torch.stack([pixels.sum(0, dtype=torch.float64), pixels.square_().sum(0, dtype=torch.float64)]).cpu()
    mean, square = total / (len(data.splits[name]) * data.size**2)
    return mean.float(), (square - mean**2).clamp(min=1e-8).sqrt().float()


def batches(index: Tensor, size: int, generator: torch.Generator) -> list[Tensor]:
    """The indices in random order, in batches of `size`.

    A last batch of one image joins the batch before: batch normalisation has no variance of a single value.
    """
    order = torch.randperm(len(index), generator=generator).to(index.device)  # drawn on the CPU: alike on all devices
    parts = list(index[order].split(size))
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts
