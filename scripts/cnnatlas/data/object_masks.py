"""Masks of the objects in a data set's images, brought into the geometry of the prepared images."""

import io
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image
from skimage.draw import polygon

from cnnatlas import tables
from cnnatlas.data.drawn_masks import read_masks
from cnnatlas.errors import AtlasError


@dataclass(frozen=True)
class Item:
    """An image of a prepared data set: its row in images.npy, and the shape (H, W) of its picture before scaling."""

    index: int
    id: str
    shape: tuple[int, int]


def read_items(table: Path | str) -> list[Item]:
    """Read the images that items.csv lists."""
    return [Item(int(row["index"]), row["id"], (int(row["height"]), int(row["width"]))) for row in tables.read(table)]


def drawn(items: Iterable[Item], path: Path | str) -> Iterator[tuple[Item, np.ndarray]]:
    """Yield each image with the mask that it was drawn with, (H, W) bool.

    Raises AtlasError where an image has none, or one of another shape.
    """
    masks = read_masks(path)
    for item in items:
        mask = masks.mask(item.id)
        if mask.shape != item.shape:
            raise AtlasError(
                f"{path}: the mask of {item.id} has shape {mask.shape}, its image {item.shape}: drawn at different "
                f"times; delete it and run the same command again"
            )
        yield item, mask


def outlined(
    items: Iterable[Item], dataset: str, archive: Path, limits: Mapping[str, float]
) -> tuple[Iterator[tuple[Item, np.ndarray]], list[dict[str, str]]]:
    """Give the images that upstream outlined, with the inside, (H, W) bool; and what was skipped.

    cnnatlas.data.<dataset>_outlines reads the outlines. Raises AtlasError for a broken archive.
    """
    found, skipped = import_module(f"cnnatlas.data.{dataset}_outlines").read(archive, limits)
    return ((item, fill(found[item.id], item.shape)) for item in items if item.id in found), skipped


def fill(outline: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Return the pixels whose centres are within or on an outline (2, n) of x and y: (H, W) bool."""
    mask = np.zeros(shape, bool)
    x, y = outline
    mask[polygon(y, x, shape)] = True
    return mask


def scale(masks: Iterable[tuple[Item, np.ndarray]], reader: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Scale masks as the images were scaled: index (M,) int64, ascending, and masks (M, size, size) bool.

    A mask goes through the very function that its image went through, `scale` of cnnatlas.data.<reader>; a reader
    without one leaves images as upstream has them. A pixel belongs to the object where that makes up half of it or
    more, weighed by the filter that scaled the image. Objects of which nothing remains are left out.
    Raises ValueError where a mask of a data set whose images are not scaled has another size.
    """
    of_images = getattr(import_module(f"cnnatlas.data.{reader}"), "scale", None)
    scaled = {item.index: _scaled(mask, of_images, reader, size) for item, mask in masks}
    index = sorted(key for key, mask in scaled.items() if mask.any())
    return np.array(index, np.int64), np.array([scaled[key] for key in index], bool).reshape(-1, size, size)


def _scaled(mask: np.ndarray, of_images: Callable | None, reader: str, size: int) -> np.ndarray:
    if of_images is not None:
        stream = io.BytesIO()
        Image.fromarray(mask).save(stream, "PNG")
        return of_images(stream.getvalue(), size)[..., 0] >= 128
    if mask.shape != (size, size):
        raise ValueError(f"{reader}: a mask of shape {mask.shape} for images of {size} pixels")
    return mask
