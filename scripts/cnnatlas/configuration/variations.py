"""Sweeps and searches: an entry of a study's file that is expanded into several variants, and how these are named.

A sweep sets one key to each of its values. A grid search takes all combinations of its keys' values; a random search
draws every key of every trial independently (Bergstra and Bengio 2012). Each variant so made is trained like any other.
"""

import itertools
import math
import random
import re
from dataclasses import dataclass, field, replace

from cnnatlas.configuration import schemas
from cnnatlas.configuration.strict_yaml import Document, KeyPath
from cnnatlas.errors import AtlasError
from cnnatlas.wording import power

DIGITS = 3  # significant digits of a drawn number: enough for a learning rate, few enough to read
NAMING = re.compile(r"[a-z0-9_.-]+")  # what a variant's name consists of
UNVARIED = ("like", "search", "sweep", "title")  # keys of a variant that are no settings of a training
KINDS = ("sweep", "search")
# Of values that make a variant each; in a random search a value may stand twice, to be likelier than others
ONCE = {"uniqueItems": True}


@dataclass(frozen=True)
class Member:
    """A variant: the entry `key` of `study` that it comes from, and the values that distinguish it, by dotted key.

    `heading` is the entry's title, `label` what the title of a sweep's or search's member adds to it.
    """

    study: str
    key: str
    name: str
    heading: str
    label: str = ""
    kind: str | None = None
    values: dict[str, object] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Its name in tables and sentences."""
        return f"{self.heading}, {self.label}" if self.label else self.heading


def expand(document: Document, study: str, key: str) -> list[Member]:
    """The variants of entry `key` of a study's file: itself, or one for each value of its sweep or trial of its search.

    Raises AtlasError with file and line where the sweep or search is not valid.
    """
    entry = document.content["variants"][key]
    own = Member(study, key, key, str(entry.get("title", key)))
    kinds = [kind for kind in KINDS if kind in entry]
    if len(kinds) > 1:
        raise AtlasError(f"{document.where(('variants', key))}: `{key}` has both a sweep and a search; remove one")
    if not kinds:
        return [own]
    schemas.validate(document, "variant", entry, ("variants", key))
    return _swept(document, own, entry["sweep"]) if "sweep" in entry else _searched(document, own, entry["search"])


def level(document: Document, member: Member) -> tuple[Document, KeyPath, dict]:
    """A member's values as a level of the configuration: the file, the path of its keys, and the nested mapping."""
    change: dict = {}
    at = ("variants", member.key, *(("search", "over") if member.kind == "search" else ("sweep",)))
    lines = dict(document.lines)
    for key, value in member.values.items():
        parts = key.split(".")
        inner = change
        for part in parts[:-1]:
            inner = inner.setdefault(part, {})
        inner[parts[-1]] = value
        if (*at, key) in lines:
            lines[*at, *parts] = lines[*at, key]
    return replace(document, lines=lines), at, change


def groups(members: list[Member]) -> dict[str, tuple[str, ...]]:
    """The sweeps and searches among a study's variants: the name in its file -> the names of its members."""
    keys = dict.fromkeys(member.key for member in members if member.kind)
    return {key: tuple(member.name for member in members if member.key == key) for key in keys}


def _check_key(document: Document, own: Member, place: tuple[str, ...], key: str) -> None:
    if key.partition(".")[0] in UNVARIED:
        where = document.where(("variants", own.key, *place))
        raise AtlasError(f"{where}: `{key}` of `{own.key}` changes no network; vary a key of config/defaults.yaml")


def _swept(document: Document, own: Member, sweep: dict) -> list[Member]:
    keyed = set(sweep) == {"key", "values"} and isinstance(sweep["key"], str)
    if not keyed or not isinstance(sweep["values"], list) or not sweep["values"]:
        where = document.where(("variants", own.key, "sweep"))
        raise AtlasError(
            f"{where}: `sweep` of `{own.key}` is {schemas.shortened(sweep)}; write "
            "sweep: {key: a.key, values: [1, 2]}"
        )
    _check_key(document, own, ("sweep", "key"), sweep["key"])
    schemas.check(document, ONCE, sweep["values"], ("variants", own.key, "sweep", "values"))
    for value in sweep["values"]:
        if not NAMING.fullmatch(str(value).lower()):
            where = document.where(("variants", own.key, "sweep", "values"))
            raise AtlasError(f"{where}: the value {value!r} would name a variant, and a file; sweep over numbers or "
                             "words, or write a search")  # fmt: skip
    return [
        replace(
            own,
            name=f"{own.key}_{str(value).lower()}",
            label=_labelled(sweep["key"], value),
            kind="sweep",
            values={sweep["key"]: value},
        )
        for value in sweep["values"]
    ]


