import hashlib
import io
import pickle
import tarfile
import warnings
import zipfile
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, UnidentifiedImageError

from cnnatlas.data.drawn_masks import read_masks
from cnnatlas.drawn import datasets
from cnnatlas.drawn.datasets import caltech101, cats_dogs, cifar10, stl10
from cnnatlas.drawn.generate import draw_archive, provenance

SUBSET = {"per_class": 12, "subset_seed": 0}
LIMITS = {"bytes": 1e9, "members": 1e5}
COUNTS = {"cifar10": 60, "stl10": 40, "caltech101": 1, "cats_dogs": 12}
FILES = {
    "cifar10": "cifar-10-python.tar.gz",
    "stl10": "stl10_binary.tar.gz",
    "caltech101": "caltech-101.zip",
    "cats_dogs": "kagglecatsanddogs_5340.zip",
}
SIZES = {"cifar10": 32, "stl10": 96, "caltech101": 64, "cats_dogs": 64}


def draw(folder, dataset, count, seed=0):
    archive, masks = folder / FILES[dataset], folder / f"{dataset}.npz"
    draw_archive(dataset, seed, archive, masks, count)
    return archive, masks


@pytest.fixture(scope="module")
def drawn(tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn")
    return {dataset: draw(folder, dataset, count) for dataset, count in COUNTS.items()}


@pytest.mark.parametrize("dataset", ["cifar10", "stl10", "cats_dogs"])
def test_equal_seeds_give_equal_bytes_and_others_do_not(tmp_path, dataset):
    def sums(name, seed):
        (tmp_path / name).mkdir()
        return [hashlib.sha256(p.read_bytes()).hexdigest() for p in draw(tmp_path / name, dataset, 8, seed)]

    first, again, other = sums("a", 0), sums("b", 0), sums("c", 1)
    assert first == again
    assert first[0] != other[0] and first[1] != other[1]


@pytest.mark.slow
def test_caltech101_is_the_same_twice(drawn, tmp_path):
    again, masks = draw(tmp_path, "caltech101", 1)
    assert again.read_bytes() == drawn["caltech101"][0].read_bytes()
    assert masks.read_bytes() == drawn["caltech101"][1].read_bytes()


def test_an_image_does_not_depend_on_how_many_are_drawn():
    few, many = cats_dogs.draw(0, 2)[1], cats_dogs.draw(0, 4)[1]
    assert len(few) == 4 and len(many) == 8
    assert sum(any(np.array_equal(mask, other) for other in many.values()) for mask in few.values()) == 4


@pytest.mark.parametrize("dataset", COUNTS)
def test_the_readers_of_upstream_archives_read_them_and_their_ids_are_those_of_the_masks(drawn, dataset):
    archive, masks = drawn[dataset]
    size, subset = SIZES[dataset], SUBSET if dataset == "cats_dogs" else {}
    prepared = import_module(f"cnnatlas.data.{dataset}").read(archive, size, LIMITS, **subset)
    found = read_masks(masks)
    assert prepared.images.shape[1:] == (size, size, 3)
    assert len(found) == len(prepared.ids) and all(name in found for name in prepared.ids)
    assert all(0.02 < found.mask(name).mean() < 0.95 for name in prepared.ids)
    assert len(set(prepared.labels)) == len(prepared.classes)


def test_cifar10_batches_have_upstreams_keys_and_row_layout(drawn):
    with tarfile.open(drawn["cifar10"][0]) as tar:
        members = {name: tar.extractfile(name).read() for name in tar.getnames()}
    assert all(name.startswith("cifar-10-batches-py/") for name in members)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numpy.core, the name that upstream's pickles use
        batch = pickle.loads(members["cifar-10-batches-py/data_batch_2"], encoding="bytes")
        meta = pickle.loads(members["cifar-10-batches-py/batches.meta"], encoding="bytes")
    assert sorted(batch) == [b"batch_label", b"data", b"filenames", b"labels"]
    assert batch[b"batch_label"] == b"training batch 2 of 5"
    assert batch[b"data"].dtype == np.uint8 and batch[b"data"].shape == (9, 3072)
    assert [name.decode() for name in meta[b"label_names"]] == cifar10.CLASSES
    assert b"_codecs" not in members["cifar-10-batches-py/data_batch_2"]  # Python 2 strings, as upstream
    assert all(
        cifar10.CLASSES[label] == name.decode().split("_s_")[0]
        for label, name in zip(batch[b"labels"], batch[b"filenames"], strict=True)
    )


def test_stl10_stores_columns_first_and_labels_from_one(monkeypatch):
    images = []
    original = stl10.stored_images
    monkeypatch.setattr(stl10, "stored_images", lambda stack: images.append(stack) or original(stack))
    files, _ = stl10.draw(0, 26)
    stored = np.frombuffer(files["stl10_binary/train_X.bin"], np.uint8)
    assert stored.size == 10 * 3 * 96 * 96
    restored = stored[3 * 96 * 96 : 2 * 3 * 96 * 96].reshape(3, 96, 96).transpose(2, 1, 0)  # the second image
    assert np.array_equal(restored, images[0][1])
    labels = np.frombuffer(files["stl10_binary/train_y.bin"] + files["stl10_binary/test_y.bin"], np.uint8)
    assert set(labels) == set(range(1, 11))
    assert files["stl10_binary/class_names.txt"].decode().split() == stl10.CLASSES
    folds = files["stl10_binary/fold_indices.txt"].decode().splitlines()
    assert len(folds) == 10 and all(0 <= int(index) < 10 for fold in folds for index in fold.split())


@pytest.mark.slow
def test_caltech101_has_all_classes_and_a_background(drawn):
    with zipfile.ZipFile(drawn["caltech101"][0]) as outer:
        packed = io.BytesIO(outer.read("caltech-101/101_ObjectCategories.tar.gz"))
    with tarfile.open(fileobj=packed) as tar:
        names = tar.getnames()
        sides = {Image.open(tar.extractfile(name)).size for name in names}
    assert {name.split("/")[1] for name in names} == {"BACKGROUND_Google", *caltech101.CLASSES}
    assert all(name.endswith("/image_0001.jpg") for name in names)
    assert len(caltech101.CLASSES) == 101 and len(sides) > 50
    assert not any(name.startswith("BACKGROUND") for name in caltech101.draw(0, 1)[1])


def test_caltech101_is_unbalanced_within_its_bounds():
    numbers = [caltech101._number(name) for name in caltech101.CLASSES]
    assert min(numbers) == 6 and max(numbers) == 30 and 1000 < sum(numbers) < 1400
    assert caltech101._number("Faces") == caltech101._number("Faces_easy")


def test_some_caltech101_images_are_grey():
    shapes = [caltech101._picture(0, "cup", index).image.ndim for index in range(60)]
    assert 1 <= shapes.count(2) <= 15


def test_faces_easy_shows_the_photographs_of_faces():
    whole = caltech101._picture(0, "Faces", 7)
    part = caltech101.close_up(whole)
    rows, columns = np.argwhere(whole.mask).min(0)
    height, width = part.mask.shape
    assert height < whole.mask.shape[0] and part.mask.sum() == whole.mask.sum()
    assert np.array_equal(part.image, whole.image[rows : rows + height, columns : columns + width])


def test_cats_and_dogs_hold_files_that_no_one_can_decode(drawn):
    with zipfile.ZipFile(drawn["cats_dogs"][0]) as archive:
        names = archive.namelist()
        cats = [name for name in names if name.startswith("PetImages/Cat/") and name.endswith(".jpg")]
        bad = [name for name in cats if not _decodes(archive.read(name))]
        assert len(cats) == 15 and len(bad) == 3 and archive.getinfo(bad[0]).file_size == 0
    assert {"PetImages/Cat/Thumbs.db", "PetImages/Dog/Thumbs.db"} <= set(names)


def test_provenance_says_that_the_archive_was_drawn(drawn):
    archive, _ = drawn["stl10"]
    record = provenance(archive, archive.name)
    assert record["origin"] == "drawn" and record["file"] == FILES["stl10"] and record["url"] is None
    assert record["bytes"] == archive.stat().st_size
    assert record["md5"] == hashlib.md5(archive.read_bytes()).hexdigest()


def test_data_sets_draw_from_streams_of_their_own():
    names = [path.stem for path in Path(datasets.__file__).parent.glob("[a-z]*.py")]
    streams = {import_module(f"cnnatlas.drawn.datasets.{name}").STREAM for name in names}
    assert set(COUNTS) <= set(names) and len(streams) == len(names)


def _decodes(content):
    try:
        Image.open(io.BytesIO(content)).load()
    except (UnidentifiedImageError, OSError):
        return False
    return True
