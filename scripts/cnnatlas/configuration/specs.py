"""From levels of configuration to a variant's resolved spec."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import reduce
from pathlib import Path

from cnnatlas.architectures import registry
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import schemas, signatures, variations
from cnnatlas.configuration.run import holds, merge, ordered, update
from cnnatlas.configuration.strict_yaml import Document, KeyPath
from cnnatlas.configuration.variations import Member
from cnnatlas.errors import AtlasError
from cnnatlas.training.augmentations import registry as augmentations

# The keys that have an effect with each choice. The others are dropped from a resolved spec, so that a changed default
# of Adam never retrains variants that use SGD; a variant that sets such a key itself is refused.
APPLICABLE = {
    "optimiser": {
        "sgd": {"learning_rate", "momentum", "nesterov", "weight_decay", "normalisation_rate"},
        "adam": {"learning_rate", "weight_decay"},
        "adamw": {"learning_rate", "weight_decay"},
    },
    "schedule": {"constant": set(), "step": {"drops", "gamma"}, "cosine": set(), "one_cycle": {"warmup"}},
}
BUDGET = ("base", "epochs", "resolution", "train_images")  # keys with which an overlay answers less than was asked
NOT_IN_SPEC = frozenset(("like", "title", *variations.KINDS))  # keys of an entry that its resolved spec does not have


Level = tuple[Document, KeyPath, dict]  # the file, the path of its keys there, and what it states


class Specs(dict):
    """Resolved specs by variant; asking for another raises an AtlasError that names the closest."""

    def __missing__(self, name: str):
        raise AtlasError(f"no variant `{name}` in this run{schemas.suggestion(name, sorted(self))}")


class Overlay:
    """The run's changes to variants; every name in it must exist. That of a sweep or search means all its members."""

    def __init__(self, run: Document, studies: set[str], members: dict[str, Member]):
        self.run = run
        variants = {name for variant, member in members.items() for name in (variant, member.key)}
        for level, known in (("studies", studies), ("variants", variants)):
            for name in self.level(level)[2]:
                if name not in known:
                    raise AtlasError(f"{run.where(('overlay', level, name))}: `overlay.{level}.{name}`: no such name"
                                     f"{schemas.suggestion(name, sorted(known))}")  # fmt: skip

    def level(self, *key: str) -> Level:
        """What the run changes in all variants, in one study or in one variant."""
        place = ("overlay", *key)
        return self.run, place, reduce(lambda part, step: part.get(step) or {}, place, self.run.content)


@dataclass(frozen=True)
class Levels:
    """Where the values of all variants come from; `files` are those of the studies, by study.

    config/defaults.yaml < the run's `overlay.all` < a study's `common` < the variant < the run's `overlay.studies` <
    its `overlay.variants`. What tells the members of a sweep or search apart comes last: no overlay may undo it. A
    variant that is `like` another has all levels of that one below its own.
    """

    defaults: Document
    files: dict[str, Document]
    members: dict[str, Member]
    overlay: Overlay

    def of(self, name: str) -> list[Level]:
        """A variant's levels, general to specific."""
        return [*self.inherited(name), *self.own(name)]

    def inherited(self, name: str) -> list[Level]:
        """The levels that a variant shares with others."""
        document, liked = self.files[self.members[name].study], self.liked(name)
        start = self.of(liked) if liked else [(self.defaults, (), self.defaults.content), self.overlay.level("all")]
        shared = liked and self.members[liked].study == self.members[name].study
        return start if shared else [*start, (document, ("common",), document.content.get("common", {}))]

    def own(self, name: str) -> list[Level]:
        """The levels that are about a variant itself."""
        member, liked = self.members[name], self.liked(name)
        entry = self.entry(name)
        drawn = variations.level(self.files[member.study], member)
        source, place, change = self.overlay.level("studies", member.study)
        if liked and self.members[liked].study == member.study:
            # The other variant has it already, and more specific changes after it, which it must not undo
            change = _restricted(change, merge(entry[2], drawn[2]))
        names = dict.fromkeys((member.key, member.name))  # equal, unless it is a member of a sweep or search
        return [entry, (source, place, change), *(self.overlay.level("variants", each) for each in names), drawn]

    def liked(self, name: str) -> str | None:
        """The variant that one is like, if any."""
        return self.entry(name)[2].get("like")

    def entry(self, name: str) -> Level:
        """What a study's file states of a variant."""
        member = self.members[name]
        document = self.files[member.study]
        return document, ("variants", member.key), document.content["variants"][member.key]

    def places(self, name: str, spec: dict) -> dict[KeyPath, str]:
        """`file:line` of each value of a variant's resolved spec; the architecture of a base is that of `base`."""
        levels, brought = self.of(name), ("architecture", "base")
        return {key: _place(("base",) if key[:2] == brought else key, levels) for key in _leaves(spec)}

    def stated(self, name: str, keys: Iterable[str]) -> dict[str, str]:
        """`file:line` of the last level of a variant that states a key, or anything below it."""
        levels = self.of(name)
        return {key: _place((key,), levels) for key in keys}


