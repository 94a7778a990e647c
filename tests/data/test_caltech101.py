import tarfile
from pathlib import Path

import numpy as np
import pytest
from archive_builders import LIMITS, caltech101, image_file, smooth, zip_file

from cnnatlas.data.caltech101 import read
from cnnatlas.errors import AtlasError

REAL = Path(__file__).parents[2].parent / "shared" / "data" / "caltech101" / "101_ObjectCategories.tar.gz"


def picture(seed, shape=(40, 60)):
    return image_file(smooth(*shape, seed=seed))


FILES = {
    "accordion/image_0002.jpg": picture(1),
    "accordion/image_0001.jpg": picture(2),
    "accordion/tmp": b"odd",
    "accordion/._image_0001.jpg": b"odd",
    "BACKGROUND_Google/image_0001.jpg": picture(3),
    "BACKGROUND_Google/tmp": b"odd",
    "Faces/image_0001.jpg": picture(4),
    "Faces/image_0002.jpg": picture(5),
    "Faces_easy/image_0001.jpg": picture(6),
    "Faces_easy/image_0003.jpg": picture(7),
    "camera/image_0001.jpg": image_file(smooth(40, 60, seed=8)[..., 0]),
    "camera/image_0002.jpg": b"broken",
    "camera/image_0003.jpg": picture(1),
}


@pytest.fixture
def found(tmp_path):
    return read(caltech101(tmp_path / "caltech-101.zip", FILES), 16, LIMITS)


def test_classes_ids_and_labels(found):
    assert found.classes == ["Faces", "Faces_easy", "accordion", "camera"]
    assert found.ids[:3] == ["Faces/image_0001", "Faces/image_0002", "Faces_easy/image_0001"]
    assert found.ids[4] == "accordion/image_0001"
    assert [found.classes[k] for k in found.labels] == [name.split("/")[0] for name in found.ids]
    assert found.images.shape == (8, 16, 16, 3)


def test_an_id_has_its_own_pixels(found):
    index = found.ids.index("accordion/image_0002")
    assert np.abs(found.images[index].mean((0, 1)) - smooth(40, 60, seed=1).mean((0, 1))).max() < 3


def test_grey_is_flagged_and_the_undecodable_counted(found):
    assert [name for name, grey in zip(found.ids, found.grey, strict=True) if grey] == ["camera/image_0001"]
    assert found.skipped == [{"id": "camera/image_0002", "reason": "not an image"}]


def test_one_photograph_is_one_group(found):
    group = dict(zip(found.ids, found.groups.tolist(), strict=True))
    assert group["Faces/image_0001"] == group["Faces_easy/image_0001"]  # by number
    assert group["accordion/image_0002"] == group["camera/image_0003"]  # by pixels
    assert len(set(group.values())) == 6


def test_broken_archives_name_the_file(tmp_path):
    with pytest.raises(AtlasError, match=r"empty\.zip.*no member 101_ObjectCategories\.tar\.gz"):
        read(zip_file(tmp_path / "empty.zip", {"readme": b""}), 16, LIMITS)
    with pytest.raises(AtlasError, match=r"none\.zip.*holds no images"):
        read(caltech101(tmp_path / "none.zip", {"accordion/tmp": b""}), 16, LIMITS)
    whole = caltech101(tmp_path / "cut.zip", FILES)
    whole.write_bytes(whole.read_bytes()[:-400])
    with pytest.raises(AtlasError, match=r"cut\.zip.*delete it"):
        read(whole, 16, LIMITS)
    inner = {"caltech-101/101_ObjectCategories.tar.gz": b"\x1f\x8b not gzip"}
    with pytest.raises(AtlasError, match=r"inner\.zip.*delete it"):
        read(zip_file(tmp_path / "inner.zip", inner), 16, LIMITS)


def test_a_member_of_the_inner_archive_that_leaves_its_folder_is_refused(tmp_path):
    evil = caltech101(tmp_path / "evil.zip", FILES, [tarfile.TarInfo("../../outside")])
    with pytest.raises(AtlasError, match=r"evil\.zip.*outside"):
        read(evil, 16, LIMITS)


@pytest.mark.slow
@pytest.mark.skipif(not REAL.exists(), reason="the real archive is not here")
def test_the_real_archive(tmp_path):
    path = zip_file(tmp_path / "caltech-101.zip", {"caltech-101/101_ObjectCategories.tar.gz": REAL.read_bytes()})
    found = read(path, 64, {"bytes": 2e9, "members": 50000})
    assert found.images.shape == (9144 - 467, 64, 64, 3)
    assert len(found.classes) == 101
    assert {"accordion/image_0001", "camera/image_0001"} <= set(found.ids)
    assert np.bincount(np.bincount(found.groups)).tolist() == [0, 8677 - 2 * 435, 435]
