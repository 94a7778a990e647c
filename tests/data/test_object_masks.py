"""Masks lie on the objects of the prepared images: drawn in white on black here, so that an image is its own mask."""

import numpy as np
import pytest
from archive_builders import LIMITS, caltech101, image_file, outline_file

from cnnatlas.data.object_masks import Item, drawn, outlined, read_items, scale
from cnnatlas.data.prepare import read, write
from cnnatlas.drawn.datasets import caltech101 as drawn_caltech101
from cnnatlas.drawn.datasets import cats_dogs, cifar10, stl10
from cnnatlas.drawn.generate import draw_archive
from cnnatlas.drawn.scenes import Picture
from cnnatlas.errors import AtlasError

SIZES = {"cifar10": 32, "stl10": 96, "caltech101": 64, "cats_dogs": 48}


def silhouette(rng, subject, size, difficulty):
    """An L of a random place and size, white on black, instead of a photograph."""
    (height, width), mask = size, np.zeros(size, bool)
    top, left = rng.integers(height // 3), rng.integers(width // 3)
    bottom, right = rng.integers(height * 2 // 3, height), rng.integers(width * 2 // 3, width)
    mask[top:bottom, left : left + width // 4] = True
    mask[bottom - height // 5 : bottom, left:right] = True
    return Picture(np.repeat(mask[..., None], 3, 2).astype(np.uint8) * 255, mask)


def corners(mask):
    """The outline of a silhouette: x and y of the centres of its corner pixels."""
    rows, columns = np.flatnonzero(mask.any(1)), np.flatnonzero(mask.any(0))
    top, bottom, left, right = rows[0], rows[-1], columns[0], columns[-1]
    inner = np.flatnonzero(mask[top])[-1]
    foot = np.flatnonzero(mask[:, right])[0]
    return np.array([[left, inner, inner, right, right, left], [top, top, foot, foot, bottom, bottom]], float)


def prepare(folder, archive, dataset, classes):
    """The images as they are prepared, and the table of them."""
    spec = {"dataset": dataset, "reader": dataset, "classes": classes, "size": SIZES[dataset], "limits": LIMITS}
    subset = {"per_class": 5, "subset_seed": 0} if dataset == "cats_dogs" else {}
    prepared = read({**spec, **subset}, archive)
    paths = [folder / name for name in ("images.npy", "labels.npy", "items.csv", "dataset.json")]
    write(prepared, dataset, {}, *paths)
    return prepared.images, folder / "items.csv"


def overlaps(images, masks):
    """Intersection over union of every mask with the white part of its image."""
    white = images[..., 1] >= 128
    return (white & masks).sum((1, 2)) / (white | masks).sum((1, 2))


@pytest.mark.parametrize(
    ("dataset", "count", "classes"),
    [("cifar10", 60, 10), ("stl10", 40, 10), ("caltech101", 2, 101), ("cats_dogs", 12, 2)],
)
def test_a_drawn_mask_lies_on_its_object(tmp_path, monkeypatch, dataset, count, classes):
    for module in (cifar10, stl10, drawn_caltech101, cats_dogs):
        monkeypatch.setattr(module, "photograph", silhouette)
    archive, masks = tmp_path / "archive", tmp_path / "archive.masks.npz"
    draw_archive(dataset, 0, archive, masks, count)
    images, table = prepare(tmp_path, archive, dataset, classes)
    index, placed = scale(drawn(read_items(table), masks), dataset, SIZES[dataset])
    assert index.tolist() == list(range(len(images)))
    assert overlaps(images, placed).min() > 0.95
    wrong = placed[np.roll(index, 1)], placed.transpose(0, 2, 1), placed[:, ::-1]
    assert all(np.median(overlaps(images, other)) < 0.8 for other in wrong)  # the test can tell


def test_an_object_that_scaling_loses_is_left_out():
    speck, object_ = np.zeros((60, 80), bool), np.zeros((60, 80), bool)
    speck[30, 40], object_[20:40, 20:40] = True, True
    items = [Item(k, f"a/image_{k:04d}", (60, 80)) for k in (4, 2, 3)]
    index, masks = scale(zip(items, (object_, object_, speck), strict=True), "caltech101", 8)
    assert index.tolist() == [2, 4] and masks.shape == (2, 8, 8)


def test_no_masks_have_a_size_too():
    index, masks = scale([], "cifar10", 32)
    assert index.shape == (0,) and index.dtype == np.int64
    assert masks.shape == (0, 32, 32) and masks.dtype == bool


def test_masks_and_images_drawn_at_different_times_are_refused(tmp_path):
    draw_archive("stl10", 0, tmp_path / "archive", tmp_path / "masks.npz", 13)
    with pytest.raises(AtlasError, match=r"masks\.npz: the mask of train/0 has shape \(96, 96\), its image \(96, 95\)"):
        list(drawn([Item(0, "train/0", (96, 95))], tmp_path / "masks.npz"))
    with pytest.raises(AtlasError, match="no image has the id 'train/99'"):
        list(drawn([Item(0, "train/99", (96, 96))], tmp_path / "masks.npz"))


def test_masks_of_unscaled_images_must_have_their_size():
    with pytest.raises(ValueError, match=r"cifar10: a mask of shape \(32, 31\)"):
        scale([(Item(0, "train/0", (32, 31)), np.ones((32, 31), bool))], "cifar10", 32)


def test_an_outline_lies_on_its_object(tmp_path):
    images, outlines, rng = {}, {}, np.random.default_rng(0)
    for name, folder in (("Faces", "Faces_2"), ("airplanes", "Airplanes_Side_2"), ("crab", "crab")):
        for number in range(1, 5):
            picture = silhouette(rng, None, (int(rng.integers(100, 300)), int(rng.integers(100, 300))), None)
            images[f"{name}/image_{number:04d}.jpg"] = image_file(picture.image, quality=95)
            if number != 3:
                outlines[f"{folder}/annotation_{number:04d}.mat"] = outline_file(corners(picture.mask))
    outlines["BACKGROUND_Google/annotation_0001.mat"] = outlines["crab/annotation_0001.mat"]
    archive = caltech101(tmp_path / "caltech-101.zip", images, (), outlines)
    prepared, table = prepare(tmp_path, archive, "caltech101", 3)
    masks, skipped = outlined(read_items(table), "caltech101", archive, LIMITS)
    index, placed = scale(masks, "caltech101", SIZES["caltech101"])
    assert skipped == [] and index.tolist() == [0, 1, 3, 4, 5, 7, 8, 9, 11]
    assert overlaps(prepared[index], placed).min() > 0.95