def _restricted(change: dict, own: dict) -> dict:
    """The part of `change` whose keys are in `own` too, at all depths."""
    both = {key: (value, own[key]) for key, value in change.items() if key in own}
    return {
        key: _restricted(a, b) if isinstance(a, dict) and isinstance(b, dict) else a for key, (a, b) in both.items()
    }


def _leaves(spec: dict, key: KeyPath = ()) -> Iterator[KeyPath]:
    for name, value in spec.items():
        if isinstance(value, dict) and value:
            yield from _leaves(value, (*key, name))
        else:
            yield (*key, name)


def _place(key: KeyPath, levels: list[Level]) -> str:
    """Where the last level that states a key does."""
    source, place = _stating(key, levels)
    return source.where((*place, *key))


def _stating(key: KeyPath, levels: list[Level]) -> tuple[Document, KeyPath]:
    """The last level that states a key: its file and place."""
    return next((source, place) for source, place, change in reversed(levels) if holds(change, key))


def defaults(root: Path) -> Document:
    """config/defaults.yaml below `root`, checked: a complete variant."""
    document = configuration.read(root, root / "config" / "defaults.yaml")
    schemas.validate(document, "variant")
    _check_expands(document, (), document.content)
    schemas.complete(document, "variant", document.content, NOT_IN_SPEC | augmentations.declarations().keys())
    return document


def resolved(levels: Levels, pretrained: dict, datasets: list[str]) -> dict[str, dict]:
    """The spec of every variant; `datasets` are the names that exist."""
    _check_dataset(levels.defaults.content, [(levels.defaults, (), levels.defaults.content)], datasets)
    _check_likes(levels)
    valid: dict[int, dict] = {}
    specs = {name: _resolve(levels, name, datasets, valid) for name in levels.members}
    _InitialWeights(specs, pretrained, levels.members, levels.files).resolve()
    return specs


def asked(levels: Levels) -> dict[str, dict]:
    """The BUDGET of every variant as defaults and studies state it, whatever the run's overlay makes of it."""
    alone = replace(levels, overlay=Overlay(Document("", {}), set(), {}))
    return {
        name: {key: change[key] for _, _, change in alone.of(name) for key in BUDGET if key in change}
        for name in levels.members
    }


def _check_likes(levels: Levels) -> None:
    """Every variant that another is like must exist, and not be like that one in turn."""
    known = sorted(levels.members)
    for name in levels.members:
        seen, other = [name], levels.liked(name)
        while other:
            document, place, _ = levels.entry(seen[-1])
            where = f"{document.where((*place, 'like'))}: `like` of `{levels.members[seen[-1]].key}` names `{other}`"
            if other not in known:
                raise AtlasError(f"{where}, which is no variant{schemas.suggestion(other, known)}")
            if other in seen:
                raise AtlasError(f"{where}, which leads back to it; let one of them state its values itself")
            seen.append(other)
            other = levels.liked(other)


def _resolve(levels: Levels, name: str, datasets: list[str], valid: dict[int, dict]) -> dict:
    """The spec of a variant; `valid` are the changes that were found so for another one, by their identity."""
    every, own = levels.of(name), levels.own(name)
    for source, place, change in every[1:]:  # the defaults have been
        if id(change) not in valid:
            schemas.validate(source, "variant", change, place)
            _check_expands(source, place, change)
            valid[id(change)] = change  # kept, so that nothing else gets its identity
    spec: dict = {}
    for _, _, change in every:  # without the sweep: each of its members would copy the values of all
        update(spec, {key: value for key, value in change.items() if key not in NOT_IN_SPEC})
    for source, place, change in own:
        _check_applicable(spec, change, source, place)
    _check_momentum(spec, every)
    _check_dataset(spec, every, datasets)
    _check_architecture(spec, every)
    return ordered(_pruned(spec))


def _check_expands(document: Document, place: KeyPath, change: dict) -> None:
    """Only an entry under `variants` of a study's file can be several variants or like another, or have a title."""
    for kind in sorted(NOT_IN_SPEC):
        if kind in change and place[:1] != ("variants",):
            inside = place[0] if place else "defaults"
            where = document.where((*place, kind))
            raise AtlasError(f"{where}: `{kind}` has no effect in `{inside}`; move it to a variant of a study")


def _check_applicable(spec: dict, change: dict, document: Document, place: KeyPath) -> None:
    """A variant must not set a key that has no effect with its own choice."""
    for part, table in APPLICABLE.items():
        choice = spec[part]["name"]
        for key in change.get(part, {}):
            if key != "name" and key not in table[choice]:
                where = document.where((*place, part, key))
                raise AtlasError(f"{where}: `{part}.{key}` has no effect with {part} `{choice}`; remove it")


