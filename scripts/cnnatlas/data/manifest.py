"""What a mirror states of its own files: DIR/mirror.yaml, by file name {sha256, bytes, note}, each key optional."""

import difflib
import re
from pathlib import Path

from cnnatlas.configuration import strict_yaml
from cnnatlas.configuration.strict_yaml import Document
from cnnatlas.errors import AtlasError

NAME = "mirror.yaml"
KEYS = ("bytes", "note", "sha256")
SHA256 = re.compile(r"[0-9a-fA-F]{64}")


def stated(mirror: Path, file: str) -> dict[str, str]:
    """The sha256, in lower case, and the note that a mirror states of a file, as far as it does.

    Raises AtlasError on a manifest that says anything else, on a file of another size than it states, or that has an
    entry for a file which is not there and none for this one: a misspelt name must not pass for the absence of a
    checksum.
    """
    if not (mirror / NAME).is_file():
        return {}
    document = strict_yaml.load(mirror / NAME)
    for name, entry in document.content.items():
        _check(document, name, entry)
    if file not in document.content:
        absent = [name for name in document.content if not (mirror / name).is_file()]
        if absent:
            name = (difflib.get_close_matches(file, absent, n=1) or absent)[0]
            raise AtlasError(f"{document.where((name,))}: `{name}` is no file of {mirror}, and {file} has no entry; "
                             "correct the name, or remove the entry")  # fmt: skip
    entry = document.content.get(file, {})
    if "bytes" in entry:
        _check_size(document.where((file, "bytes")), mirror / file, entry["bytes"])
    return {key: entry[key].lower() if key == "sha256" else entry[key] for key in ("sha256", "note") if key in entry}


def _check_size(where: str, path: Path, stated: int) -> None:
    size = path.stat().st_size
    if size != stated:
        raise AtlasError(f"{where}: {path.name} has {size:,} bytes and should have {stated:,}; copy it into the mirror "
                         "again, or correct the number")  # fmt: skip


def _check(document: Document, name: str, entry: object) -> None:
    if not isinstance(entry, dict):
        raise AtlasError(f"{document.where((name,))}: `{name}` should be a mapping of {', '.join(KEYS)}")
    for key, value in entry.items():
        where = document.where((name, key))
        if key not in KEYS:
            raise AtlasError(f"{where}: unknown key `{key}` of `{name}`; known: {', '.join(KEYS)}")
        if key == "sha256" and not (isinstance(value, str) and SHA256.fullmatch(value)):
            raise AtlasError(f"{where}: `sha256` of `{name}` is {value!r}, not 64 digits 0 to 9 and a to f, in quotes "
                             f"where all are decimal; write what `sha256sum {name}` prints")  # fmt: skip
        if key == "bytes" and type(value) is not int:
            raise AtlasError(f"{where}: `bytes` of `{name}` is {value!r}, not a whole number; write its size in bytes")
        if key == "note" and not isinstance(value, str):
            raise AtlasError(f"{where}: `note` of `{name}` is not text; put it in quotes")
