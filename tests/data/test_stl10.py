import numpy as np
import pytest
from archive_builders import LIMITS, noise, repacked, stl10_files, tar_gz

from cnnatlas.data import stl10
from cnnatlas.data.stl10 import read
from cnnatlas.errors import AtlasError

IMAGES = noise(7, 8, 8, 3)
LABELS = [1, 2, 1, 2, 1, 2, 2]


def write(tmp_path, files):
    path = tmp_path / "stl10_binary.tar.gz"
    path.write_bytes(tar_gz(files))
    return path


@pytest.mark.parametrize("block", [2, 100])
def test_column_major_images_are_turned_and_labels_start_at_zero(tmp_path, monkeypatch, block):
    monkeypatch.setattr(stl10, "BLOCK", block)
    found = read(write(tmp_path, stl10_files(IMAGES, LABELS, test=3)), 8, LIMITS)
    assert np.array_equal(found.images, IMAGES)
    assert found.labels.tolist() == [0, 1, 0, 1, 0, 1, 1]
    assert found.classes == ["airplane", "bird"]
    assert found.ids == ["train/0", "train/1", "train/2", "train/3", "test/0", "test/1", "test/2"]
    assert found.partition == ["train"] * 4 + ["test"] * 3


def test_the_same_images_in_another_layout_are_the_same_data(tmp_path):
    for files in repacked(stl10_files(IMAGES, LABELS, test=3)):
        assert np.array_equal(read(write(tmp_path, files), 8, LIMITS).images, IMAGES), min(files)


@pytest.mark.parametrize(
    ("replaced", "message"),
    [
        ({"train_X": b"x" * 191}, "train_X.bin: its length is no multiple of 192"),
        ({"train_X": b""}, "train_X.bin: empty"),
        ({"test_y": b"\x01\x02"}, "test_y.bin: 2 labels for 3 images"),
        ({"train_y": b"\x00\x01\x02\x01"}, "train_y.bin: labels from 0 to 2, should be 1 to 2"),
        ({"train_y": b"\x03\x01\x02\x01"}, "train_y.bin: labels from 1 to 3"),
    ],
)
def test_files_that_do_not_fit_are_refused(tmp_path, replaced, message):
    path = write(tmp_path, stl10_files(IMAGES, LABELS, 3, **replaced))
    with pytest.raises(AtlasError, match=r"stl10_binary\.tar\.gz.*" + message):
        read(path, 8, LIMITS)


def test_a_missing_file_is_refused(tmp_path):
    files = stl10_files(IMAGES, LABELS, 3)
    del files["stl10_binary/test_X.bin"]
    with pytest.raises(AtlasError, match=r"no member test_X\.bin"):
        read(write(tmp_path, files), 8, LIMITS)
