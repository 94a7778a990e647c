"""What every script of the workflow shares: its log, and errors that people can read."""

import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cnnatlas.errors import AtlasError


@contextmanager
def job(snakemake) -> Iterator[logging.Logger]:
    """Send stdout, stderr and logging of a job to its log file; end it with outcome and duration.

    An AtlasError becomes one line and exit status 1; any other exception keeps its traceback, in the log.
    """
    path = Path(snakemake.log[0])
    path.parent.mkdir(parents=True, exist_ok=True)
    start = time.monotonic()
    with path.open("w", buffering=1) as stream:
        sys.stdout = sys.stderr = stream
        logging.basicConfig(stream=stream, level=logging.INFO, format="%(message)s", force=True)
        logging.captureWarnings(True)
        try:
            yield logging.getLogger("cnnatlas")
            print(f"done in {time.monotonic() - start:.1f} s")
        except AtlasError as error:
            print(f"error: {error}")
            print(f"error: {error}", file=sys.__stderr__)
            raise SystemExit(1) from None
        finally:
            stream.flush()
            sys.stdout, sys.stderr = sys.__stdout__, sys.__stderr__
