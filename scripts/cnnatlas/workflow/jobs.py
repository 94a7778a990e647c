"""What all scripts of the workflow share: a log, and readable errors."""

import errno
import logging
import re
import resource
import sys
import time
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from cnnatlas.errors import AtlasError, DamagedFile, Stopped
from cnnatlas.workflow.damage import first_damaged, maker


@contextmanager
def job(snakemake) -> Iterator[logging.Logger]:
    """Send stdout, stderr and logging of a job to its log file; end it with outcome, duration and peak memory.

    Any error becomes one line, last in the log and on the console, and exit status 1; an unexpected one also leaves its
    traceback in the log.
    """
    path, start = Path(snakemake.log[0]), time.monotonic()
    stream = _opened(path)
    sys.stdout = sys.stderr = stream
    logging.basicConfig(stream=stream, level=logging.INFO, format="%(message)s", force=True)
    logging.captureWarnings(True)
    try:
        yield logging.getLogger("cnnatlas")
        print(f"done in {_spent(start)}")
    except (Exception, Stopped) as error:
        _report(_explanation(error, path, snakemake.input), error, stream, start)
        raise SystemExit(1) from None
    except BaseException as error:  # stopped from outside
        with suppress(OSError):
            print(f"stopped by {type(error).__name__} after {_spent(start)}", file=stream)
        raise
    finally:
        sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
        with suppress(OSError):  # a full disk: the console has the error
            stream.close()


def _opened(path: Path) -> TextIO:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("w", buffering=1, encoding="utf-8")
    except OSError as error:
        line = f"{path}: the log cannot be written ({error.strerror}); free the disk or make the folder writable"
        print(f"error: {line}", file=sys.stderr)
        raise SystemExit(1) from None


def _report(explanation: AtlasError | Stopped, error: Exception | Stopped, stream: TextIO, start: float) -> None:
    """Report an error: on the console first, because the log's disk may be the one that is full."""
    line = f"error: {explanation}"
    print(line, file=sys.__stderr__)
    with suppress(OSError):
        if not isinstance(error, AtlasError | Stopped):
            traceback.print_exception(error, file=stream)
        print(f"failed after {_spent(start)}", file=stream)
        print(line, file=stream)


def _explanation(error: Exception | Stopped, path: Path, inputs: Iterable[str]) -> AtlasError | Stopped:
    if isinstance(error, DamagedFile) and (made := maker(error.path)):
        return AtlasError(f"{error} ({made})")
    if isinstance(error, AtlasError | Stopped):
        return error
    if isinstance(error, MemoryError):
        wanted = str(error) or "no more available"
        return AtlasError(f"not enough memory ({wanted}); free some, or run the same command with fewer --cores")
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return AtlasError(f"{error.filename or path}: the disk is full; free space and run the same command again")
    if found := first_damaged(inputs):
        return _explanation(found, path, inputs)
    return AtlasError(f"unexpected {type(error).__name__}: {error}; see the traceback in {path}; please report "
                      "it with that file")  # fmt: skip


def _spent(start: float) -> str:
    return f"{time.monotonic() - start:.1f} s, peak memory {peak_memory() / 1e6:.0f} MB"


def peak_memory() -> int:
    """Peak memory, in bytes, of this process or of any child that it has waited for, whichever is larger."""
    unit = 1 if sys.platform == "darwin" else 1024
    own, children = (
        unit * resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    status = Path("/proc/self/status")
    if status.exists():  # Linux, where ru_maxrss starts from the parent's peak
        own = 1024 * int(re.search(r"VmHWM:\s*(\d+) kB", status.read_text())[1])
    return max(own, children)
