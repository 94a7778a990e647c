"""A run's data sets: config/datasets.yaml with the run's changes, and which of them the run can have.

Everything is checked before the DAG exists; an AtlasError names file, line, key, value and fix. No torch.
"""

from collections.abc import Iterable
from pathlib import Path

from cnnatlas.configuration import run, schemas
from cnnatlas.configuration.run import Merged
from cnnatlas.configuration.strict_yaml import Document
from cnnatlas.data import image_files, registry
from cnnatlas.errors import AtlasError

FILE = "config/datasets.yaml"
OWN = {"per_class", "subset_seed"}  # keys that only those readers take that have such arguments
# What a folder of images need not state
DEFAULTS = {
    "network": None,
    "features": None,
    "licence": None,
    "citation": None,
    "homepage": None,
    "problems": None,
    "split": {"shares": {"train": 8, "validation": 1, "test": 1}},
}


def load(root: Path, merged: Merged) -> dict[str, dict]:
    """All data sets by name, complete, as the run's configuration has them."""
    document = run.read(root, root / FILE)
    schemas.validate(document, "datasets")
    for name, entry in document.content.items():
        _check_reader(document, name, entry)
    stated = {name: _completed(entry) for name, entry in document.content.items()}
    changes = merged.content["datasets"]
    _check_changes(stated, changes, merged)
    found = run.merge(stated, changes)
    changed = run.Changed(document.path, found, file=document, run=merged, name="datasets")
    schemas.validate(changed, "datasets")
    for name, entry in found.items():
        if "folder" in entry:
            _read_folder(changed, name, entry)
    _check_files(changed, found)
    return run.ordered(found)


def available(datasets: dict[str, dict], collection: str) -> dict[str, dict]:
    """The data sets that a collection can have: all, but in the embedded one only folders and those that are drawn."""
    if collection != "embedded":
        return datasets
    return {name: entry for name, entry in datasets.items() if "folder" in entry or registry.is_drawn(name)}


def check_available(datasets: Iterable[str], name: str, where: str) -> None:
    """Raise AtlasError where the run's collection does not have data set `name`, which exists."""
    if name not in datasets:
        raise AtlasError(
            f"{where}: data set `{name}` is not in the embedded collection, which has folders and drawn data sets "
            f"only; write scripts/cnnatlas/drawn/datasets/{name}.py, run with `collection: upstream`, or leave its "
            "studies out with `studies`"
        )


def _completed(entry: dict) -> dict:
    """An entry with all that it leaves to defaults."""
    if "folder" not in entry:
        return entry
    full = {**DEFAULTS, **entry}
    return {**full, "split": {"seed": 0, "upstream_test": False, **full["split"]}}


def _check_changes(stated: dict[str, dict], changes: dict, merged: Merged) -> None:
    for name, change in changes.items():
        where = merged.where(("datasets", name))
        if name not in stated:
            raise AtlasError(f"{where}: unknown data set `{name}`{schemas.suggestion(name, sorted(stated))}")
        for unknown in sorted(change.keys() - stated[name].keys()):
            hint = schemas.suggestion(unknown, sorted(stated[name]))
            where = merged.where(("datasets", name, unknown))
            raise AtlasError(f"{where}: unknown key `datasets.{name}.{unknown}`{hint}")


def _check_reader(document: Document, name: str, entry: dict) -> None:
    """An archive needs a reader of its own; it must take the keys of its entry, and be given all that it takes."""
    options = () if "folder" in entry else registry.options(name)
    if options is None:
        raise AtlasError(
            f"{document.where((name,))}: data set `{name}` has no reader, scripts/cnnatlas/data/{name}.py with "
            f"read({', '.join(registry.GIVEN)}); write it, or give `folder` for images in one folder a class"
        )
    for key in sorted(OWN & entry.keys() - set(options)):
        raise AtlasError(f"{document.where((name, key))}: `{name}.{key}` has no effect there; remove it")
    for key in options:
        if key not in entry:
            raise AtlasError(f"{document.where((name,))}: key `{name}.{key}` is missing; its reader takes it, add it")


def _read_folder(document: Document, name: str, entry: dict) -> None:
    """Complete `folder` where it begins with ~, and `classes` from its folders; each has an image a split."""
    entry["folder"] = str(run.folder(entry["folder"]))
    try:
        found = len(image_files.classes(Path(entry["folder"])))
        image_files.check_images(Path(entry["folder"]), least=len(entry["split"]["shares"]))
    except AtlasError as error:
        raise AtlasError(f"{document.where((name, 'folder'))}: `{name}.folder`: {error}") from error
    if entry.setdefault("classes", found) != found:
        raise AtlasError(
            f"{document.where((name, 'classes'))}: `{name}.classes` is {entry['classes']}, and {entry['folder']} has "
            f"{found} folders; correct one of them, or leave `classes` out"
        )


def _check_files(document: Document, datasets: dict[str, dict]) -> None:
    owners: dict[str, str] = {}
    for name, entry in datasets.items():
        if owners.setdefault(entry.get("file", name), name) != name:
            other = owners[entry["file"]]
            raise AtlasError(f"{document.where((name, 'file'))}: `{name}.file` is the archive of `{other}` too; rename")
