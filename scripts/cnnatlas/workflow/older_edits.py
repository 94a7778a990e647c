"""Source files that changed without becoming newer: unpacked from an archive, copied with their times, or restored.

Snakemake compares the content of those files only that are newer than what was made of them, and would silently keep
results of the sources before.
"""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.files import read_json, write_json

FOLDERS = ("config", "report", "scripts", "workflow")


def renew(root: Path, record: Path) -> None:
    """Give sources below `root` that have changed since the last run the time of now.

    `record` (json) keeps what was found, for the next run: by file its time in ns, size in bytes and sha256. Raises
    AtlasError, naming the file, where an older one is another user's, whose time cannot be set.
    """
    before, found = _read(record), {}
    for path in _sources(root):
        name = os.path.relpath(path)
        known = before["files"].get(name)
        with suppress(FileNotFoundError, PermissionError):  # deleted meanwhile, or a file that no job could read either
            found[name] = _seen(path, name, known, before["time"])
    if found != before["files"]:
        write_json(record, {"time": time.time_ns(), "files": found})


def _sources(root: Path) -> list[Path]:
    """All files that jobs may have as sources: hidden ones are nobody's, and compiled ones are Python's."""
    found = sorted(path for folder in FOLDERS for path in (root / folder).rglob("*"))
    parts = {path: path.relative_to(root).parts for path in found if path.is_file()}
    return [path for path in parts if not any(part.startswith((".", "__pycache__")) for part in parts[path])]


def _seen(path: Path, name: str, known: list | None, last: int) -> list:
    """A file's times, size and checksum, after it has got the time of now if it differs from what was known of it."""
    status = path.stat()
    if known and known[:3] == [status.st_mtime_ns, status.st_size, status.st_ctime_ns]:
        return known
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    if known and digest != known[-1]:
        _touch(path, name, older=status.st_mtime_ns < last)
        status = path.stat()
    return [status.st_mtime_ns, status.st_size, status.st_ctime_ns, digest]


def _read(record: Path) -> dict:
    try:
        return read_json(record)
    except (OSError, AtlasError):  # the first run here, or a damaged record
        return {"time": 0, "files": {}}


def _touch(path: Path, name: str, older: bool) -> None:
    try:
        path.touch()
    except OSError as error:
        if not older:
            return
        raise AtlasError(
            f"{name}: it has changed, but is older than results that may have been made of it, and its time cannot be "
            f"set ({error.strerror}); `touch` it"
        ) from None
