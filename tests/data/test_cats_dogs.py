import numpy as np
import pytest
from archive_builders import LIMITS, image_file, smooth, zip_file

from cnnatlas.data.cats_dogs import read
from cnnatlas.errors import AtlasError

FILES = {
    **{f"PetImages/Cat/{k}.jpg": image_file(smooth(30, 40, seed=k)) for k in range(12)},
    **{f"PetImages/Dog/{k}.jpg": image_file(smooth(40, 30, seed=100 + k)) for k in range(12)},
    "PetImages/Cat/666.jpg": b"",
    "PetImages/Dog/11702.jpg": b"\xff\xd8 no image",
    "PetImages/Cat/Thumbs.db": b"odd",
    "MSR-LA - 3467.docx": b"odd",
}


@pytest.fixture
def archive(tmp_path):
    return zip_file(tmp_path / "kagglecatsanddogs_5340.zip", FILES)


def test_a_seeded_choice_of_each_class(archive):
    found = read(archive, 16, LIMITS, per_class=5, subset_seed=0)
    assert found.classes == ["Cat", "Dog"]
    assert found.labels.tolist() == [0] * 5 + [1] * 5
    assert [name.split("/")[0] for name in found.ids] == ["Cat"] * 5 + ["Dog"] * 5
    assert found.images.shape == (10, 16, 16, 3)
    assert found.sizes == [(40, 30)] * 5 + [(30, 40)] * 5  # width, height as stored
    for name, image in zip(found.ids, found.images, strict=True):
        label, number = name.split("/")
        original = smooth(30, 40, seed=int(number)) if label == "Cat" else smooth(40, 30, seed=100 + int(number))
        assert np.abs(image[8, 8].astype(int) - original[original.shape[0] // 2, original.shape[1] // 2]).max() < 16


def test_the_seed_decides_and_the_order_of_the_archive_does_not(archive, tmp_path):
    turned = zip_file(tmp_path / "turned.zip", dict(reversed(FILES.items())))
    first = read(archive, 16, LIMITS, per_class=5, subset_seed=0)
    assert read(turned, 16, LIMITS, per_class=5, subset_seed=0).ids == first.ids
    assert read(archive, 16, LIMITS, per_class=5, subset_seed=1).ids != first.ids


def test_the_undecodable_are_skipped_and_counted(archive):
    found = read(archive, 16, LIMITS, per_class=12, subset_seed=0)
    assert found.ids == [*(f"Cat/{k}" for k in range(12)), *(f"Dog/{k}" for k in range(12))]
    reasons = {entry["id"]: entry["reason"] for entry in found.skipped}
    assert reasons.get("Cat/666", "empty file") == "empty file"  # listed only where the seeded order came to them
    assert reasons.get("Dog/11702", "not an image") == "not an image"
    everything = [read(archive, 16, LIMITS, per_class=12, subset_seed=seed).skipped for seed in range(20)]
    assert {entry["id"] for skipped in everything for entry in skipped} == {"Cat/666", "Dog/11702"}


def test_too_few_images_name_class_numbers_and_key(archive):
    with pytest.raises(
        AtlasError, match=r"5340\.zip: 12 decodable images of class Cat, but per_class asks for 13.*at most 12"
    ):
        read(archive, 16, LIMITS, per_class=13, subset_seed=0)


def test_a_damaged_member_is_a_broken_archive(archive):
    content = bytearray(archive.read_bytes())
    start = content.index(FILES["PetImages/Cat/3.jpg"])
    content[start + 50] ^= 0xFF
    archive.write_bytes(content)
    with pytest.raises(AtlasError, match=r"5340\.zip.*CRC.*delete it"):
        read(archive, 16, LIMITS, per_class=12, subset_seed=0)


LAYOUTS = {
    "another top folder": lambda name: name.replace("PetImages", "data/kagglecatsanddogs"),
    "dot": lambda name: f"./{name}",
    "backslashes": lambda name: name.replace("/", "\\"),
    "capitals": lambda name: name.replace(".jpg", ".JPG"),
    "Kaggle's": lambda name: name.replace("PetImages/Cat/", "train/cat.").replace("PetImages/Dog/", "train/dog."),
}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_same_images_in_another_layout_are_the_same_data(archive, tmp_path, layout):
    others = {"test1/3.jpg": image_file(smooth(30, 40, seed=7))} if layout == "Kaggle's" else {}
    named = {LAYOUTS[layout](name): content for name, content in FILES.items()}
    found = read(zip_file(tmp_path / "other.zip", named | others), 16, LIMITS, per_class=12, subset_seed=0)
    expected = read(archive, 16, LIMITS, per_class=12, subset_seed=0)
    assert (found.ids, found.skipped) == (expected.ids, expected.skipped)
    assert np.array_equal(found.images, expected.images)


def test_an_image_that_is_there_twice_is_refused(tmp_path):
    archive = zip_file(tmp_path / "twice.zip", FILES | {"train/cat.3.jpg": b""})
    with pytest.raises(AtlasError, match=r"twice\.zip: .*same image by their names"):
        read(archive, 16, LIMITS, per_class=12, subset_seed=0)
