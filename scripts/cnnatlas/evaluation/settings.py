"""In which settings two variants differ: every key of their specs, so that a comparison says what it compares."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import listing

ABSENT = object()


class Difference(NamedTuple):
    """A dotted key, and what two specs have there, as text."""

    key: str
    a: str
    b: str


def differences(a: Mapping, b: Mapping) -> list[Difference]:
    """Every key in which two specs differ, in alphabetical order."""
    return _differences(a, b, ())


def sentence(a: Variant, b: Variant) -> str:
    """The differences between the settings of `a` and `b`, in words that name `b` first."""
    found = [f"`{each.key}` ({each.b} against {each.a})" for each in differences(a.spec, b.spec)]
    return f"The settings of “{b.title}” and “{a.title}” differ in {listing(found) if found else 'nothing'}."


def _differences(a: object, b: object, key: tuple[str, ...]) -> list[Difference]:
    nested = [side for side in (a, b) if isinstance(side, Mapping)]
    if not nested or any(side is not ABSENT and side not in nested for side in (a, b)):
        return [] if a == b else [Difference(".".join(key), _text(a), _text(b))]
    a, b = ({} if side is ABSENT else side for side in (a, b))
    names = sorted({*a, *b})
    return [found for name in names for found in _differences(a.get(name, ABSENT), b.get(name, ABSENT), (*key, name))]


def _text(value: object) -> str:
    return "not set" if value is ABSENT else value if isinstance(value, str) else json.dumps(value)
