"""What every reader returns, and the questions that are the same for all data sets."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Prepared:
    """A decoded data set of N images.

    images: (N, H, W, 3) uint8. labels: (N,) int64, indices into classes. ids: where upstream keeps each image.
    groups: (N,) int64, equal where images show one photograph. partition: upstream's "train" or "test", else "".
    skipped: {"id", "reason"} of files that are no images. stored: (width, height) of each file's picture, in pixels;
    empty where upstream's own arrays already have the size of `images`. squashed: whether pictures
    were scaled to squares as a whole; else the middle square of each was kept.
    """

    images: np.ndarray
    labels: np.ndarray
    ids: Sequence[str]
    classes: Sequence[str]
    groups: np.ndarray
    partition: Sequence[str]
    skipped: Sequence[dict[str, str]] = field(default_factory=list)
    stored: Sequence[tuple[int, int]] = ()
    squashed: bool = False

    @property
    def sizes(self) -> Sequence[tuple[int, int]]:
        """Width and height of each picture before it was scaled."""
        return self.stored or [(self.images.shape[2], self.images.shape[1])] * len(self.images)

    @property
    def grey(self) -> np.ndarray:
        """(N,) bool: whether an image's three channels are equal everywhere, however the file stored it."""
        return np.array(
            [np.array_equal(i[..., 0], i[..., 1]) and np.array_equal(i[..., 0], i[..., 2]) for i in self.images]
        )


def photographs(images: np.ndarray, names: Sequence[str] | None = None) -> np.ndarray:
    """Number the photographs behind images: (N,) int64, equal for equal pixels and for equal names.

    Upstream ships some photographs twice, in one class or in two; a split must not have one on both sides.
    Without names every image starts as its own photograph.
    """
    parents = list(range(len(images)))

    def root(index: int) -> int:
        while parents[index] != index:
            index = parents[index]
        return index

    first: dict[object, int] = {}
    for index, image in enumerate(images):
        keys = [hashlib.blake2b(image.tobytes(), digest_size=16).digest(), names[index] if names else index]
        for key in keys:
            earlier, later = sorted((root(first.setdefault(key, index)), root(index)))
            parents[later] = earlier
    return np.unique([root(index) for index in range(len(images))], return_inverse=True)[1].astype(np.int64)


def channel_statistics(images: np.ndarray) -> tuple[list[float], list[float]]:
    """Mean and standard deviation of each channel over all pixels, of values scaled to [0, 1]; exact up to rounding."""
    values = np.arange(256) / 255
    counts = np.stack([np.bincount(images[..., channel].reshape(-1), minlength=256) for channel in range(3)])
    mean = counts @ values / counts.sum(axis=1)
    variance = counts @ values**2 / counts.sum(axis=1) - mean**2
    return mean.tolist(), np.sqrt(variance.clip(min=0)).tolist()
