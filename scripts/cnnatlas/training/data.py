"""A data set on the device: all images as one tensor, indexed per batch."""

from dataclasses import dataclass
from math import ceil

import numpy as np
import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from cnnatlas.errors import AtlasError

CHUNK = 256  # images at a time, where a whole data set is processed


@dataclass(frozen=True)
class Data:
    """Images (N, H, W, 3) uint8, labels (N,), and the index tensors of the splits; all on one device.

    Instead of images there may be vectors (N, D), a frozen network's representations of them.
    """

    images: Tensor
    labels: Tensor
    splits: dict[str, Tensor]

    @property
    def size(self) -> int:
        """The side of the square images."""
        return self.images.shape[1]

    def batch(self, index: Tensor) -> Tensor:
        """The inputs at `index` as float32: images (B, 3, H, W) in [0, 1], or vectors as they are."""
        return as_float(self.images[index]) if self.images.dtype == torch.uint8 else self.images[index]


def as_float(images: Tensor) -> Tensor:
    """uint8 images (B, H, W, 3) as float32 (B, 3, H, W) in [0, 1]; only the strides change order (channels_last)."""
    return images.permute(0, 3, 1, 2).float().div_(255)


def resized(images: np.ndarray, side: int | None) -> np.ndarray:
    """Square images (N, H, H, 3) uint8 at another resolution, bilinear with antialiasing; as they are for None."""
    if side in (None, images.shape[1]):
        return images
    result = np.empty((len(images), side, side, 3), dtype=np.uint8)
    for start in range(0, len(images), CHUNK):
        chunk = torch.from_numpy(np.array(images[start : start + CHUNK])).permute(0, 3, 1, 2).float()
        small = F.interpolate(chunk, (side, side), mode="bilinear", antialias=True, align_corners=False)
        result[start : start + CHUNK] = small.round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
    return result


def to_device(images: np.ndarray, labels: np.ndarray, split: dict[str, np.ndarray], device: torch.device) -> Data:
    """Move arrays to a device; on the CPU they are shared, not copied."""
    splits = {name: torch.from_numpy(np.asarray(index, dtype=np.int64)).to(device) for name, index in split.items()}
    labels = np.asarray(labels, dtype=np.int64)
    return Data(torch.from_numpy(images).to(device), torch.from_numpy(labels).to(device), splits)


def subset(index: Tensor, count: int | None, generator: Generator) -> Tensor:
    """`count` of the indices, drawn at random, in their original order; all of them for None.

    Raises AtlasError where there are fewer.
    """
    if count is None:
        return index
    if count > len(index):
        raise AtlasError(f"train_images: {count} is more than the {len(index)} of the training split; lower it")
    order = torch.randperm(len(index), generator=generator)[:count].sort().values
    return index[order.to(index.device)]


def spread(index: Tensor, most: int = 5000) -> Tensor:
    """At most `most` of the indices, evenly spread: enough to estimate statistics of a data set's images."""
    return index[:: ceil(len(index) / most)]


def colour_moments(data: Data, chunk: int = CHUNK) -> tuple[Tensor, Tensor]:
    """Mean and standard deviation per channel (3,) of the training split's images in [0, 1], float32 on the CPU."""
    total = torch.zeros(2, 3, dtype=torch.float64)
    train = data.splits["train"]
    for index in train.split(chunk):
        pixels = data.images[index].flatten(0, 2).float().div_(255)
        total += torch.stack([pixels.sum(0, dtype=torch.float64), pixels.square_().sum(0, dtype=torch.float64)]).cpu()
    mean, square = total / (len(train) * data.size**2)
    return mean.float(), (square - mean**2).clamp(min=1e-8).sqrt().float()


def batches(index: Tensor, size: int, generator: Generator) -> list[Tensor]:
    """The indices in random order, in batches of `size`.

    A last batch of one image joins the batch before: batch normalisation has no variance of a single value.
    """
    order = torch.randperm(len(index), generator=generator).to(
        index.device
    )  # drawn on the CPU: the same on all devices
    parts = list(index[order].split(size))
    if len(parts) > 1 and len(parts[-1]) == 1:
        parts[-2:] = [torch.cat(parts[-2:])]
    return parts
