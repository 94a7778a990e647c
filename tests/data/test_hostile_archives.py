"""Whatever an archive holds, its reader gives arrays that fit together, or one line that names the archive."""

import gzip
import json
import pickle
import signal
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from archive_builders import (
    LIMITS,
    caltech101,
    cifar10_files,
    image_file,
    noise,
    outline_file,
    smooth,
    stl10_files,
    tar_gz,
    zip_file,
)  # fmt: skip
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cnnatlas.data import caltech101_outlines as outlines
from cnnatlas.data.prepare import read, write
from cnnatlas.errors import AtlasError
from project import ROOT

SPECS = {
    "cifar10": {"classes": 3, "size": 8},
    "stl10": {"classes": 2, "size": 8},
    "caltech101": {"classes": 2, "size": 16},
    "cats_dogs": {"classes": 2, "size": 16, "per_class": 2, "subset_seed": 0},
}
FILES = {"cifar10": "c.tar.gz", "stl10": "s.tar.gz", "caltech101": "c.zip", "cats_dogs": "d.zip"}
NAMES = ("images.npy", "labels.npy", "items.csv", "dataset.json")
SOME = settings(max_examples=60, derandomize=True, deadline=None, database=None,
                suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
DATASETS = st.sampled_from(sorted(SPECS))


@cache
def members(dataset: str) -> dict[str, bytes]:
    """The files of a good archive; of Caltech-101's inner one."""
    if dataset == "cifar10":
        return cifar10_files(noise(6, 3, 8, 8, 3), [0, 1, 2])
    if dataset == "stl10":
        return stl10_files(noise(7, 8, 8, 3), [1, 2, 1, 2, 1, 2, 2], test=3)
    folders = {"caltech101": ("accordion/image_000{}", "camera/image_000{}"), "cats_dogs": ("Cat/{}", "Dog/{}")}
    names = [f"{folder.format(k)}.jpg" for folder in folders[dataset] for k in range(1, 4)]
    pictures = {name: image_file(smooth(20, 30, seed=k)) for k, name in enumerate(names)}
    return pictures if dataset == "caltech101" else {f"PetImages/{name}": pictures[name] for name in pictures}


def pack(dataset: str, folder: Path, files: dict[str, bytes], extra: list[tarfile.TarInfo] = ()) -> Path:
    path = folder / FILES[dataset]
    if dataset == "caltech101":
        return caltech101(path, files, extra, {"accordion/annotation_0001.mat": outline_file(np.eye(2, 5) * 9)})
    if dataset == "cats_dogs":
        return zip_file(path, files)
    path.write_bytes(tar_gz(files, extra))
    return path


class TooSlowError(Exception):
    pass


def check(dataset: str, path: Path) -> AtlasError | None:
    """Prepare an archive: four files that fit together, or one line and no file."""

    def late(*_: object) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(60)
    try:
        return _prepared(dataset, path)
    except AtlasError as error:
        assert path.name in str(error) and "\n" not in str(error)
        assert names_a_way_out(str(error)), error
        return error
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def names_a_way_out(message: str) -> bool:
    return any(words in message for words in ("delete it and run the same command", "check where", "check the archive"))


def _prepared(dataset: str, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent) as out:
        targets = [Path(out) / name for name in NAMES]
        try:
            found = read({"dataset": dataset, "reader": dataset, "limits": LIMITS, **SPECS[dataset]}, path)
            write(found, dataset, {}, *targets)
        except AtlasError:
            assert list(Path(out).iterdir()) == []
            raise
        finally:
            if dataset == "caltech101":
                _outlined(path)
        images, labels = np.load(targets[0]), np.load(targets[1])
        size = SPECS[dataset]["size"]
        assert (images.dtype, images.shape[1:]) == (np.uint8, (size, size, 3))
        assert (labels.dtype, len(labels)) == (np.int64, len(images))
        assert set(labels.tolist()) == set(range(SPECS[dataset]["classes"]))
        assert len(found.ids) == len(found.partition) == len(found.groups) == len(images)
        assert len(json.loads(targets[3].read_text())["per_class"]) == SPECS[dataset]["classes"]


def _outlined(path: Path) -> None:
    try:
        found, _ = outlines.read(path, LIMITS)
        assert all(outline.shape[0] == 2 and np.isfinite(outline).all() for outline in found.values())
    except AtlasError as error:
        assert path.name in str(error)


@pytest.mark.parametrize("dataset", SPECS)
def test_the_good_archive_is_read(dataset, tmp_path):
    assert check(dataset, pack(dataset, tmp_path, members(dataset))) is None


@pytest.mark.parametrize("dataset", SPECS)
def test_an_archive_cut_anywhere_is_refused(dataset, tmp_path):
    path = pack(dataset, tmp_path, members(dataset))
    whole = path.read_bytes()
    for length in {*range(0, len(whole), max(1, len(whole) // 40)), *range(len(whole) - 12, len(whole))}:
        path.write_bytes(whole[:length])
        assert check(dataset, path) is not None, length


@SOME
@given(dataset=DATASETS, places=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=4))
def test_flipped_bytes_of_the_archive(tmp_path, dataset, places):
    path = pack(dataset, tmp_path, members(dataset))
    path.write_bytes(flipped(path.read_bytes(), places))
    check(dataset, path)


def flipped(content: bytes, places: list[tuple[float, int]]) -> bytes:
    changed = bytearray(content)
    for share, change in places:
        changed[int(share * (len(changed) - 1))] ^= change
    return bytes(changed)


@SOME
@given(
    dataset=DATASETS,
    which=st.floats(0, 1),
    way=st.sampled_from(["flip", "cut", "empty", "junk", "lost", "twice"]),
    places=st.lists(st.tuples(st.floats(0, 1) | st.floats(0, 0.02), st.integers(1, 255)), min_size=1, max_size=4),
    junk=st.binary(max_size=300),
)
def test_a_whole_archive_of_damaged_files(tmp_path, dataset, which, way, places, junk):
    files = dict(members(dataset))
    name = sorted(files)[int(which * (len(files) - 1))]
    content = files.pop(name)
    changes = {"cut": content[: int(places[0][0] * len(content))], "empty": b"", "junk": junk, "twice": content * 2}
    if way != "lost":
        files[name] = flipped(content, places) if way == "flip" else changes[way]
    check(dataset, pack(dataset, tmp_path, files))


@SOME
@given(places=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), min_size=1, max_size=4),
       dataset=st.sampled_from(["cifar10", "stl10", "caltech101"]))  # fmt: skip
def test_flipped_bytes_of_the_tar_below_its_compression(tmp_path, places, dataset):
    path = pack(dataset, tmp_path, members(dataset))
    inner = "caltech-101/101_ObjectCategories.tar.gz"
    packed = zipfile.ZipFile(path).read(inner) if dataset == "caltech101" else path.read_bytes()
    plain = flipped(gzip.decompress(packed), places)
    again = gzip.compress(plain, 1)
    zip_file(path, {inner: again}) if dataset == "caltech101" else path.write_bytes(again)
    check(dataset, path)


VALUES = st.recursive(
    st.sampled_from([None, True, -1, 0, 3, 2**70, "a", "\udcff", b"\xff", 0.5, float("nan")])
    | st.sampled_from(["f4", "u1", "i8", "U3", "O", "M8[s]"]).map(lambda kind: np.zeros((3, 192), kind))
    | st.sampled_from([(3, 191), (0, 192), (3, 192, 1), (576,), ()]).map(lambda shape: np.zeros(shape, np.uint8)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["data", "labels", 1]), inner),
    max_leaves=5,
)


