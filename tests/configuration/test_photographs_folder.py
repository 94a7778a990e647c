"""The folder of photographs as planning reads it: any names, any files."""

import re

import pytest

from cnnatlas.configuration import photographs
from cnnatlas.configuration.photographs import identifier, read
from cnnatlas.errors import AtlasError

JPEG, PNG, WEBP = b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"RIFF\x10\0\0\0WEBPVP8 "


def fill(folder, **files):
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def refusal(folder):
    with pytest.raises(AtlasError) as caught:
        read(folder, "config/mine.yaml:3")
    return str(caught.value)


def test_photographs_are_known_by_how_they_begin_whatever_their_names(tmp_path):
    files = {"b.JPG": JPEG, "a": PNG, "c.txt": WEBP, "d.gif": b"GIF89a", "e.bmp": b"BM123"}
    assert list(read(fill(tmp_path, **files), "").names.values()) == ["a", "b.JPG", "c.txt", "d.gif", "e.bmp"]


def test_names_become_identifiers_for_paths_and_labels():
    names = ["cat.jpg", "cat.png", "cat jpg", "Cat.jpg", "ca\u0308t.jpg", "c\u00e4t.jpg", "北京.jpg", "-.jpg", "#"]
    names += ['it\'s "a" $HOME & [x]*?.jpg', "x" * 250, "été.jpg"]
    found = [identifier(name) for name in names]
    assert len(set(found)) == len(names)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", each) and len(each) < 60 for each in found)
    assert found[0].startswith("cat-jpg-") and found[-1].startswith("ete-jpg-")


def test_an_identifier_depends_on_no_other_file(tmp_path):
    before = read(fill(tmp_path, **{"b.jpg": JPEG}), "").names
    after = read(fill(tmp_path, **{"a.jpg": JPEG, "b.jpeg": JPEG}), "").names
    assert before.items() <= after.items()


def test_what_cannot_be_a_photograph_is_named_with_its_reason(tmp_path):
    fill(tmp_path, **{"a.jpg": JPEG, "text.jpg": b"no image", "zero.jpg": b"", "phone.heic": b"\0\0\0\x18ftypheic"})
    fill(tmp_path, **{"raw.nef": b"MM\0*", "paper.pdf": b"%PDF-1.7", "{x}.jpg": JPEG, "a\nb.jpg": JPEG})
    (tmp_path / "more").mkdir()
    (tmp_path / "gone.jpg").symlink_to(tmp_path / "nowhere")
    found = {each["file"]: each["reason"] for each in read(tmp_path, "").skipped}
    assert found == {
        "text.jpg": "not an image",
        "zero.jpg": "empty file",
        "phone.heic": "HEIC, AVIF or a film: save it as JPEG",
        "raw.nef": "TIFF or a camera's raw format: save it as JPEG",
        "paper.pdf": "PDF: save it as JPEG",
        "{x}.jpg": "a name with braces or with characters that cannot be printed",
        "a\\nb.jpg": "a name with braces or with characters that cannot be printed",
        "more": "a folder: only files directly in it are taken",
        "gone.jpg": "not a regular file",
    }


def test_what_systems_leave_beside_pictures_is_not_mentioned(tmp_path):
    fill(tmp_path, **{"a.jpg": JPEG, ".DS_Store": b"x", "._a.jpg": JPEG, "Thumbs.db": b"x", "desktop.ini": b"x"})
    album = read(tmp_path, "")
    assert list(album.names.values()) == ["a.jpg"] and album.skipped == []


def test_a_folder_without_photographs_is_one_line_with_place_key_and_path(tmp_path):
    (tmp_path / "empty").mkdir()
    for folder, reason in (
        (tmp_path / "absent", "No such file or directory"),
        (fill(tmp_path, **{"a.jpg": JPEG}) / "a.jpg", "Not a directory"),
        (tmp_path / "empty", "no photograph lies in it;"),
        (fill(tmp_path / "texts", **{"a.txt": b"text"}), "no photograph lies in it (a.txt: not an image)"),
        (fill(tmp_path / "{a}", **{"a.jpg": JPEG}), "rename the folder"),
    ):
        line = refusal(folder)
        assert line.startswith(f"config/mine.yaml:3: `photographs` is {folder}") and reason in line


def test_more_photographs_than_a_report_takes_are_refused(tmp_path):
    fill(tmp_path, **{f"{k}.jpg": JPEG for k in range(photographs.MOST + 1)})
    assert "it has 101 photographs, and a report takes 100" in refusal(tmp_path)
