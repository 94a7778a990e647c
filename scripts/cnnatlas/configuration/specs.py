"""From levels of configuration to a variant's resolved spec.

Levels: config/defaults.yaml < a study's `common` < the variant < the run's `overlay`.
"""

from functools import reduce
from pathlib import Path

from cnnatlas.architectures import registry
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import schemas, variations
from cnnatlas.configuration.run import holder, merge, ordered
from cnnatlas.configuration.strict_yaml import Document, KeyPath
from cnnatlas.configuration.variations import Member
from cnnatlas.errors import AtlasError
from cnnatlas.training.augmentations import registry as augmentations

# The keys that have an effect with each choice. The others are dropped from a resolved spec, so that a changed default
# of Adam never retrains variants that use SGD; a variant that sets such a key itself is refused.
APPLICABLE = {
    "optimiser": {
        "sgd": {"learning_rate", "momentum", "nesterov", "weight_decay"},
        "adam": {"learning_rate", "weight_decay"},
        "adamw": {"learning_rate", "weight_decay"},
    },
    "schedule": {"constant": set(), "step": {"drops", "gamma"}, "cosine": set(), "one_cycle": {"warmup"}},
}
BUDGET = ("base", "epochs", "resolution", "train_images")  # keys with which an overlay answers less than was asked
NOT_IN_SPEC = frozenset(("title", *variations.KINDS))  # keys of an entry that its resolved spec does not have


class Specs(dict):
    """Resolved specs by variant; asking for another raises an AtlasError that names the closest."""

    def __missing__(self, name: str):
        raise AtlasError(f"no variant `{name}` in this run{schemas.suggestion(name, sorted(self))}")


class Overlay:
    """The run's changes to variants; every name in it must exist. That of a sweep or search means all its members."""

    def __init__(self, config: dict, documents: list[Document], studies: set[str], members: dict[str, Member]):
        self.parts, self.documents = config.get("overlay", {}), documents
        variants = {name for variant, member in members.items() for name in (variant, member.key)}
        for level, known in (("studies", studies), ("variants", variants)):
            for name in self.parts.get(level, {}):
                if name not in known:
                    where = configuration.where(documents, ("overlay", level, name))
                    raise AtlasError(f"{where}: `overlay.{level}.{name}`: no such name"
                                     f"{schemas.suggestion(name, sorted(known))}")  # fmt: skip

    def changes(self, member: Member) -> list[tuple[Document, KeyPath, dict]]:
        """The overlay's levels that concern a variant, general to specific."""
        names = dict.fromkeys((member.key, member.name))  # equal, unless it is a member of a sweep or search
        keys = [("all",), ("studies", member.study), *(("variants", name) for name in names)]
        return [(holder(self.documents, ("overlay", *key)), ("overlay", *key), self._part(key)) for key in keys]

    def _part(self, key: KeyPath) -> dict:
        return reduce(lambda part, step: part.get(step) or {}, key, self.parts)


def resolved(
    root: Path,
    files: dict[str, Document],
    members: dict[str, Member],
    overlay: Overlay,
    pretrained: dict,
    datasets: list[str],
) -> dict[str, dict]:
    """The spec of every variant; `files` are those of the studies, by study, `datasets` the names that exist."""
    defaults = configuration.read(root, root / "config" / "defaults.yaml")
    schemas.validate(defaults, "variant")
    schemas.complete(defaults, "variant", defaults.content, NOT_IN_SPEC | augmentations.declarations().keys())
    _check_dataset(defaults.content, [(defaults, (), defaults.content)], datasets)
    specs = {}
    for name, member in members.items():
        specs[name] = _resolve(defaults, files[member.study], member, overlay, datasets)
    _InitialWeights(specs, pretrained, members, files).resolve()
    return specs


def asked(root: Path, files: dict[str, Document], members: dict[str, Member]) -> dict[str, dict]:
    """The BUDGET of every variant as defaults and studies state it, whatever the run's overlay makes of it."""
    defaults = configuration.read(root, root / "config" / "defaults.yaml").content
    found = {}
    for name, member in members.items():
        document = files[member.study]
        own = document.content["variants"][member.key]
        levels = (defaults, document.content.get("common", {}), own, variations.level(document, member)[2])
        found[name] = {key: level[key] for level in levels for key in BUDGET if key in level}
    return found


def _resolve(defaults: Document, document: Document, member: Member, overlay: Overlay, datasets: list[str]) -> dict:
    levels = _levels(document, member, overlay)
    spec: dict = {}
    for change in (defaults.content, *(change for _, _, change in levels)):
        # Without the sweep: each of its members would copy the values of all
        spec = merge(spec, {key: value for key, value in change.items() if key not in NOT_IN_SPEC})
    for source, place, change in levels[1:]:
        _check_applicable(spec, change, source, place)
    _check_dataset(spec, levels, datasets)
    _check_architecture(spec, levels)
    return ordered(_pruned(spec))


def _levels(document: Document, member: Member, overlay: Overlay) -> list[tuple[Document, KeyPath, dict]]:
    """The levels of a variant's configuration, general to specific, with the file and the key of each."""
    content = document.content
    own = (document, ("variants", member.key), content["variants"][member.key])
    levels = [(document, ("common",), content.get("common", {})), own, *overlay.changes(member)]
    for source, place, change in levels:
        schemas.validate(source, "variant", change, place)
        _check_expands(source, place, change)
    last = variations.level(document, member)  # no overlay may undo what tells the members apart
    schemas.validate(last[0], "variant", last[2], last[1])
    return [*levels, last]


def _check_expands(document: Document, place: KeyPath, change: dict) -> None:
    """Only an entry under `variants` of a study's file can be expanded into several variants."""
    for kind in variations.KINDS:
        if kind in change and place[0] != "variants":
            where = document.where((*place, kind))
            raise AtlasError(f"{where}: `{kind}` has no effect in `{place[0]}`; move it to a variant of a study")


def _check_applicable(spec: dict, change: dict, document: Document, place: KeyPath) -> None:
    """A variant must not set a key that has no effect with its own choice."""
    for part, table in APPLICABLE.items():
        choice = spec[part]["name"]
        for key in change.get(part, {}):
            if key != "name" and key not in table[choice]:
                where = document.where((*place, part, key))
                raise AtlasError(f"{where}: `{part}.{key}` has no effect with {part} `{choice}`; remove it")


def _check_dataset(spec: dict, levels: list, known: list[str]) -> None:
    name = spec["dataset"]
    if name not in known:
        source, place = next((source, place) for source, place, change in reversed(levels) if "dataset" in change)
        where = source.where((*place, "dataset"))
        raise AtlasError(f"{where}: `dataset` names `{name}`, which does not exist{schemas.suggestion(name, known)}")


def _check_architecture(spec: dict, levels: list) -> None:
    architecture = spec["architecture"]
    name = architecture["name"]
    setting = [(source, place) for source, place, change in levels if "architecture" in change]
    source, place = setting[-1] if setting else levels[0][:2]
    where = source.where((*place, "architecture"))
    if name not in registry.names():
        raise AtlasError(f"{where}: unknown architecture `{name}`{schemas.suggestion(name, registry.names())}")
    known = registry.arguments(name)
    for key in architecture:
        if key != "name" and key not in known:
            raise AtlasError(f"{where}: `{name}` has no argument `{key}`{schemas.suggestion(key, known)}")


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
                base = {"name": spec["base"]}
                if spec["base"] in self.specs:
                    base = self.specs[spec["base"]]["architecture"]
                spec["architecture"] = ordered({**spec["architecture"], "base": base})
            if spec["start"]:
                self._check(name, "start", sorted(self.specs))

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
