"""Any folder of images, one folder a class: a data set by configuration alone."""

import hashlib
from pathlib import Path

import numpy as np

from cnnatlas.data.archives import LARGEST
from cnnatlas.data.dataset import Prepared, photographs
from cnnatlas.data.decoding import UndecodableError, stored_size, upright_crop
from cnnatlas.data.image_files import classes, listed
from cnnatlas.errors import AtlasError


def read(folder: Path, size: int) -> Prepared:
    """Read the images of a folder: classes are its folders, in natural order, and so are the images of a class.

    The short side is scaled to `size` pixels and the middle kept, upright and on white where it is transparent. Files
    that are no images are skipped. Raises AtlasError where there are no images, and for a file that cannot be read.
    """
    names, skipped = listed(folder)
    images, kept, stored = np.empty((len(names), size, size, 3), np.uint8), [], []
    for name in names:
        content = _content(folder / name)
        try:
            images[len(kept)] = upright_crop(content, size)
            stored.append(stored_size(content))
            kept.append(name)
        except UndecodableError as error:
            skipped.append({"id": name, "reason": str(error)})
    if not kept:
        raise AtlasError(f"{folder}: {len(skipped)} files and no image among them; name a folder of images")
    images, labels = images[: len(kept)], classes(folder)
    index = {label: k for k, label in enumerate(labels)}
    return Prepared(
        images=images,
        labels=np.array([index[name.split("/")[0]] for name in kept], dtype=np.int64),
        ids=kept,
        classes=labels,
        groups=photographs(images),
        partition=[""] * len(kept),
        skipped=skipped,
        stored=stored,
    )


def provenance(folder: Path) -> dict:
    """What is known of a folder's origin: number, size and sum of its files, the latter over all names and contents."""
    names, size, total = sorted(listed(folder)[0]), 0, hashlib.sha256()
    for name in names:
        with (folder / name).open("rb") as stream:
            total.update(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {name}\n".encode())
            size += stream.tell()
    return {
        "file": f"{folder}/",
        "files": len(names),
        "bytes": size,
        "sha256": total.hexdigest(),
        "origin": "folder",
        "url": None,
        "checksum": "none",
        "note": f"{len(names):,} files; the sum is that of sha256sum's own lines, sorted by name",
    }


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as stream:
            return stream.read(LARGEST + 1)
    except OSError as error:
        raise AtlasError(f"{path}: cannot be read ({error.strerror}); change its mode, or remove it") from error
