"""The four embedded data sets, drawn into archives of the upstream formats."""

import hashlib
from pathlib import Path

from cnnatlas import files
from cnnatlas.data.masks import write_masks
from cnnatlas.drawn import folders, ten_classes, writers
from cnnatlas.errors import AtlasError

DATASETS = {
    "cifar10": (ten_classes.cifar10, writers.tar_gz),
    "stl10": (ten_classes.stl10, writers.tar_gz),
    "caltech101": (folders.caltech101, writers.zipped),
    "cats_dogs": (folders.cats_dogs, writers.zipped),
}


def draw_archive(dataset: str, seed: int, path: Path | str, masks_path: Path | str, count: int | None = None) -> None:
    """Draw a data set into its archive at `path`, and the masks of its objects (see masks.py) into `masks_path`.

    The same seed gives the same bytes. `count` draws fewer images: in all (cifar10, stl10), or at most per class.
    Raises AtlasError for a data set that no one draws.
    """
    if dataset not in DATASETS:
        raise AtlasError(f"{dataset}: no such embedded data set; those drawn are {', '.join(DATASETS)}")
    draw, packed = DATASETS[dataset]
    contents, masks = draw(seed) if count is None else draw(seed, count)
    with files.replacing(path) as temporary:
        temporary.write_bytes(packed(contents))
    write_masks(masks_path, masks)


def provenance(path: Path | str, name: str) -> dict:
    """Return the record of a drawn archive that goes by the upstream file `name`: size, sums, origin."""
    content = Path(path).read_bytes()
    return {
        "file": name,
        "bytes": len(content),
        "md5": hashlib.md5(content).hexdigest(),
        "sha256": hashlib.sha256(content).hexdigest(),
        "origin": "drawn",
        "url": None,
        "checksum": "none",
        "note": "drawn by cnnatlas.drawn in upstream's format",
    }
