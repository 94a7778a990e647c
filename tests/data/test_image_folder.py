"""A folder of images, one folder a class, and what may be in it."""

import hashlib
import os

import numpy as np
import pytest
from archive_builders import image_file, smooth
from PIL import Image

from cnnatlas.data import image_files
from cnnatlas.data.decoding import fitted, photograph
from cnnatlas.data.image_folder import provenance, read
from cnnatlas.data.prepare import read as prepare
from cnnatlas.errors import AtlasError


@pytest.fixture
def folder(tmp_path):
    """Classes 2 and 10 with three images each, of several formats and sizes."""
    for label in ("10", "2"):
        (tmp_path / "set" / label).mkdir(parents=True)
        for k, (name, kind) in enumerate((("9.png", "PNG"), ("10.jpg", "JPEG"), ("1.webp", "WEBP"))):
            content = image_file(smooth(20 + k, 31, seed=k + 3 * int(label)), kind)
            (tmp_path / "set" / label / name).write_bytes(content)
    return tmp_path / "set"


def test_classes_and_images_are_in_natural_order(folder):
    found = read(folder, 8)
    assert found.classes == ["2", "10"] and found.labels.tolist() == [0, 0, 0, 1, 1, 1]
    assert found.ids == [f"{label}/{name}" for label in (2, 10) for name in ("1.webp", "9.png", "10.jpg")]
    assert found.images.shape == (6, 8, 8, 3) and found.images.dtype == np.uint8
    assert found.stored[:3] == [(31, 22), (31, 20), (31, 21)]


def test_the_middle_is_kept_at_its_proportions(folder):
    picture = np.zeros((20, 60, 3), np.uint8)
    picture[:, 20:40] = 255
    (folder / "2" / "1.webp").write_bytes(image_file(picture, "PNG"))
    assert read(folder, 8).images[0].min() > 200


def test_a_picture_is_read_as_a_viewer_and_a_prediction_show_it(folder):
    """Upright as its EXIF orientation says, and on white where it is transparent."""
    (folder / "2" / "9.png").unlink()
    picture = Image.new("RGBA", (16, 16))
    picture.paste((200, 0, 0, 255), (0, 0, 16, 8))
    picture.save(folder / "2" / "9.png")
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    Image.open(folder / "2" / "9.png").convert("RGB").save(folder / "10" / "10.jpg", exif=exif, quality=100)
    found = read(folder, 8)
    for name in ("2/9.png", "10/10.jpg"):
        shown = fitted(photograph((folder / name).read_bytes()), 8, crop=True)
        assert np.abs(found.images[found.ids.index(name)].astype(int) - shown).max() <= 8, name
    assert (found.images[found.ids.index("2/9.png")][7] == 255).all()
    assert found.images[found.ids.index("10/10.jpg")][0, 7, 0] > 150  # its upper half is at the right now


def test_equal_pictures_are_one_photograph(folder):
    (folder / "10" / "copy.png").write_bytes((folder / "2" / "9.png").read_bytes())
    groups = read(folder, 8).groups
    assert groups[1] == groups[6] and len(set(groups.tolist())) == 6


def test_odd_files_are_skipped_with_a_reason(folder, tmp_path):
    clean = read(folder, 8)
    (tmp_path / "outside.png").write_bytes((folder / "2" / "9.png").read_bytes())
    odd = folder / "2"
    (odd / "Thumbs.db").write_bytes(b"no image")
    (odd / "empty.png").touch()
    (odd / ".hidden.png").write_bytes(b"not listed at all")
    (odd / "folder").mkdir()
    (odd / "outside.png").symlink_to(tmp_path / "outside.png")
    (odd / "inside.png").symlink_to(odd / "9.png")
    (odd / "loop.png").symlink_to(odd / "loop.png")
    (odd / "{a}.png").write_bytes((odd / "9.png").read_bytes())
    (odd / "new\nline.png").write_bytes((odd / "9.png").read_bytes())
    os.mkfifo(odd / "pipe.png")
    (folder / "notes.txt").write_text("beside the classes")
    found = read(folder, 8)
    pictures = dict(zip(found.ids, found.images, strict=True))
    assert len(pictures) == 7 and np.array_equal(pictures.pop("2/inside.png"), pictures["2/9.png"])
    assert np.array_equal(list(pictures.values()), clean.images)
    assert {entry["id"].removeprefix("2/"): entry["reason"] for entry in found.skipped} == {
        "Thumbs.db": "not an image",
        "empty.png": "empty file",
        "folder": "not a regular file",
        "loop.png": "not a regular file",
        "pipe.png": "not a regular file",
        "outside.png": "a link out of the folder",
        "{a}.png": "a name with braces or with characters that cannot be printed",
        r"new\nline.png": "a name with braces or with characters that cannot be printed",
    }


def test_names_that_are_no_text_are_skipped(folder):
    (folder / "2" / os.fsdecode(b"\xff.png")).write_bytes((folder / "2" / "9.png").read_bytes())
    found = read(folder, 8)
    assert len(found.images) == 6 and found.skipped[0]["id"] == r"2/\udcff.png"


@pytest.mark.parametrize("pixels", [60_000_000])
def test_a_decompression_bomb_is_skipped(folder, pixels):
    bomb = image_file(np.zeros((pixels // 6000, 6000), np.uint8), "PNG")
    (folder / "2" / "bomb.png").write_bytes(bomb)
    assert read(folder, 8).skipped == [{"id": "2/bomb.png", "reason": f"6000 x {pixels // 6000} pixels"}]


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda f: f.rename(f.with_name("moved")), "not a folder that can be read .*; name one that holds"),
        (lambda f: (f / "2").rename(f.parent / "2"), "1 folders; put the images of each class into a folder"),
        (lambda f: (f / "3").symlink_to(f.parent), "3: a link out of the folder; rename it, or put"),
        (lambda f: (f / "{x}").mkdir(), "{x}: a name with braces"),
    ],
)
def test_a_folder_that_is_no_data_set_is_one_line(folder, spoil, message):
    spoil(folder)
    with pytest.raises(AtlasError, match=message):
        image_files.classes(folder)


def test_a_folder_without_images_is_refused(tmp_path):
    for label in "ab":
        (tmp_path / label).mkdir()
        (tmp_path / label / "x.png").write_text("no image")
    with pytest.raises(AtlasError, match="2 files and no image among them"):
        read(tmp_path, 8)


def test_links_that_lead_nowhere_are_no_images(folder):
    (folder / "2" / "loop").symlink_to(folder / "2" / "loop")
    image_files.check_images(folder, least=1)
    with pytest.raises(AtlasError, match="2: 3 images, and 1000 splits"):
        image_files.check_images(folder, least=1000)


def test_a_class_without_images_is_refused(folder):
    (folder / "3").mkdir()
    spec = {"dataset": "mine", "reader": "image_folder", "folder": str(folder), "classes": 3, "size": 8}
    with pytest.raises(AtlasError, match="no images of class 3"):
        prepare(spec, folder)


def test_provenance_sums_names_and_contents(folder):
    found = provenance(folder)
    lines = [
        f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n"
        for name in sorted(image_files.listed(folder)[0])
    ]
    assert found["sha256"] == hashlib.sha256("".join(lines).encode()).hexdigest()
    assert found["files"] == 6 and found["origin"] == "folder"
    assert found["bytes"] == sum(path.stat().st_size for path in folder.glob("*/*"))
    (folder / "2" / "9.png").rename(folder / "2" / "8.png")
    assert provenance(folder)["sha256"] != found["sha256"]
