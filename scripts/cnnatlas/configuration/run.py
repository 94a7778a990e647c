"""A run's configuration: the files that it is read from, and the result of merging them.

Everything is checked before the DAG exists; an AtlasError names file, line, key, value and fix. No torch: every
Snakemake process runs this.
"""

import copy
from collections.abc import Sequence
from pathlib import Path

from cnnatlas.configuration import schemas, strict_yaml
from cnnatlas.configuration.strict_yaml import Document, KeyPath


def home(working: Path, root: Path) -> Path:
    """The folder whose config/ is read: the working directory where its own is complete, else the workflow's."""
    return working if (working / "config" / "defaults.yaml").is_file() else root


def completed(root: Path | str, config: dict, files: Sequence[Path | str]) -> tuple[dict, list[str]]:
    """A run's configuration and the files it was read from, general to specific.

    Whatever `config`, read from `files`, leaves open is taken from config/config.yaml below `root`.
    """
    basis = Path(root) / "config" / "config.yaml"
    others = [str(file) for file in files if Path(file).resolve() != basis.resolve()]
    if len(others) == len(files):
        config = merge(read(Path(root), basis).content, config)
    return config, [str(basis), *others]


def checked(root: Path, config: dict, files: Sequence[Path | str]) -> list[Document]:
    """The files that `config` was read from, in order; each of them and the merged result are validated."""
    documents = [read(root, path) for path in files]
    for document in (*documents, Document("--config", config)):
        schemas.validate(document, "config")
    schemas.complete(Document("config/config.yaml", config), "config", config)
    return documents


def read(root: Path, path: Path | str) -> Document:
    """A YAML file, which errors name relative to `root` where it lies below it."""
    path = Path(path)
    absolute = path if path.is_absolute() else Path.cwd() / path
    shown = absolute.relative_to(root) if absolute.is_relative_to(root) else path
    return strict_yaml.load(absolute, str(shown))


def merge(base: dict, change: dict) -> dict:
    """`base` with the differences of `change`: mappings merge, all else is replaced, also another architecture."""
    merged = copy.deepcopy(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            another = key == "architecture" and value.get("name", old.get("name")) != old.get("name")
            merged[key] = copy.deepcopy(value) if another else merge(old, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def validated(root: Path, name: str) -> dict:
    """The content of config/{name}.yaml, which the schema of that name describes."""
    document = read(root, root / "config" / f"{name}.yaml")
    schemas.validate(document, name)
    return document.content


def where(documents: Sequence[Document], key: KeyPath) -> str:
    """`file:line` of a key of a run's configuration, or `--config`."""
    found = holder(documents, key)
    return found.where(key) if found.lines else found.path


def holder(documents: Sequence[Document], key: KeyPath) -> Document:
    """The last of a run's files that has a key; a key that none has came from `--config`."""
    return next((document for document in reversed(documents) if key in document.lines), Document("--config", {}))


def ordered(value: object) -> object:
    """Keys in order, at all depths: Snakemake takes reordered keys for changed ones."""
    return {key: ordered(value[key]) for key in sorted(value)} if isinstance(value, dict) else value
