"""One process at a time: after a killed Snakemake its jobs go on, and the same command starts them once more."""

import fcntl
import os
import platform
import time
from pathlib import Path
from typing import TextIO

from cnnatlas.errors import AtlasError

PATIENCE = 60  # seconds: a process that was told to stop needs some to end


def locked(path: Path, patience: float | None = None) -> TextIO:
    """Lock a file until the process ends, however it does, or what is returned is closed; on one machine or several.

    A file system without locks is left without. Raises AtlasError, naming the process that has it, after `patience`
    seconds, by default PATIENCE.
    """
    patience = PATIENCE if patience is None else patience
    until = time.monotonic() + patience
    while True:
        path.parent.mkdir(parents=True, exist_ok=True)
        stream = path.open("a+", encoding="utf-8")
        if _taken(stream, path):
            return stream
        stream.seek(0)
        owner = stream.read() or "another process"
        stream.close()
        if time.monotonic() > until:
            raise AtlasError(f"{path.parent}: {owner} is at work in it, perhaps left over from a run that was killed; "
                             "end it or wait for its end, and run the same command again")  # fmt: skip
        time.sleep(min(1, patience))


def _taken(stream: TextIO, path: Path) -> bool:
    """Try to take the lock, and write into the file who has it."""
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # the file system knows no locks
        return True
    if not path.exists() or not os.path.samestat(os.fstat(stream.fileno()), path.stat()):
        return False  # its owner has removed it at its end
    stream.truncate(0)
    stream.write(f"process {os.getpid()} on {platform.node()}")
    stream.flush()
    return True
