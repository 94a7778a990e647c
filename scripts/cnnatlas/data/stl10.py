"""STL-10 in its binary version: raw uint8 images, stored by channel and then by column; labels from 1."""

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import BinaryIO

import numpy as np

from cnnatlas.data.archives import Allowance, broken, open_tar_gz, reading
from cnnatlas.data.dataset import Prepared, photographs

PARTS = ("train", "test")
MOST = 20_000  # labelled images of a part; upstream has 8,000
BLOCK = 200  # images turned at a time, so that the file is never in memory beside the array


def read(archive: Path, size: int, limits: Mapping[str, float]) -> Prepared:
    """Read the labelled images of stl10_binary.tar.gz, training images first; the unlabelled ones stream by.

    Raises AtlasError where a file is missing or its length does not fit.
    """
    found = {}
    with reading(archive), open_tar_gz(archive, Allowance(archive, limits)) as files:
        for name, stream in files:
            member = PureWindowsPath(name).name  # of both separators
            if member in ("train_X.bin", "test_X.bin"):
                found[member] = _images(stream, size, archive, member)
            elif member in ("train_y.bin", "test_y.bin", "class_names.txt"):
                found[member] = stream.read(MOST + 1)  # longer than any that fits
    for member in ("class_names.txt", *(f"{part}_{which}.bin" for part in PARTS for which in "Xy")):
        if member not in found:
            raise broken(archive, f"no member {member}")
    classes = found["class_names.txt"].decode("ascii", "replace").split()
    counts = {part: len(found[f"{part}_X.bin"]) for part in PARTS}
    labels = [_labels(found[f"{part}_y.bin"], counts[part], len(classes), archive, f"{part}_y.bin") for part in PARTS]
    images = np.concatenate([found.pop(f"{part}_X.bin") for part in PARTS])
    return Prepared(
        images=images,
        labels=np.concatenate(labels),
        ids=[f"{part}/{k}" for part, count in counts.items() for k in range(count)],
        classes=classes,
        groups=photographs(images),
        partition=[part for part, count in counts.items() for _ in range(count)],
    )


def _images(stream: BinaryIO, size: int, archive: Path, member: str) -> np.ndarray:
    bytes_per_image = 3 * size**2
    blocks = []
    while content := stream.read(BLOCK * bytes_per_image):
        if len(content) % bytes_per_image:
            raise broken(archive, f"member {member}: its length is no multiple of {bytes_per_image}, one image")
        columns = np.frombuffer(content, dtype=np.uint8).reshape(-1, 3, size, size)
        if len(blocks) * BLOCK >= MOST:
            raise broken(archive, f"member {member}: more than {MOST:,} images")
        blocks.append(np.ascontiguousarray(columns.transpose(0, 3, 2, 1)))
    if not blocks:
        raise broken(archive, f"member {member}: empty")
    return np.concatenate(blocks)


def _labels(content: bytes, count: int, classes: int, archive: Path, member: str) -> np.ndarray:
    labels = np.frombuffer(content, dtype=np.uint8).astype(np.int64)
    if len(labels) != count:
        raise broken(archive, f"member {member}: {len(labels)} labels for {count} images")
    if labels.min() < 1 or labels.max() > classes:
        raise broken(
            archive, f"member {member}: labels from {labels.min()} to {labels.max()}, should be 1 to {classes}"
        )
    return labels - 1
