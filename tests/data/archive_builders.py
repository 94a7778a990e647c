"""Tiny archives in the four upstream formats, and broken ones, for the tests beside this file."""

import gzip
import hashlib
import io
import pickle
import tarfile
import zipfile
from pathlib import Path, PureWindowsPath

import numpy as np
from PIL import Image
from scipy.io import savemat

LIMITS = {"bytes": 1e8, "members": 1000}
CIFAR_CLASSES = ["aeroplane", "car", "bird"]


def md5(content: bytes) -> str:
    return hashlib.md5(content).hexdigest()


def noise(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, shape, dtype=np.uint8)


def tar_gz(files: dict[str, bytes], extra: list[tarfile.TarInfo] = ()) -> bytes:
    """A .tar.gz of files, followed by members without content."""
    stream = io.BytesIO()
    with gzip.GzipFile(fileobj=stream, mode="wb", mtime=0) as plain, tarfile.open(fileobj=plain, mode="w") as tar:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))
        for member in extra:
            tar.addfile(member)
    return stream.getvalue()


def repacked(files: dict[str, bytes]) -> list[dict[str, bytes]]:
    """The members of a .tar.gz as other people pack them; those that macOS adds are no members of upstream's."""
    added = {f"./._{PureWindowsPath(name).name}": b"\x00\x05\x16\x07" for name in files}
    renamed = (lambda name: f"./{name}", lambda name: f"a/b/{name}", lambda name: PureWindowsPath(name).name,
               lambda name: name.replace("/", "\\"))  # fmt: skip
    return [added | files, *({other(name): content for name, content in files.items()} for other in renamed)]


def zip_file(path: Path, files: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def image_file(pixels: np.ndarray, kind: str = "JPEG", **options) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(pixels).save(stream, kind, **options)
    return stream.getvalue()


def smooth(height: int, width: int, seed: int = 0) -> np.ndarray:
    """A colour gradient, which survives JPEG and scaling."""
    corners = np.random.default_rng(seed).integers(0, 256, (2, 2, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(corners).resize((width, height), Image.Resampling.BILINEAR))


def cifar10_files(images: np.ndarray, labels: list[int], **replaced: bytes) -> dict[str, bytes]:
    """The members for images (6, n, size, size, 3), labels (n,) for each batch; some replaced by other bytes."""
    names = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]
    files = {"batches.meta": pickle.dumps({"label_names": CIFAR_CLASSES}, protocol=2)}
    for name, batch in zip(names, images, strict=True):
        rows = np.ascontiguousarray(batch.transpose(0, 3, 1, 2)).reshape(
            len(batch), 3 * batch.shape[1] * batch.shape[2]
        )
        files[name] = pickle.dumps({"data": rows, "labels": labels}, protocol=2)
    return {f"cifar-10-batches-py/{name}": content for name, content in {**files, **replaced}.items()}


def stl10_files(images: np.ndarray, labels: list[int], test: int, **replaced: bytes) -> dict[str, bytes]:
    """The members for images (n, size, size, 3), labels from 1, the last `test` of them being the test images."""
    columns = np.ascontiguousarray(images.transpose(0, 3, 2, 1))
    cut = len(images) - test
    files = {
        "test_X": columns[cut:].tobytes(),
        "test_y": bytes(labels[cut:]),
        "train_X": columns[:cut].tobytes(),
        "train_y": bytes(labels[:cut]),
        "unlabeled_X": b"\x07" * 5000,
    }
    members = {f"stl10_binary/{name}.bin": content for name, content in {**files, **replaced}.items()}
    return {**members, "stl10_binary/class_names.txt": b"airplane\nbird\n"}


def caltech101(
    path: Path,
    files: dict[str, bytes],
    extra: list[tarfile.TarInfo] = (),
    outlines: dict[str, bytes] = (),
) -> Path:
    """A zip with 101_ObjectCategories.tar.gz and Annotations.tar, whose files are given as "class/name"."""
    images = tar_gz({f"101_ObjectCategories/{name}": content for name, content in files.items()}, extra)
    annotations = gzip.decompress(tar_gz({f"Annotations/{name}": outlines[name] for name in outlines}))
    return zip_file(
        path,
        {"caltech-101/Annotations.tar": annotations, "caltech-101/101_ObjectCategories.tar.gz": images},
    )


def outline_file(outline: np.ndarray, **replaced: object) -> bytes:
    """The MATLAB file of an outline (2, n), x and y in pixels counted from 0; some variables replaced."""
    left, top = np.floor(outline.min(1)) + 1
    right, bottom = np.ceil(outline.max(1)) + 1
    box = np.array([[top, bottom, left, right]], np.uint16)  # so small a type upstream
    variables = {"box_coord": box, "obj_contour": outline + 1 - np.array([[left], [top]])}
    stream = io.BytesIO()
    savemat(stream, {**variables, **replaced})
    return stream.getvalue()
