import os
import stat
from pathlib import Path

import pytest

from cnnatlas.files import replacing, replacing_folder, write_json


@pytest.mark.parametrize(("umask", "mode"), [(0o002, 0o664), (0o022, 0o644), (0o077, 0o600)])
def test_results_have_the_permissions_that_the_umask_leaves(tmp_path, umask, mode):
    before = os.umask(umask)
    try:
        write_json(tmp_path / "a.json", 1)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a.json").stat().st_mode) == mode


def test_a_file_that_a_writer_put_in_its_place_has_the_permissions_of_the_umask_too(tmp_path):
    with replacing(tmp_path / "a.bin") as temporary:
        temporary.unlink()
        temporary.touch(0o600)
    (tmp_path / "b.bin").touch()
    assert (tmp_path / "a.bin").stat().st_mode == (tmp_path / "b.bin").stat().st_mode


def test_a_file_system_that_knows_no_permissions_is_written_to(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "chmod", refuse)
    monkeypatch.setattr(os, "chmod", refuse)
    write_json(tmp_path / "a.json", 1)
    assert (tmp_path / "a.json").read_text() == "1\n"
    with replacing(tmp_path / "a.bin") as temporary:
        temporary.unlink()
        temporary.touch(0o600)
    assert (tmp_path / "a.bin").exists()


def test_a_temporary_file_is_hidden_has_the_suffix_and_goes_with_an_error(tmp_path):
    with pytest.raises(ZeroDivisionError), replacing(tmp_path / "a.npy") as temporary:
        assert temporary.name.startswith(".") and temporary.suffix == ".npy"
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_whole_or_as_it_was(tmp_path):
    target = tmp_path / "above" / "folder"
    for content in ("old", "new"):
        with replacing_folder(target) as temporary:
            assert temporary.name.startswith(".") and temporary.parent == target.parent
            (temporary / content).touch()
        assert [path.name for path in target.iterdir()] == [content]
    with pytest.raises(ZeroDivisionError), replacing_folder(target) as temporary:
        (temporary / "half").touch()
        raise ZeroDivisionError
    assert [path.name for path in target.iterdir()] == ["new"]
    assert [path.name for path in target.parent.iterdir()] == ["folder"]
