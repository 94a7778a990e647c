"""Drawn data sets, packed into archives of the upstream formats."""

import hashlib
from importlib import import_module
from pathlib import Path

from cnnatlas import files
from cnnatlas.data.drawn_masks import write_masks


def draw_archive(dataset: str, seed: int, path: Path | str, masks_path: Path | str, count: int | None = None) -> None:
    """Draw a data set into its archive at `path`, and the masks of its objects (see drawn_masks.py) into `masks_path`.

    cnnatlas.drawn.datasets.<dataset> draws it; the others are never imported. The same seed gives the same bytes.
    `count` draws fewer images, in all or of each class, as that module's `draw` says.
    """
    drawn = import_module(f"cnnatlas.drawn.datasets.{dataset}")
    contents, masks = drawn.draw(seed) if count is None else drawn.draw(seed, count)
    with files.replacing(path) as temporary:
        temporary.write_bytes(drawn.pack(contents))
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