@SOME
@given(member=st.sampled_from(["data_batch_1", "test_batch", "batches.meta"]), protocol=st.sampled_from([0, 2, 4]),
       key=st.sampled_from(["data", "labels", "label_names", None]), value=VALUES)  # fmt: skip
@example(member="batches.meta", protocol=2, key="label_names", value=["a", "\udcff", "b"])
@example(member="batches.meta", protocol=2, key="label_names", value=["a", "a", "b"])
@example(member="batches.meta", protocol=2, key="label_names", value=["a", "", "b"])
def test_pickles_of_wrong_types_and_shapes(tmp_path, member, protocol, key, value):
    good = {"data": noise(3, 192), "labels": [0, 1, 2], "label_names": ["aeroplane", "car", "bird"]}
    content = pickle.dumps(value if key is None else {**good, key: value}, protocol=protocol)
    check("cifar10", pack("cifar10", tmp_path, {**members("cifar10"), f"cifar-10-batches-py/{member}": content}))


def header(name: str, kind: bytes = tarfile.REGTYPE, target: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("dataset", ["cifar10", "stl10", "caltech101"])
@pytest.mark.parametrize(
    "member",
    [
        header("../outside"), header("/etc/outside"), header("a\\..\\..\\outside"),
        header("a/b", tarfile.SYMTYPE, "/etc"), header("a/b", tarfile.LNKTYPE, "a"),
        header("a/b", tarfile.BLKTYPE), header("a/b", tarfile.FIFOTYPE),
        header("a/b", tarfile.GNUTYPE_SPARSE), header("../\udcff\x1b[31m\n"),
    ],
    ids=range(9),
)  # fmt: skip
def test_members_that_no_archive_needs_are_refused(tmp_path, dataset, member):
    assert check(dataset, pack(dataset, tmp_path, members(dataset), [member])) is not None


@pytest.mark.parametrize("dataset", ["cifar10", "stl10", "caltech101"])
def test_names_that_are_no_utf8_are_read_past(tmp_path, dataset):
    extra = [header("a/\udcff\udc80"), header("101_ObjectCategories/\udcff/image_0001.jpg"), header("a\nb")]
    assert check(dataset, pack(dataset, tmp_path, members(dataset), extra)) is None


def test_odd_names_in_a_zip_are_read_past(tmp_path):
    files = {**members("cats_dogs"), f"PetImages/Cat/{'9' * 60}.jpg": b"x", "PetImages/Cat/\u0663.jpg": b"x"}
    assert check("cats_dogs", pack("cats_dogs", tmp_path, files)) is None


def test_a_damaged_header_is_not_the_end_of_a_tar(tmp_path):
    path = pack("stl10", tmp_path, {**members("stl10"), "z/odd": b"", "z/last": b""})
    plain = bytearray(gzip.decompress(path.read_bytes()))
    plain[plain.index(b"z/odd")] ^= 1
    path.write_bytes(gzip.compress(bytes(plain)))
    assert "bad checksum" in str(check("stl10", path))


@pytest.mark.parametrize("dataset", SPECS)
def test_a_class_without_images_and_no_images_at_all_are_refused(tmp_path, dataset):
    files = members(dataset)
    lone = {name: content for name, content in files.items() if not any(k in name for k in ("camera", "Dog", "bird"))}
    if dataset == "cifar10":
        lone = cifar10_files(noise(6, 3, 8, 8, 3), [0, 1, 1])
    if dataset == "stl10":
        lone = stl10_files(noise(7, 8, 8, 3), [1] * 7, test=3)
    assert check(dataset, pack(dataset, tmp_path, lone)) is not None
    none = cifar10_files(noise(6, 0, 8, 8, 3), []) if dataset == "cifar10" else {}
    assert check(dataset, pack(dataset, tmp_path, none)) is not None


# --- bombs: each in a process of its own, with little memory and time

LIMITED = """
import os, resource, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
import numpy, PIL.Image
from cnnatlas.data import caltech101, caltech101_outlines as outlines, cats_dogs, cifar10, stl10
from cnnatlas.data.prepare import read
from cnnatlas.errors import AtlasError

size = int(open("/proc/self/statm").read().split()[0]) * 4096
dataset, path, limits, spec = sys.argv[2], sys.argv[3], *map(eval, sys.argv[4:])
resource.setrlimit(resource.RLIMIT_AS, (size + (400 << 20),) * 2)
resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
try:
    found = outlines.read(Path(path), limits)[0] if dataset == "outlines" else read(
        {"dataset": dataset, "reader": dataset, "limits": limits, **spec}, Path(path)).skipped
    print("read", found)
except AtlasError as error:
    print("refused", error)
"""
REAL = {"bytes": 8e9, "members": 100_000}  # no less than config/datasets.yaml's


def limited(dataset: str, path: Path, **changes: int) -> str:
    """What a process with 400 MB and a minute says of an archive."""
    spec = repr({**SPECS.get(dataset, {}), **changes})
    command = [sys.executable, "-c", LIMITED, str(ROOT / "scripts"), dataset, str(path), repr(REAL), spec]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert "MemoryError" not in done.stdout
    return done.stdout


def bomb_tar_gz(path: Path, head: tarfile.TarInfo, size: int) -> Path:
    """A tar with one header that announces `size` bytes, all of them "1"."""
    head.size = size
    block = gzip.compress(b"1" * (1 << 20))
    path.write_bytes(gzip.compress(head.tobuf()) + block * (size >> 20))
    return path


PICKLES = {
    "a memo of 16 GB": b"\x80\x02}r\xff\xff\xff\x7f.",
    "a million tuples": b"\x80\x02}(" + b")" + b"\x85" * 1_000_000 + b"K\x01u.",
    "millions of sets": b"\x80\x04](" + b"\x8f" * 20_000_000 + b"e.",
    "a string of 2^60 bytes": b"\x80\x04\x8e" + (2**60).to_bytes(8, "little") + b"x.",
    "an array of 2^40 bytes": b"\x80\x02cnumpy\nndarray\n(\x8a\x06" + (2**40).to_bytes(6, "little") + b"U\x02u1t\x85R.",
    "a command": b"\x80\x02cposix\nsystem\nU\x04trueq\x00\x85R.",
}


@pytest.mark.slow
@pytest.mark.parametrize("name", PICKLES)
def test_a_pickle_that_would_take_all_memory_is_refused(tmp_path, name):
    files = {**members("cifar10"), "cifar-10-batches-py/data_batch_1": PICKLES[name]}
    assert limited("cifar10", pack("cifar10", tmp_path, files)).startswith("refused ")


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["cifar10", "stl10"])
@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.REGTYPE])
def test_a_tar_whose_header_or_file_is_a_bomb_is_refused(tmp_path, dataset, kind):
    name = {"cifar10": "data_batch_1", "stl10": "train_X.bin"}[dataset]
    path = bomb_tar_gz(tmp_path / "bomb.tar.gz", header(name, kind), 1 << 30)
    assert limited(dataset, path).startswith(f"refused {path}: ")


