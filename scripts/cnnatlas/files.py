"""Writing files so that no partial file ever has a final name."""

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import rmtree

from cnnatlas.errors import AtlasError, damaged

FULL = (errno.ENOSPC, errno.EDQUOT)
CLOSED = (errno.EROFS, errno.EACCES, errno.EPERM)
# Writers in Rust (safetensors) report the system's error in words, not as an OSError
FULL_IN_WORDS = tuple(f"os error {number}" for number in FULL)


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Yield a temporary path next to `path`; on success it takes the final name, on any error it is removed.

    The temporary name keeps the suffix, which writers such as numpy and matplotlib evaluate. Raises AtlasError,
    naming the file, where the disk is full and where the folder cannot be written to.
    """
    path = Path(path)
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.parent / f".{secrets.token_hex(8)}.part{path.suffix}"
        temporary.touch(exist_ok=False)  # with the permissions of the umask; tempfile's would be the owner's alone
        mode = temporary.stat().st_mode
    try:
        with _explained(path, temporary):
            yield temporary
            if temporary.stat().st_mode != mode:  # a writer such as safetensors has put a file of its own there
                with suppress(OSError):  # not every file system knows permissions
                    temporary.chmod(mode)
            temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing_folder(path: Path | str) -> Iterator[Path]:
    """Yield a temporary folder beside `path`; on success it takes that name, whole, and what had it before is removed.

    On any error it is removed, and what was there stays. Raises AtlasError as `replacing` does.
    """
    path = Path(path)
    new, old = (path.parent / f".{secrets.token_hex(8)}.part" for _ in range(2))
    with _explained(path):
        new.mkdir(parents=True)
    try:
        with _explained(path, new):
            yield new
            if path.exists():
                path.rename(old)
            new.rename(path)
    finally:
        rmtree(new, ignore_errors=True)
        rmtree(old, ignore_errors=True)


def remove_leftovers(folder: Path | str) -> None:
    """Remove the temporary files that `replacing` left in a folder when its process was killed."""
    for path in Path(folder).glob(".*.part*"):
        path.unlink()


def remove_folder(folder: Path | str) -> None:
    """Remove a folder as far as that can be done, and the folders above it that are left empty."""
    rmtree(folder, ignore_errors=True)
    with suppress(OSError):  # it may hold other folders
        os.removedirs(Path(folder).parent)


@contextmanager
def _explained(path: Path, temporary: Path | None = None) -> Iterator[None]:
    """Explain a failure to write `path`; an error with a file that is read meanwhile is passed on."""
    try:
        yield
    except Exception as error:
        number = error.errno if isinstance(error, OSError) else None
        if number in FULL or any(words in str(error) for words in FULL_IN_WORDS):
            raise AtlasError(
                f"{path}: the disk is full; free space in {path.parent} and run the same command again"
            ) from error
        own = temporary is None or getattr(error, "filename", None) in (str(temporary), temporary)
        if number in CLOSED and own:
            raise AtlasError(
                f"{path}: {path.parent} cannot be written to ({os.strerror(number)}); make it writable, or run in a "
                "copy of the project on a disk that is"
            ) from error
        raise


def write_json(path: Path | str, value: object) -> None:
    """Write `value` as JSON with sorted keys, so that equal contents are equal bytes."""
    text = json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def read_json(path: Path | str) -> dict:
    """Read a JSON file. Raises AtlasError, naming the file, where it is damaged."""
    try:
        return json.loads(Path(path).read_text(encoding="utf-8"))
    except ValueError as error:
        raise damaged(path, str(error)) from error
