import io
import pickle

import numpy as np
import pytest
from archive_builders import CIFAR_CLASSES, LIMITS, cifar10_files, noise, repacked, tar_gz

from cnnatlas.data.cifar10 import read
from cnnatlas.errors import AtlasError

IMAGES = noise(6, 3, 8, 8, 3)


def write(tmp_path, files):
    path = tmp_path / "cifar-10-python.tar.gz"
    path.write_bytes(tar_gz(files))
    return path


def batch(data, labels):
    return pickle.dumps({"data": data, "labels": labels}, protocol=2)


def test_images_come_back_as_they_were(tmp_path):
    files = cifar10_files(IMAGES, [0, 1, 2])
    found = read(write(tmp_path, dict(reversed(files.items()))), 8, LIMITS)  # whatever order the archive has
    assert np.array_equal(found.images, IMAGES.reshape(-1, 8, 8, 3))
    assert found.labels.tolist() == [0, 1, 2] * 6
    assert found.classes == CIFAR_CLASSES
    assert found.ids[:2] == ["train/0", "train/1"]
    assert found.ids[14:16] == ["train/14", "test/0"]
    assert found.partition == ["train"] * 15 + ["test"] * 3


def test_the_same_images_in_another_layout_are_the_same_data(tmp_path):
    for files in repacked(cifar10_files(IMAGES, [0, 1, 2])):
        found = read(write(tmp_path, files), 8, LIMITS)
        assert np.array_equal(found.images, IMAGES.reshape(-1, 8, 8, 3)), min(files)


def test_a_repeated_image_is_one_photograph(tmp_path):
    images = IMAGES.copy()
    images[3, 2] = images[0, 0]
    groups = read(write(tmp_path, cifar10_files(images, [0, 1, 2])), 8, LIMITS).groups
    assert groups[0] == groups[11]
    assert len(set(groups.tolist())) == 17


ROWS = noise(3, 192)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (batch(ROWS.astype(np.float32), [0, 1, 2]), r"uint8 \(n, 192\), found float32"),
        (batch(ROWS[:, :100], [0, 1, 2]), r"found uint8 \(3, 100\)"),
        (batch(ROWS.tolist(), [0, 1, 2]), "found list"),
        (batch(ROWS, [0, 1]), "3 images but 2 labels"),
        (batch(ROWS, [0, 1, 3]), "numbers from 0 to 2"),
        (batch(ROWS, ["0", "1", "2"]), "numbers from 0 to 2"),
        (pickle.dumps([1]), "found NoneType"),
        (pickle.dumps({"data": io.BytesIO(b"x")}), "BytesIO"),
    ],
)
def test_a_batch_that_is_none_is_refused(tmp_path, content, message):
    path = write(tmp_path, cifar10_files(IMAGES, [0, 1, 2], data_batch_2=content))
    with pytest.raises(AtlasError, match=r"cifar-10-python\.tar\.gz.*data_batch_2.*" + message):
        read(path, 8, LIMITS)


def test_a_missing_batch_and_odd_class_names_are_refused(tmp_path):
    files = cifar10_files(IMAGES, [0, 1, 2])
    del files["cifar-10-batches-py/test_batch"]
    with pytest.raises(AtlasError, match="no member test_batch"):
        read(write(tmp_path, files), 8, LIMITS)
    files = cifar10_files(IMAGES, [0, 1, 2], **{"batches.meta": pickle.dumps({})})
    with pytest.raises(AtlasError, match="label_names"):
        read(write(tmp_path, files), 8, LIMITS)
