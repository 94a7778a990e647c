"""Masks of the objects in prepared images: of their size and in their order."""

from pathlib import Path

import numpy as np
from PIL import Image

from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing


def write_prepared_masks(path: Path | str, index: np.ndarray, masks: np.ndarray) -> None:
    """Write masks (M, size, size) bool of the images at `index` (M,): arrays index, size, and masks as packed bits."""
    with replacing(path) as temporary:
        np.savez_compressed(
            temporary,
            index=np.asarray(index, np.int64),
            size=np.int64(masks.shape[1]),
            masks=np.packbits(masks.reshape(len(masks), masks.shape[1] ** 2), axis=1),
        )


def prepared_masks(path: Path | str) -> tuple[np.ndarray, np.ndarray]:
    """Read which images have masks, (M,) int64 into images.npy, ascending, and the masks, (M, size, size) bool.

    M is 0 where a data set has no masks. Raises AtlasError where `write_prepared_masks` did not write the file.
    """
    try:
        with np.load(path) as arrays:
            index, size, bits = arrays["index"], int(arrays["size"]), arrays["masks"]
        masks = np.unpackbits(bits, axis=1, count=size**2).reshape(len(index), size, size).astype(bool)
    except (OSError, ValueError, TypeError, KeyError, EOFError) as error:
        raise AtlasError(f"{path}: not a file of masks ({error}); delete it and run the same command again") from error
    return index, masks


def resized_masks(masks: np.ndarray, side: int | None) -> np.ndarray:
    """Masks (M, H, H) bool at the resolution of a network, (M, side, side); as they are for None.

    A pixel belongs to the object where that makes up half of it or more, weighed as the images are resized; of an
    object smaller than that, the pixel that holds most of it.
    """
    if side in (None, masks.shape[1]):
        return masks
    scaled = [np.asarray(Image.fromarray(m.astype(np.float32)).resize((side, side), Image.BILINEAR)) for m in masks]
    return np.stack([one >= min(0.5, one.max()) for one in scaled])
