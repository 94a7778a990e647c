"""CIFAR-10 in its Python version: five training batches and a test batch, pickled."""

from collections.abc import Mapping
from pathlib import Path, PureWindowsPath

import numpy as np

from cnnatlas.data import pickles
from cnnatlas.data.archives import Allowance, broken, open_tar_gz, reading
from cnnatlas.data.dataset import Prepared, photographs

BATCHES = [*(f"data_batch_{k}" for k in range(1, 6)), "test_batch"]


def read(archive: Path, size: int, limits: Mapping[str, float]) -> Prepared:
    """Read cifar-10-python.tar.gz: training images in the order of the batches, then the test images.

    Raises AtlasError where a batch is missing or is not what CIFAR-10 documents.
    """
    wanted = [*BATCHES, "batches.meta"]
    found = {}
    with reading(archive), open_tar_gz(archive, Allowance(archive, limits)) as files:
        for name, stream in files:
            member = PureWindowsPath(name).name  # of both separators
            if member in wanted:
                found[member] = pickles.load(stream, archive, member)
    if missing := [member for member in wanted if member not in found]:
        raise broken(archive, f"no member {missing[0]}")
    classes = _classes(found["batches.meta"], archive)
    parts = [_batch(found.pop(member), size, len(classes), archive, member) for member in BATCHES]
    images = np.concatenate([images for images, _ in parts])
    counts = {"train": sum(len(images) for images, _ in parts[:-1]), "test": len(parts[-1][0])}
    return Prepared(
        images=images,
        labels=np.concatenate([labels for _, labels in parts]),
        ids=[f"{part}/{k}" for part, count in counts.items() for k in range(count)],
        classes=classes,
        groups=photographs(images),
        partition=[part for part, count in counts.items() for _ in range(count)],
    )


def _classes(meta: object, archive: Path) -> list[str]:
    names = meta.get("label_names") if isinstance(meta, dict) else None
    if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
        raise broken(archive, "member batches.meta: no list label_names")
    return names


def _batch(batch: object, size: int, classes: int, archive: Path, member: str) -> tuple[np.ndarray, np.ndarray]:
    """Images (n, size, size, 3) and labels (n,) of a batch, whose rows are all red, all green, all blue."""
    data, labels = (batch.get("data"), batch.get("labels")) if isinstance(batch, dict) else (None, None)
    if not isinstance(data, np.ndarray) or data.dtype != np.uint8 or data.ndim != 2 or data.shape[1] != 3 * size**2:
        found = f"{data.dtype} {data.shape}" if isinstance(data, np.ndarray) else type(data).__name__
        raise broken(archive, f"member {member}: data should be uint8 (n, {3 * size**2}), found {found}")
    if not isinstance(labels, list) or not all(type(k) is int and 0 <= k < classes for k in labels):
        raise broken(archive, f"member {member}: labels should be a list of numbers from 0 to {classes - 1}")
    if len(labels) != len(data):
        raise broken(archive, f"member {member}: {len(data)} images but {len(labels)} labels")
    images = np.ascontiguousarray(data.reshape(-1, 3, size, size).transpose(0, 2, 3, 1))
    return images, np.array(labels, dtype=np.int64)
