"""From an archive to arrays on disk: decoded and scaled once, memory-mapped ever after."""

import csv
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

import numpy as np

from cnnatlas.data.dataset import Prepared, channel_statistics
from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing, write_json

COLUMNS = ("index", "id", "label", "class", "grey", "group", "partition", "width", "height")


def read(spec: Mapping, archive: Path) -> Prepared:
    """Read an archive by its data set's own module, cnnatlas.data.<dataset>; the others are never imported.

    spec: dataset, classes (their number), size, limits; per_class and subset_seed where not all images are taken.
    Raises AtlasError for a broken archive, and where classes or the images of one are missing.
    """
    reader = import_module(f"cnnatlas.data.{spec['dataset']}")
    subset = {key: spec[key] for key in ("per_class", "subset_seed") if spec.get(key) is not None}
    prepared = reader.read(archive, spec["size"], spec["limits"], **subset)
    odd = [name for name, count in Counter(prepared.classes).items() if count > 1 or not name.isprintable()]
    if odd or not all(prepared.classes):
        raise AtlasError(f"{archive}: {min(odd, default='')!r} is no class's name, or that of two; check where the "
                         "archive came from")  # fmt: skip
    if len(prepared.classes) != spec["classes"]:
        raise AtlasError(
            f"{archive}: {len(prepared.classes)} classes, but datasets.{spec['dataset']}.classes is {spec['classes']}; "
            f"check where the archive came from, or correct config/datasets.yaml"
        )
    counts = np.bincount(prepared.labels, minlength=len(prepared.classes))
    if empty := [name for name, count in zip(prepared.classes, counts, strict=True) if not count]:
        raise AtlasError(f"{archive}: no images of class {empty[0]}; check where the archive came from")
    return prepared


def write(
    prepared: Prepared, dataset: str, provenance: Mapping, images: Path, labels: Path, items: Path, record: Path
) -> None:
    """Write the arrays, the table of items and the record of a data set: all four files, or none.

    Raises AtlasError where the disk is full.
    """
    with ExitStack() as stack:
        temporary = [stack.enter_context(replacing(path)) for path in (images, labels, items, record)]
        _save(temporary[0], prepared.images)
        _save(temporary[1], prepared.labels)
        grey = prepared.grey
        _write_items(temporary[2], prepared, grey)
        write_json(temporary[3], _record(prepared, dataset, provenance, grey))


def _save(path: Path, array: np.ndarray) -> None:
    """np.save, but through Python's file: NumPy's own writing loses the reason when a disk is full."""
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(array))
        stream.write(np.ascontiguousarray(array).data)


def _write_items(path: Path, prepared: Prepared, grey: np.ndarray) -> None:
    names = [prepared.classes[label] for label in prepared.labels]
    rows = zip(
        range(len(names)),
        prepared.ids,
        prepared.labels.tolist(),
        names,
        grey.astype(int).tolist(),
        prepared.groups.tolist(),
        prepared.partition,
        *zip(*prepared.sizes, strict=True),
        strict=True,
    )
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(rows)


def _record(prepared: Prepared, dataset: str, provenance: Mapping, grey: np.ndarray) -> dict:
    counts = Counter(prepared.labels.tolist())
    mean, std = channel_statistics(prepared.images)
    return {
        "dataset": dataset,
        "classes": list(prepared.classes),
        "size": list(prepared.images.shape[1:3]),
        "images": len(prepared.images),
        "per_class": {name: counts[label] for label, name in enumerate(prepared.classes)},
        "grey": int(grey.sum()),
        "skipped": list(prepared.skipped),
        "provenance": dict(provenance),
        "mean": mean,
        "std": std,
    }
