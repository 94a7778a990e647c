"""From an archive or a folder to arrays on disk: decoded and scaled once, memory-mapped ever after."""

from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path

import numpy as np

from cnnatlas import tables
from cnnatlas.data.archives import BrokenArchiveError
from cnnatlas.data.dataset import Prepared, channel_statistics
from cnnatlas.errors import AtlasError
from cnnatlas.files import read_json, replacing, write_json

NOT_GIVEN = ("dataset", "reader", "folder", "classes")  # to readers
COLUMNS = ("index", "id", "label", "class", "grey", "group", "partition", "width", "height")


def read(spec: Mapping, source: Path) -> Prepared:
    """Read an archive or a folder by the module cnnatlas.data.<reader>; the others are never imported.

    spec: dataset, reader, classes (their number), size, and what else the reader takes, such as limits and per_class.
    Raises AtlasError for a broken archive, and where classes or the images of one are missing.
    """
    reader = import_module(f"cnnatlas.data.{spec['reader']}")
    prepared = reader.read(source, **{key: spec[key] for key in spec if key not in NOT_GIVEN})
    odd = [name for name, count in Counter(prepared.classes).items() if count > 1 or not name.isprintable()]
    if odd or not all(prepared.classes):
        raise AtlasError(f"{source}: {min(odd, default='')!r} is not a class name, or two classes have it; check "
                         "where the data came from")  # fmt: skip
    if len(prepared.classes) != spec["classes"]:
        raise AtlasError(
            f"{source}: {len(prepared.classes)} classes, but datasets.{spec['dataset']}.classes is {spec['classes']}; "
            f"check where the data came from, or correct config/datasets.yaml"
        )
    counts = np.bincount(prepared.labels, minlength=len(prepared.classes))
    if empty := [name for name, count in zip(prepared.classes, counts, strict=True) if not count]:
        raise AtlasError(f"{source}: no images of class {empty[0]}; check where the data came from")
    return prepared


@contextmanager
def broken_set_aside(source: Path) -> Iterator[None]:
    """Rename an archive that is found to be broken: the same command would else take it again, not the right one."""
    try:
        yield
    except BrokenArchiveError as error:
        aside = source.rename(source.with_name(f"{source.name}.refused"))
        raise AtlasError(f"{error}; it is called {aside.name} now") from error


def origin(spec: Mapping, source: Path, recorded: Path | str | None) -> dict:
    """What is known of where the data are from: as recorded beside an archive, or as a folder's reader finds it."""
    return read_json(recorded) if recorded else import_module(f"cnnatlas.data.{spec['reader']}").provenance(source)


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
        tables.write(temporary[2], COLUMNS, _items(prepared, grey))
        write_json(temporary[3], _record(prepared, dataset, provenance, grey))


def _save(path: Path, array: np.ndarray) -> None:
    """np.save, but through Python's file: NumPy's own writing loses the reason when a disk is full."""
    with path.open("wb") as stream:
        np.lib.format.write_array_header_1_0(stream, np.lib.format.header_data_from_array_1_0(array))
        stream.write(np.ascontiguousarray(array).data)


def _items(prepared: Prepared, grey: np.ndarray) -> Iterator[dict]:
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
    return (dict(zip(COLUMNS, row, strict=True)) for row in rows)


def _record(prepared: Prepared, dataset: str, provenance: Mapping, grey: np.ndarray) -> dict:
    counts = Counter(prepared.labels.tolist())
    mean, std = channel_statistics(prepared.images)
    return {
        "dataset": dataset,
        "classes": list(prepared.classes),
        "size": list(prepared.images.shape[1:3]),
        "squashed": prepared.squashed,
        "images": len(prepared.images),
        "per_class": {name: counts[label] for label, name in enumerate(prepared.classes)},
        "grey": int(grey.sum()),
        "skipped": list(prepared.skipped),
        "provenance": dict(provenance),
        "mean": mean,
        "std": std,
    }
