"""Masks of the objects in a data set's images, brought into the geometry of the prepared images."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from cnnatlas.data import outlines
from cnnatlas.data.decoding import centre_crop, squash
from cnnatlas.data.masks import read_masks
from cnnatlas.errors import AtlasError

# How the readers of photographs of many sizes make them square; elsewhere upstream's images are prepared as they are.
# A mask goes through the very function that its image went through
FIT = {"caltech101": squash, "cats_dogs": centre_crop}


@dataclass(frozen=True)
class Item:
    """An image of a prepared data set: its row in images.npy, and the shape (H, W) of its picture before scaling."""

    index: int
    id: str
    shape: tuple[int, int]


def read_items(table: Path | str) -> list[Item]:
    """Read the images that items.csv lists."""
    with Path(table).open(newline="", encoding="utf-8") as stream:
        return [
            Item(int(row["index"]), row["id"], (int(row["height"]), int(row["width"])))
            for row in csv.DictReader(stream)
        ]


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
    items: Iterable[Item], archive: Path, limits: Mapping[str, float]
) -> tuple[Iterator[tuple[Item, np.ndarray]], list[dict[str, str]]]:
    """Give the images of Caltech-101 that have an outline, with its inside, (H, W) bool; and what was skipped.

    Raises AtlasError for a broken archive.
    """
    found, skipped = outlines.read(archive, limits)
    return ((item, outlines.fill(found[item.id], item.shape)) for item in items if item.id in found), skipped


def place(masks: Iterable[tuple[Item, np.ndarray]], dataset: str, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Scale masks as the images were scaled: index (M,) int64, ascending, and masks (M, size, size) bool.

    A pixel belongs to the object where that makes up half of it or more, weighed by the filter that scaled the image.
    Objects of which nothing remains are left out. Raises ValueError where a mask of a data set whose images are not
    scaled has another size.
    """
    placed = {item.index: _fit(mask, dataset, size) for item, mask in masks}
    index = sorted(key for key, mask in placed.items() if mask.any())
    return np.array(index, np.int64), np.array([placed[key] for key in index], bool).reshape(-1, size, size)


def _fit(mask: np.ndarray, dataset: str, size: int) -> np.ndarray:
    if dataset in FIT:
        stream = io.BytesIO()
        Image.fromarray(mask).save(stream, "PNG")
        return FIT[dataset](stream.getvalue(), size)[..., 0] >= 128
    if mask.shape != (size, size):
        raise ValueError(f"{dataset}: a mask of shape {mask.shape} for images of {size} pixels")
    return mask
