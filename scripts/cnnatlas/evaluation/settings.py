"""In which settings two variants differ: every key of their specs, for `make show` and `make compare`."""

import json
from collections.abc import Mapping
from typing import NamedTuple

ABSENT = object()


class Difference(NamedTuple):
    """A dotted key, and what two specs have there, as text."""

    key: str
    a: str
    b: str


def differences(a: Mapping, b: Mapping) -> list[Difference]:
    """Every key in which two specs differ, in alphabetical order."""
    return _differences(a, b, ())


def _differences(a: object, b: object, key: tuple[str, ...]) -> list[Difference]:
    nested = [side for side in (a, b) if isinstance(side, Mapping)]
    if not nested or any(side is not ABSENT and side not in nested for side in (a, b)):
        return [] if a == b else [Difference(".".join(key), _text(a), _text(b))]
    a, b = ({} if side is ABSENT else side for side in (a, b))
    names = sorted({*a, *b})
    return [found for name in names for found in _differences(a.get(name, ABSENT), b.get(name, ABSENT), (*key, name))]


def _text(value: object) -> str:
    return "not set" if value is ABSENT else value if isinstance(value, str) else json.dumps(value)
