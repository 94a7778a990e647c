"""A run's configuration: the files that it is read from, and the result of merging them.

Everything is checked before the DAG exists; an AtlasError names file, line, key, value and fix. No torch: every
Snakemake process runs this.
"""

import copy
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from pathlib import Path

from cnnatlas.configuration import schemas, strict_yaml
from cnnatlas.configuration.strict_yaml import Document, KeyPath


@dataclass(frozen=True)
class Merged(Document):
    """A run's configuration: a key's place is in the last of its files that gives it this value, or else `--config`."""

    files: Sequence[Document] = ()

    def where(self, key: KeyPath) -> str:
        """`file:line` of a key or of the nearest enclosing one, or `--config`."""
        holder = self._holder(key)
        return holder.where(key) if holder else self.path

    def line(self, key: KeyPath) -> int:
        """The line of a key in its file; 0 for one of `--config`."""
        holder = self._holder(key)
        return holder.line(key) if holder else 0

    def _holder(self, key: KeyPath) -> Document | None:
        while key and not holds(self.content, key):
            key = key[:-1]
        value = reached(self.content, key)
        for file in reversed(self.files):
            if key in file.lines and (isinstance(value, dict) or reached(file.content, key) == value):
                return file
        return None


@dataclass(frozen=True)
class Changed(Document):
    """A file of the configuration with a run's changes, the run's key `name`: a value's place is where it is from."""

    file: Document = field(kw_only=True)
    run: Merged = field(kw_only=True)
    name: str = field(kw_only=True)

    def where(self, key: KeyPath) -> str:
        """`file:line` of a key or of the nearest enclosing one, or `--config`."""
        holder, place = self._holder(key)
        return holder.where(place)

    def line(self, key: KeyPath) -> int:
        """The line of a key in its file; 0 for one of `--config`."""
        holder, place = self._holder(key)
        return holder.line(place)

    def _holder(self, key: KeyPath) -> tuple[Document, KeyPath]:
        place = (self.name, *key)
        if not holds(self.run.content, place):
            return self.file, key
        both = key in self.file.lines and isinstance(reached(self.run.content, place), dict)
        return (self.file, key) if both else (self.run, place)


def reached(content: object, key: KeyPath) -> object:
    """The value at a key path that there is."""
    return reduce(lambda part, step: part[step], key, content)


def holds(content: object, key: KeyPath) -> bool:
    """Whether there is a value at a key path."""
    try:
        reached(content, key)
    except (KeyError, IndexError, TypeError):
        return False
    return True


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


def checked(root: Path, config: dict, files: Sequence[Path | str]) -> Merged:
    """`config` with the files that it was read from, in order; each of them and the merged result are validated."""
    merged = Merged(schemas.COMMAND_LINE, config, files=[read(root, path) for path in files])
    for document in (*merged.files, merged):
        schemas.validate(document, "config")
    schemas.complete(Document("config/config.yaml", config), "config", config)
    return merged


def read(root: Path, path: Path | str) -> Document:
    """A YAML file, which errors name relative to `root` where it lies below it."""
    path = Path(path)
    absolute = path if path.is_absolute() else Path.cwd() / path
    shown = absolute.relative_to(root) if absolute.is_relative_to(root) else path
    return strict_yaml.load(absolute, str(shown))


def merge(base: dict, change: dict) -> dict:
    """`base` with the differences of `change`: mappings merge, all else is replaced, also another architecture."""
    merged = copy.deepcopy(base)
    update(merged, change)
    return merged


def update(base: dict, change: dict) -> None:
    """The same in place: `base` gets copies of what differs."""
    for key, value in change.items():
        old = base.get(key)
        both = isinstance(value, dict) and isinstance(old, dict)
        if both and not (key == "architecture" and value.get("name", old.get("name")) != old.get("name")):
            update(old, value)
        else:
            base[key] = copy.deepcopy(value)


def validated(root: Path, name: str) -> dict:
    """The content of config/{name}.yaml, which the schema of that name describes."""
    document = read(root, root / "config" / f"{name}.yaml")
    schemas.validate(document, name)
    return document.content


def folder(named: str, typed_in: str = "") -> Path:
    """A folder that the configuration names: ~ is a home, and a relative one is seen from `typed_in`."""
    try:
        return Path(typed_in, Path(named).expanduser())
    except RuntimeError:  # the home of nobody, which is no folder either
        return Path(named)


def ordered(value: object) -> object:
    """Keys in order, at all depths: Snakemake takes reordered keys for changed ones."""
    return {key: ordered(value[key]) for key in sorted(value)} if isinstance(value, dict) else value


def file_of(project: Path, run: str) -> str | None:
    """The file of `project`'s config/ that has `run: <run>`, relative to the project; None where none has."""
    for file in sorted((project / "config").glob("[!.]*.yaml")):
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        if re.search(rf"^run: {re.escape(run)}(\s|$)", text, re.MULTILINE):
            return file.relative_to(project).as_posix()
    return None