def _check_momentum(spec: dict, levels: list[Level]) -> None:
    """Without momentum, Nesterov's form of it would be a difference between equal trainings."""
    optimiser = spec["optimiser"]
    if optimiser["name"] == "sgd" and optimiser["nesterov"] and not optimiser["momentum"]:
        raise AtlasError(f"{_place(('optimiser', 'nesterov'), levels)}: `optimiser.nesterov` has no effect with "
                         "`optimiser.momentum` 0; set that, or remove it")  # fmt: skip


def _check_dataset(spec: dict, levels: list[Level], known: list[str]) -> None:
    name = spec["dataset"]
    if name not in known:
        raise AtlasError(f"{_place(('dataset',), levels)}: `dataset` names `{name}`, which does not exist"
                         f"{schemas.suggestion(name, known)}")  # fmt: skip


def _check_architecture(spec: dict, levels: list[Level]) -> None:
    name = spec["architecture"]["name"]
    if name not in registry.names():
        where = _place(("architecture", "name"), levels)
        raise AtlasError(f"{where}: unknown architecture `{name}`{schemas.suggestion(name, registry.names())}")
    described = signatures.schema(registry.constructor(name))
    for key, value in spec["architecture"].items():
        source, place = _stating(("architecture", key), levels)
        if key not in (*described["properties"], "name"):
            where, known = source.where((*place, "architecture", key)), registry.arguments(name)
            raise AtlasError(f"{where}: `{name}` has no argument `{key}`{schemas.suggestion(key, known)}")
        schemas.check(source, described, {key: value}, (*place, "architecture"))


def _pruned(spec: dict) -> dict:
    for part, table in APPLICABLE.items():
        kept = table[spec[part]["name"]] | {"name"}
        spec[part] = {key: value for key, value in spec[part].items() if key in kept}
    spec["augmentation"] = augmentations.switched_on(spec["augmentation"])
    return spec


class _InitialWeights:
    """Checks `base` and `start` of variants, and completes the architecture of those with a base."""

    def __init__(
        self, specs: dict[str, dict], pretrained: dict, members: dict[str, Member], files: dict[str, Document]
    ):
        self.specs, self.pretrained, self.members, self.files = specs, pretrained, members, files

    def resolve(self) -> None:
        """Check and complete all specs."""
        for name, spec in self.specs.items():
            if (spec["architecture"]["name"] == "on_base") != bool(spec["base"]):
                self._fail(name, f"`base` is {spec['base']!r} with architecture `{spec['architecture']['name']}`; "
                                 "on_base needs a base, and nothing else takes one")  # fmt: skip
            if spec["trainable"] != "all" and not spec["base"]:
                self._fail(name, f"`trainable: {spec['trainable']}` freezes layers of a base, and there is none; name "
                                 "a `base` with architecture `on_base`, or write `trainable: all`")  # fmt: skip
            if spec["base"]:
                self._check(name, "base", sorted({*self.specs, *self.pretrained}))
            if spec["start"]:
                self._check(name, "start", sorted(self.specs))
        for name in self.specs:
            self._complete(name)

    def _complete(self, name: str) -> dict:
        """The architecture of a network, whose own base comes first; `_check` has refused circles."""
        if name not in self.specs:  # torchvision's
            return {"name": name}
        spec = self.specs[name]
        if spec["base"]:
            spec["architecture"] = ordered({**spec["architecture"], "base": self._complete(spec["base"])})
        return spec["architecture"]

    def _check(self, name: str, key: str, known: list[str]) -> None:
        other = self.specs[name][key]
        if other not in known:
            self._fail(name, f"`{key}` names `{other}`, which does not exist{schemas.suggestion(other, known)}")
        if other in self.specs and name in with_initial_weights({other}, self.specs):
            self._fail(name, f"`{key}: {other}` leads back to the variant itself; train one of them from fresh weights")
        missing = set(self.specs[name]["seeds"]) - set(self.specs.get(other, self.specs[name])["seeds"])
        if missing:
            self._fail(name, f"`{key}: {other}` is not trained with seed {min(missing)}; give both the same `seeds`")

    def _fail(self, name: str, problem: str) -> None:
        member = self.members[name]
        raise AtlasError(f"{self.files[member.study].where(('variants', member.key))}: variant `{name}`: {problem}")


def with_initial_weights(names: set[str], specs: dict[str, dict]) -> set[str]:
    """The variants, and all those whose weights they are initialised with."""
    initial = {specs[name][key] for name in names for key in ("base", "start")} & set(specs)
    return names if initial <= names else with_initial_weights(names | initial, specs)
