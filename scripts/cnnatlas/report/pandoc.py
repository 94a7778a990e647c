"""Calling pandoc, with warnings as errors."""

import os
import subprocess
from collections.abc import Mapping

import pypandoc

from cnnatlas.errors import AtlasError

LOCALE = {"LC_ALL": "C.UTF-8"}  # in another one pandoc reads titles among its arguments as other characters


def pandoc(text: str, *arguments: object, environment: Mapping[str, str] | None = None, subject: str) -> str:
    """Pandoc's output for `text`; raises AtlasError with its message, headed by `subject`, on errors and warnings."""
    done = subprocess.run(
        [pypandoc.get_pandoc_path(), "--fail-if-warnings", *map(str, arguments)],
        input=text,
        capture_output=True,
        encoding="utf-8",
        env={**os.environ, **LOCALE, **(environment or {})},
    )
    if done.returncode:
        raise AtlasError(f"{subject}: {' '.join(done.stderr.partition('stack traceback')[0].split())}")
    return done.stdout
