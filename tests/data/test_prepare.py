import csv
import errno
import json
from pathlib import Path

import numpy as np
import pytest
from archive_builders import LIMITS, noise, stl10_files, tar_gz

from cnnatlas.data.prepare import broken_set_aside, read, write
from cnnatlas.errors import AtlasError

IMAGES = noise(6, 8, 8, 3)
IMAGES[2] = IMAGES[2][..., :1]
SPEC = {"dataset": "stl10", "reader": "stl10", "classes": 2, "size": 8, "limits": LIMITS}
NAMES = ("images.npy", "labels.npy", "items.csv", "dataset.json")


def archive(tmp_path, labels):
    path = tmp_path / "stl10_binary.tar.gz"
    path.write_bytes(tar_gz(stl10_files(IMAGES, labels, test=2)))
    return path


def prepare(tmp_path):
    prepared = read(SPEC, archive(tmp_path, [1, 2, 1, 2, 1, 1]))
    write(prepared, "stl10", {"origin": "drawn"}, *(tmp_path / "out" / name for name in NAMES))
    return tmp_path / "out"


def test_the_four_files(tmp_path):
    out = prepare(tmp_path)
    images = np.load(out / "images.npy", mmap_mode="r")
    assert images.flags.c_contiguous
    assert np.array_equal(images, IMAGES)
    labels = np.load(out / "labels.npy")
    assert (labels.dtype, labels.tolist()) == (np.int64, [0, 1, 0, 1, 0, 0])
    with (out / "items.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[2]) == ["index", "id", "label", "class", "grey", "group", "partition", "width", "height"]
    assert list(rows[2].values()) == ["2", "train/2", "0", "airplane", "1", "2", "train", "8", "8"]
    record = json.loads((out / "dataset.json").read_text())
    assert record["per_class"] == {"airplane": 4, "bird": 2}
    assert (record["images"], record["size"], record["grey"], record["skipped"]) == (6, [8, 8], 1, [])
    assert record["provenance"] == {"origin": "drawn"}
    assert np.allclose(record["mean"], IMAGES.mean((0, 1, 2)) / 255)


def test_equal_archives_give_equal_bytes(tmp_path):
    out = prepare(tmp_path)
    first = [(out / name).read_bytes() for name in NAMES]
    prepare(tmp_path)
    assert [(out / name).read_bytes() for name in NAMES] == first


def test_a_class_without_images_is_refused(tmp_path):
    with pytest.raises(AtlasError, match=r"stl10_binary\.tar\.gz: no images of class bird"):
        read(SPEC, archive(tmp_path, [1] * 6))


def test_another_number_of_classes_than_configured_is_refused(tmp_path):
    with pytest.raises(AtlasError, match=r"stl10_binary\.tar\.gz: 2 classes, but datasets\.stl10\.classes is 3"):
        read({**SPEC, "classes": 3}, archive(tmp_path, [1, 2, 1, 2, 1, 1]))


@pytest.mark.parametrize("suffix", [".npy", ".csv", ".json"])
def test_a_full_disk_leaves_nothing_and_says_so(tmp_path, monkeypatch, suffix):
    real_open = Path.open

    def full(self, mode="r", *args, **options):
        stream = real_open(self, mode, *args, **options)
        if "w" in mode and self.suffix == suffix:
            stream.close()
            return FullDisk()
        return stream

    class FullDisk:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return False

        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(AtlasError, match="the disk is full"):
        prepare(tmp_path)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_broken_archive_is_out_of_the_way_of_the_right_one(tmp_path):
    path = archive(tmp_path, [1, 2, 1, 2, 1, 1])
    path.write_bytes(path.read_bytes()[:-9])
    with (
        pytest.raises(AtlasError, match=r"stl10_binary.*called stl10_binary\.tar\.gz\.refused now"),
        broken_set_aside(path),
    ):
        read(SPEC, path)
    assert [file.name for file in tmp_path.iterdir()] == ["stl10_binary.tar.gz.refused"]
    with pytest.raises(AtlasError, match="classes"), broken_set_aside(archive(tmp_path, [1, 2, 1, 2, 1, 1])):
        read({**SPEC, "classes": 3}, path)  # the configuration is wrong, and the archive may be right
    assert path.exists()