def test_zips_packed_otherwise_are_refused(tmp_path):
    for compression in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        path = tmp_path / FILES["cats_dogs"]
        with zipfile.ZipFile(path, "w", compression) as archive:
            archive.writestr("PetImages/Cat/1.jpg", bytes(1000))
        assert "neither stored nor deflated" in str(check("cats_dogs", path))


@pytest.mark.slow
def test_photographs_that_are_bombs_are_skipped(tmp_path):
    png = image_file(smooth(8, 8), "PNG")
    wide = bytearray(png)
    wide[16:24] = (60_000).to_bytes(4, "big") * 2  # width and height in the header
    bmp = bytearray(image_file(smooth(8, 8), "BMP"))
    bmp[18:26] = (40_000).to_bytes(4, "little") * 2
    path = tmp_path / "bombs.zip"
    bombs = {"91": bytes(wide), "92": bytes(bmp), "93": bytes(300 << 20), "94": jpeg_of_scans(5000)}
    files = {**{f"PetImages/Cat/{name}.jpg": bombs[name] for name in bombs}, **members("cats_dogs")}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name in files:
            archive.writestr(name, files[name])
    said = limited("cats_dogs", path, per_class=3)
    assert said.startswith("read ")
    assert all(f"Cat/{name}" in said for name in bombs), said


def jpeg_of_scans(count: int) -> bytes:
    """A progressive JPEG whose last scan stands there `count` times."""
    content = image_file(smooth(2000, 2000), progressive=True)
    start = content.rindex(b"\xff\xda")
    return content[:start] + content[start:-2] * count + content[-2:]
