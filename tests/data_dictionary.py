"""docs/data_dictionary.md as data: the files of a run, and the columns, keys or arrays that it gives each."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from cnnatlas import tables
from project import ROOT

KeyPath = tuple[str, ...]
TEXT = (ROOT / "docs" / "data_dictionary.md").read_text()


def files() -> list[str]:
    """The patterns of all files, in order; those of whole folders end in /."""
    (section,) = re.findall(r"^## Files\n(.*?)^## ", TEXT, re.M | re.S)
    return re.findall(r"^\| `([^`]+)` \| \S", section, re.M)


def sections() -> dict[str, list[KeyPath]]:
    """File pattern -> what its section lists."""
    parts = re.split(r"^## `([^`]+)`\n", TEXT, flags=re.M)[1:]
    return {file: list(map(_parsed, re.findall(r"^\| `([^`]+)` \|", text, re.M))) for file, text in _pairs(parts)}


def pattern(file: str, names: list[str]) -> str | None:
    """The most specific of the patterns that a path below results/{run}/ matches: the one with the fewest blanks."""
    found = [name for name in names if re.fullmatch(_expression(name), file)]
    return min(found, key=lambda name: name.count("{"), default=None)


def contents(file: Path) -> set[KeyPath]:
    """The columns of a CSV file, the names of an archive's arrays, or all keys of a JSON file."""
    if file.suffix == ".csv":
        return {(column,) for column in tables.columns(file)}
    if file.suffix == ".npz":
        with np.load(file) as arrays:
            return {(name,) for name in arrays}
    return set(keys(json.loads(file.read_text())))


def keys(value: object, at: KeyPath = ()) -> Iterator[KeyPath]:
    """The path of each key of a JSON value, with [] for an entry of a list."""
    if isinstance(value, list):
        for entry in value:
            yield from keys(entry, (*at, "[]"))
    if isinstance(value, dict):
        for name, inner in value.items():
            yield (*at, name)
            yield from keys(inner, (*at, name))


def matches(described: KeyPath, key: KeyPath) -> bool:
    """Whether a path of the dictionary stands for this key of a file."""
    if described[-1:] == ("**",):
        described, key = described[:-1], key[: max(len(described) - 1, 0)]
    return len(described) == len(key) and all(
        name == own or (name == "*" and own != "[]") for name, own in zip(described, key, strict=True)
    )


def _parsed(key: str) -> KeyPath:
    return tuple(key.replace("[]", ".[]").removeprefix(".").split("."))


def _pairs(parts: list[str]) -> Iterator[tuple[str, str]]:
    return zip(parts[::2], parts[1::2], strict=True)


def _expression(name: str) -> str:
    blanks = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(name))
    return f"{blanks}.*" if name.endswith("/") else blanks
