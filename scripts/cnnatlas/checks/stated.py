"""Errors of a check with the place in the configuration that they are about."""

from collections.abc import Iterator
from contextlib import contextmanager

from cnnatlas.errors import AtlasError


@contextmanager
def stated_at(where: str, subject: str) -> Iterator[None]:
    """Begin the message of an AtlasError with a place, `file:line`, and what it is about."""
    try:
        yield
    except AtlasError as error:
        raise AtlasError(f"{where}: {subject}: {error}") from error
