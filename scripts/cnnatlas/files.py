"""Writing files so that nothing partial ever stands under a final name."""

import errno
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnatlas.errors import AtlasError


@contextmanager
def replacing(path: Path | str) -> Iterator[Path]:
    """Give a temporary path beside `path`; on success it takes the final name, on any error it is removed.

    The temporary name keeps the suffix, for writers such as numpy and matplotlib that look at it. Raises AtlasError,
    naming the file, where the disk is full.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".", suffix=f".part{path.suffix}", dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)  # mkstemp makes it private; results are for the group that shares the folder
        temporary.replace(path)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise AtlasError(
                f"{path}: the disk is full; free space in {path.parent} and run the same command again"
            ) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)


def remove_leftovers(folder: Path | str) -> None:
    """Remove the temporary files that `replacing` left in a folder when its process was killed."""
    for path in Path(folder).glob(".*.part*"):
        path.unlink()


def write_json(path: Path | str, value: object) -> None:
    """Write `value` as JSON with sorted keys, so that equal contents are equal bytes."""
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(value, indent=1, sort_keys=True, ensure_ascii=False, allow_nan=False) + "\n")


def read_json(path: Path | str) -> dict:
    """Read a JSON file."""
    return json.loads(Path(path).read_text())
