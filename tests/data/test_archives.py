import stat
import tarfile
import zipfile

import pytest
from archive_builders import LIMITS, tar_gz, zip_file

from cnnatlas.data.archives import Allowance, open_tar_gz, open_zip, reading
from cnnatlas.errors import AtlasError


def read_tar(path, limits=LIMITS):
    with reading(path), open_tar_gz(path, Allowance(path, limits)) as files:
        return {name: stream.read() for name, stream in files}


def read_zip(path, limits=LIMITS):
    with reading(path), open_zip(path, Allowance(path, limits)) as (archive, names):
        return {name: archive.read(name) for name in names}


def member(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


def test_files_stream_in_order_and_folders_do_not_count_as_files(tmp_path):
    path = tmp_path / "good.tar.gz"
    path.write_bytes(tar_gz({"a/x": b"1", "a/y": b"2" * 5000}, [member("a", tarfile.DIRTYPE)]))
    assert read_tar(path) == {"a/x": b"1", "a/y": b"2" * 5000}
    assert read_zip(zip_file(tmp_path / "good.zip", {"a/": b"", "a/x": b"1"})) == {"a/x": b"1"}


@pytest.mark.parametrize("name", ["../outside", "a/../../outside", "/etc/outside"])
def test_a_member_that_leaves_its_folder_is_refused(tmp_path, name):
    path = tmp_path / "evil.tar.gz"
    path.write_bytes(tar_gz({name: b"x"}))
    with pytest.raises(AtlasError, match=r"evil\.tar\.gz.*outside.*leave the folder"):
        read_tar(path)
    with pytest.raises(AtlasError, match=r"evil\.zip.*outside.*leave the folder"):
        read_zip(zip_file(tmp_path / "evil.zip", {name: b"x"}))
    assert not (tmp_path.parent / "outside").exists()


def test_a_windows_path_in_a_zip_is_refused(tmp_path):
    with pytest.raises(AtlasError, match="leave the folder"):
        read_zip(zip_file(tmp_path / "evil.zip", {"..\\outside": b"x"}))


@pytest.mark.parametrize(
    "extra",
    [
        member("a/link", tarfile.SYMTYPE, "../../etc/passwd"),
        member("a/link", tarfile.SYMTYPE, "x"),
        member("a/link", tarfile.LNKTYPE, "a/x"),
        member("a/link", tarfile.CHRTYPE),
        member("a/link", tarfile.FIFOTYPE),
    ],
)
def test_links_and_devices_in_a_tar_are_refused(tmp_path, extra):
    path = tmp_path / "evil.tar.gz"
    path.write_bytes(tar_gz({"a/x": b"x"}, [extra]))
    with pytest.raises(AtlasError, match=r"evil\.tar\.gz.*a/link"):
        read_tar(path)


@pytest.mark.parametrize("kind", [stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO])
def test_links_and_devices_in_a_zip_are_refused(tmp_path, kind):
    path = tmp_path / "evil.zip"
    info = zipfile.ZipInfo("a/link")
    info.external_attr = (kind | 0o644) << 16
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    with pytest.raises(AtlasError, match=r"evil\.zip.*a/link.*link or a device"):
        read_zip(path)


@pytest.mark.parametrize("key", ["bytes", "members"])
def test_an_archive_bomb_is_refused_before_it_is_unpacked(tmp_path, key):
    limits = {**LIMITS, key: 1}
    path = tmp_path / "bomb.tar.gz"
    path.write_bytes(tar_gz({"a": b"1", "b": bytes(1000)}))
    with pytest.raises(AtlasError, match=rf"bomb\.tar\.gz.*limits\.{key}"):
        read_tar(path, limits)
    with pytest.raises(AtlasError, match=rf"bomb\.zip.*limits\.{key}"):
        read_zip(zip_file(tmp_path / "bomb.zip", {"a": b"1", "b": bytes(1000)}), limits)


def test_a_tar_cut_anywhere_is_noticed(tmp_path):
    whole = tar_gz({f"a/{k}": bytes([k]) * 600 for k in range(5)})
    path = tmp_path / "cut.tar.gz"
    for length in range(0, len(whole), 7):
        path.write_bytes(whole[:length])
        with pytest.raises(AtlasError, match=r"cut\.tar\.gz.*delete it and run"):
            read_tar(path)


def test_a_damaged_byte_is_noticed(tmp_path):
    whole = bytearray(tar_gz({"a": bytes(range(256)) * 20}))
    whole[len(whole) // 2] ^= 0xFF
    path = tmp_path / "damaged.tar.gz"
    path.write_bytes(whole)
    with pytest.raises(AtlasError, match="damaged"):
        read_tar(path)


def test_a_zip_cut_short_is_noticed(tmp_path):
    path = zip_file(tmp_path / "cut.zip", {"a": bytes(1000)})
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(AtlasError, match=r"cut\.zip.*delete it and run"):
        read_zip(path)
