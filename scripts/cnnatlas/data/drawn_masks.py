"""Masks of the drawn objects, one per image, packed eight pixels to a byte."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cnnatlas import files
from cnnatlas.errors import AtlasError


class Masks:
    """The masks of one data set, unpacked one at a time."""

    def __init__(self, ids: np.ndarray, shapes: np.ndarray, bits: np.ndarray):
        ends = np.cumsum((shapes.prod(1) + 7) // 8)
        self._bits = bits
        self._where = {
            str(name): (int(end), tuple(int(side) for side in shape))
            for name, end, shape in zip(ids, ends, shapes, strict=True)
        }

    def __contains__(self, name: str) -> bool:
        return name in self._where

    def __len__(self) -> int:
        return len(self._where)

    def mask(self, name: str) -> np.ndarray:
        """Return the visible pixels of the object in the image of this id, (H, W) bool, at the drawn resolution.

        Raises AtlasError where no image has this id.
        """
        if name not in self._where:
            raise AtlasError(f"masks: no image has the id {name!r}; ids look like {next(iter(self._where), None)!r}")
        end, (height, width) = self._where[name]
        packed = self._bits[end - (height * width + 7) // 8 : end]
        return np.unpackbits(packed, count=height * width).reshape(height, width).astype(bool)


def read_masks(path: Path | str) -> Masks:
    """Read masks that `write_masks` wrote. Raises AtlasError where the file is not such a file."""
    try:
        with np.load(path) as arrays:
            return Masks(arrays["ids"], arrays["shapes"], arrays["bits"])
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise AtlasError(f"{path}: not a file of masks ({error}); delete it and run the same command again") from error


def write_masks(path: Path | str, masks: Mapping[str, np.ndarray]) -> None:
    """Write (H, W) bool masks by image id: arrays ids (N,), shapes (N, 2) and bits, the packed masks end to end."""
    with files.replacing(path) as temporary:
        np.savez_compressed(
            temporary,
            ids=np.array(list(masks)),
            shapes=np.array([mask.shape for mask in masks.values()], np.int32),
            bits=np.concatenate([np.packbits(mask) for mask in masks.values()]),
        )