def _searched(document: Document, own: Member, search: dict) -> list[Member]:
    at = ("variants", own.key, "search")
    _check_method(document, at, search)
    for key, choices in search["over"].items():
        _check_key(document, own, ("search", "over", key), key)
        _check_choices(document, (*at, "over", key), choices, search["method"])
        _check_apart(document, (*at, "over", key), search["over"])
    trials = _grid(search["over"]) if search["method"] == "grid" else _random(**search)
    return [
        replace(
            own,
            name=f"{own.key}_{number}",
            label=f"trial {number}: {', '.join(_labelled(*drawn) for drawn in values.items())}",
            kind="search",
            values=values,
        )
        for number, values in enumerate(trials, 1)
    ]


def _check_method(document: Document, at: KeyPath, search: dict) -> None:
    for key in ("trials", "seed"):
        if search["method"] == "grid" and key in search:
            raise AtlasError(
                f"{document.where((*at, key))}: a grid takes all combinations and needs no `{key}`; remove it, or "
                "write method: random"
            )
        if search["method"] == "random" and key not in search:
            raise AtlasError(f"{document.where(at)}: a random search needs `{key}`; write {key}: and a whole number")


def _check_choices(document: Document, at: KeyPath, choices: object, method: str) -> None:
    if isinstance(choices, list) and choices:
        return schemas.check(document, ONCE if method == "grid" else {}, choices, at)
    if method == "random" and isinstance(choices, dict) and len(choices) == 1:
        (law, bounds) = next(iter(choices.items()))
        if law in ("log", "uniform") and _is_range(bounds) and (law == "uniform" or bounds[0] > 0):
            return
    ways = "a list of values" if method == "grid" else "a list of values, {uniform: [0.0, 0.2]} or {log: [0.001, 0.1]}"
    raise AtlasError(
        f"{document.where(at)}: `{at[-1]}` is searched over {schemas.shortened(choices)}; write {ways}"
        + ("" if method == "grid" else ", the lower bound first, for log above 0")
    )


def _check_apart(document: Document, at: KeyPath, over: dict) -> None:
    for outer in over:
        if at[-1].startswith(f"{outer}."):
            raise AtlasError(f"{document.where(at)}: `{at[-1]}` lies inside `{outer}`, searched too; remove one")


def _is_range(bounds: object) -> bool:
    numbers = isinstance(bounds, list) and all(type(bound) in (int, float) and math.isfinite(bound) for bound in bounds)
    return numbers and len(bounds) == 2 and bounds[0] < bounds[1]


def _grid(over: dict) -> list[dict]:
    keys = sorted(over)
    return [dict(zip(keys, values, strict=True)) for values in itertools.product(*(over[key] for key in keys))]


def _random(method: str, trials: int, seed: int, over: dict) -> list[dict]:
    """`trials` draws; each key has its own stream, so that neither more trials nor another key change what was drawn.

    Only random() is used, the one method whose sequence Python promises to keep.
    """
    streams = {key: random.Random(f"{seed} {key}") for key in sorted(over)}
    return [{key: _drawn(over[key], stream.random()) for key, stream in streams.items()} for _ in range(trials)]


def _drawn(choices: list | dict, share: float) -> object:
    """The value at `share` in [0, 1) of a list or of a range; numbers of a range are rounded, and stay inside it."""
    if isinstance(choices, list):
        return choices[int(share * len(choices))]
    law, (low, high) = next(iter(choices.items()))
    value = low * (high / low) ** share if law == "log" else low + (high - low) * share
    return float(min(max(float(f"{value:.{DIGITS}g}"), low), high))


def _labelled(key: str, value: object) -> str:
    """A key with its value, for a title: `optimiser.learning_rate` becomes `learning rate`."""
    named = str(value).lower() if isinstance(value, bool) else str(value)
    return f"{key.split('.')[-1].replace('_', ' ')} {power(named) if isinstance(value, float) else named}"
