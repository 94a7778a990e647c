"""From the configuration to variants: which networks are trained, on what, and which studies show them.

Levels: config/defaults.yaml < a study's `common` < the variant < the run's `overlay`. Everything is checked here,
before the DAG exists; an AtlasError names file, line, key, value and fix. No torch: every Snakemake process runs this.
"""

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from cnnatlas import schemas, strict_yaml, variations
from cnnatlas.architectures import registry
from cnnatlas.errors import AtlasError
from cnnatlas.strict_yaml import Document, KeyPath
from cnnatlas.variations import Member

# Which keys a choice makes meaningful. The others are dropped from a resolved spec, so that a changed default of
# Adam's never retrains SGD's variants; a variant that states one itself is told.
APPLICABLE = {
    "optimiser": {
        "sgd": {"learning_rate", "momentum", "nesterov", "weight_decay"},
        "adam": {"learning_rate", "weight_decay"},
        "adamw": {"learning_rate", "weight_decay"},
    },
    "schedule": {"constant": set(), "step": {"every", "gamma"}, "cosine": set(), "one_cycle": {"warmup"}},
}
NO_PART = frozenset(("title", *variations.KINDS))  # keys of an entry that are no part of a resolved spec
# Keys that have an order of their own; all others stand in the alphabet's
READING_ORDER = (
    *("factors", "cells", "neither", "first", "second", "both"),  # of a factorial
    *("shares", "train", "validation", "test"),  # of a split
)
NOT_TRAINED = {"gpu_share", "seeds"}  # keys that say how often to train and how many at once, not what


@dataclass(frozen=True)
class Study:
    """One question, and the variants that answer it, in the order of its file.

    `groups` names the members of each sweep and search. A side of a pair in `compare` may be `best(group)`: the member
    with the highest validation accuracy. `factorial` is {factors: [first, second], cells: {neither, first, second,
    both}} of variants; `must_fit` are the variants that have to reach a training accuracy of 1.
    """

    name: str
    title: str
    assignment: str
    items: tuple[str, ...]
    question: str
    trains: tuple[str, ...]
    variants: tuple[str, ...]
    inspect: tuple[str, ...]
    compare: tuple[tuple[str, str], ...]
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    factorial: dict | None = None
    must_fit: tuple[str, ...] = ()


class Specs(dict):
    """Resolved specs by variant; asking for another raises an AtlasError that names the closest."""

    def __missing__(self, name: str):
        raise AtlasError(f"no variant `{name}` in this run{schemas.suggestion(name, sorted(self))}")


@dataclass(frozen=True)
class Atlas:
    """A run's whole content: resolved specs and titles by variant, studies by name, data sets by name."""

    specs: dict[str, dict]
    titles: dict[str, str]
    studies: dict[str, Study]
    datasets: dict[str, dict]
    pretrained: dict[str, dict]
    members: dict[str, Member]

    def training_spec(self, variant: str) -> dict:
        """What one training depends on: the spec without the number of its repetitions."""
        return {key: value for key, value in self.specs[variant].items() if key not in NOT_TRAINED}

    def seeds(self, variant: str) -> list[int]:
        """The seeds a variant is trained with."""
        return self.specs[variant]["seeds"]


def configured(working: Path, root: Path) -> Path:
    """Whose config/ counts: that of the working directory, where it is a whole one, else that of the workflow."""
    return working if (working / "config" / "defaults.yaml").is_file() else root


def configuration(root: Path | str, config: dict, files: Sequence[Path | str]) -> tuple[dict, list[str]]:
    """A run's configuration and the files it was read from, wide to narrow.

    Whatever `config`, read from `files`, leaves open is taken from config/config.yaml below `root`.
    """
    basis = Path(root) / "config" / "config.yaml"
    others = [str(file) for file in files if Path(file).resolve() != basis.resolve()]
    if len(others) == len(files):
        config = merge(_read(Path(root), basis).content, config)
    return config, [str(basis), *others]


def load(root: Path | str, config: dict, config_files: list[str]) -> Atlas:
    """Read and check the configuration below `root`; `config` is the merged one, `config_files` its files in order."""
    root = Path(root)
    documents = [_read(root, path) for path in config_files]
    for document in documents:
        schemas.validate(document, "config")
    schemas.validate(Document("--config", config), "config")
    schemas.complete(Document("config/config.yaml", config), "config", config)
    datasets = _datasets(root, config, documents)
    defaults = _read(root, root / "config" / "defaults.yaml")
    schemas.validate(defaults, "variant")
    schemas.complete(defaults, "variant", defaults.content, NO_PART)
    files = sorted((root / "config" / "studies").glob("*.yaml"))
    read = {path.stem: _read(root, path) for path in files}
    for document in read.values():
        schemas.validate(document, "study")
    chosen = _chosen(config, documents, read)
    owners = _owners(read)
    overlay = _Overlay(config, documents, set(read), owners)
    specs = {name: _resolve(defaults, read[member.study], member, overlay) for name, member in owners.items()}
    studies = {name: _study(name, read[name], owners) for name in chosen}
    pretrained = _validated(root, "pretrained")
    _Beginnings(specs, pretrained, owners, read).resolve()
    _check_features(datasets, specs, documents)
    shown = {variant for study in studies.values() for variant in study.variants}
    audited = {dataset["features"] for dataset in datasets.values() if dataset["features"]}
    shown = _with_beginnings(shown | audited, specs)
    titles = {name: member.title for name, member in owners.items() if name in shown}
    return Atlas(Specs((name, specs[name]) for name in sorted(shown)), titles, studies, datasets, pretrained, owners)


def _read(root: Path, path: Path | str) -> Document:
    path = Path(path)
    absolute = path if path.is_absolute() else Path.cwd() / path
    shown = absolute.relative_to(root) if absolute.is_relative_to(root) else path
    return strict_yaml.load(absolute, str(shown))


def merge(base: dict, change: dict) -> dict:
    """`base` with the differences of `change`: mappings merge, all else is replaced; a new architecture starts anew."""
    merged = copy.deepcopy(base)
    for key, value in change.items():
        old = merged.get(key)
        if isinstance(value, dict) and isinstance(old, dict):
            another = key == "architecture" and value.get("name", old.get("name")) != old.get("name")
            merged[key] = copy.deepcopy(value) if another else merge(old, value)
        else:
            merged[key] = copy.deepcopy(value)
    return merged


def _datasets(root: Path, config: dict, documents: list[Document]) -> dict[str, dict]:
    document = _read(root, root / "config" / "datasets.yaml")
    known = sorted(document.content)
    schemas.validate(document, "datasets")
    for name, change in config["datasets"].items():
        where = _place(documents, ("datasets", name))
        if name not in known:
            raise AtlasError(f"{where}: unknown data set `{name}`{schemas.suggestion(name, known)}")
        for key in change:
            if key not in document.content[name]:
                hint = schemas.suggestion(key, sorted(document.content[name]))
                raise AtlasError(f"{where}: unknown key `datasets.{name}.{key}`{hint}")
    merged = merge(document.content, config["datasets"])
    schemas.validate(document, "datasets", merged)
    return _sorted(merged)


def report_settings(root: Path | str) -> dict:
    """The report's title page and chapters, config/report.yaml."""
    return _sorted(_validated(Path(root), "report"))


def _validated(root: Path, name: str) -> dict:
    """The content of config/{name}.yaml, which the schema of that name describes."""
    document = _read(root, root / "config" / f"{name}.yaml")
    schemas.validate(document, name)
    return document.content


def _place(documents: list[Document], key: KeyPath) -> str:
    """`file:line` of a key of the run's configuration: in the last file that has it, else `--config`."""
    holder = next((d for d in reversed(documents) if key in d.lines), None)
    return holder.where(key) if holder else "--config"


def _chosen(config: dict, documents: list[Document], read: dict[str, Document]) -> list[str]:
    names = config.get("studies") or sorted(read)
    for name in names:
        if name not in read:
            hint = schemas.suggestion(name, sorted(read))
            raise AtlasError(f"{_place(documents, ('studies',))}: no study config/studies/{name}.yaml{hint}")
    return sorted(names)


def _owners(read: dict[str, Document]) -> dict[str, Member]:
    """All variants of all studies by name; names are unique over all studies, and differ from those of groups."""
    owners: dict[str, Member] = {}
    for study, document in read.items():
        for key in document.content.get("variants", {}):
            for member in variations.expand(document, study, key):
                where = document.where(("variants", key))
                if member.name in owners:
                    raise AtlasError(
                        f"{where}: variant `{member.name}` is already trained by config/studies/"
                        f"{owners[member.name].study}.yaml; rename one, or list it under `shows`"
                    )
                owners[member.name] = member
    return owners


class _Overlay:
    """The run's changes to variants; every name in it must exist. That of a sweep or search means all its members."""

    def __init__(self, config: dict, documents: list[Document], studies: set[str], owners: dict[str, Member]):
        self.parts, self.documents, self.owners = config.get("overlay", {}), documents, owners
        variants = {name for variant, member in owners.items() for name in (variant, member.key)}
        for level, known in (("studies", studies), ("variants", variants)):
            for name in self.parts.get(level, {}):
                if name not in known:
                    where = _place(documents, ("overlay", level, name))
                    raise AtlasError(f"{where}: `overlay.{level}.{name}`: no such name"
                                     f"{schemas.suggestion(name, sorted(known))}")  # fmt: skip

    def changes(self, variant: str) -> list[tuple[Document, KeyPath, dict]]:
        """The overlay's levels that concern `variant`, wide to narrow."""
        member = self.owners[variant]
        names = dict.fromkeys((member.key, variant))  # the same for a variant that stands for itself
        keys = [("all",), ("studies", member.study), *(("variants", name) for name in names)]
        found = []
        for key in keys:
            part = self.parts
            for step in key:
                part = part.get(step) or {}
            place = ("overlay", *key)
            holder = next((d for d in reversed(self.documents) if place in d.lines), Document("--config", {}))
            found.append((holder, place, part))
        return found


def _resolve(defaults: Document, document: Document, member: Member, overlay: _Overlay) -> dict:
    own = document.content["variants"][member.key]
    common = (document, ("common",), document.content.get("common", {}))
    levels = [common, (document, ("variants", member.key), own), *overlay.changes(member.name)]
    for source, place, change in levels:
        schemas.validate(source, "variant", change, place)
        _check_expands(source, place, change)
    levels.append(variations.level(document, member))  # last: no overlay may undo what tells the members apart
    schemas.validate(levels[-1][0], "variant", levels[-1][2], levels[-1][1])
    spec: dict = {}
    for change in (defaults.content, *(change for _, _, change in levels)):
        # Without the sweep: each of its members would copy the values of all
        spec = merge(spec, {key: value for key, value in change.items() if key not in NO_PART})
    for source, place, change in levels[1:]:
        _check_applicable(spec, change, source, place)
    _check_architecture(spec, levels)
    return _sorted(_pruned(spec))


def _check_expands(document: Document, place: KeyPath, change: dict) -> None:
    """Only an entry under `variants` of a study's file stands for several variants."""
    for kind in variations.KINDS:
        if kind in change and place[0] != "variants":
            where = document.where((*place, kind))
            raise AtlasError(f"{where}: `{kind}` has no effect in `{place[0]}`; move it to a variant of a study")


def _check_applicable(spec: dict, change: dict, document: Document, place: KeyPath) -> None:
    """A variant must not state a key that its own choice leaves without effect."""
    for part, table in APPLICABLE.items():
        choice = spec[part]["name"]
        for key in change.get(part, {}):
            if key != "name" and key not in table[choice]:
                where = document.where((*place, part, key))
                raise AtlasError(f"{where}: `{part}.{key}` has no effect with {part} `{choice}`; remove it")


def _check_architecture(spec: dict, levels: list) -> None:
    architecture = spec["architecture"]
    name = architecture["name"]
    stating = [(source, place) for source, place, change in levels if "architecture" in change]
    source, place = stating[-1] if stating else levels[0][:2]
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
    return spec


def _sorted(value: object) -> object:
    """Keys in order, at all depths: Snakemake takes reordered keys for changed ones."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value, key=_place_in_order)}
    return value


def _place_in_order(key: str) -> tuple[int, str]:
    return READING_ORDER.index(key) if key in READING_ORDER else len(READING_ORDER), key


def _check_features(datasets: dict, specs: dict[str, dict], documents: list[Document]) -> None:
    """The network whose features audit a data set must have been trained on it."""
    for name, dataset in datasets.items():
        variant = dataset["features"]
        known = sorted(v for v, spec in specs.items() if spec["dataset"] == name)
        if variant is not None and variant not in known:
            where = _place(documents, ("datasets", name, "features"))
            where = "config/datasets.yaml" if where == "--config" else where
            raise AtlasError(f"{where}: `{name}.features` names `{variant}`, which is no variant on {name}"
                             f"{schemas.suggestion(variant, known)}")  # fmt: skip


def _with_beginnings(names: set[str], specs: dict[str, dict]) -> set[str]:
    """The variants and all those whose weights they begin with."""
    begun = {specs[name][key] for name in names for key in ("base", "start")} & set(specs)
    return names if begun <= names else _with_beginnings(names | begun, specs)


class _Beginnings:
    """Checks what variants begin with, and gives those with a base that one's architecture."""

    def __init__(self, specs: dict[str, dict], pretrained: dict, owners: dict[str, Member], read: dict[str, Document]):
        self.specs, self.pretrained, self.owners, self.read = specs, pretrained, owners, read

    def resolve(self) -> None:
        """Check and complete all specs."""
        for name, spec in self.specs.items():
            if (spec["architecture"]["name"] == "on_base") != bool(spec["base"]):
                self._fail(name, f"`base` is {spec['base']!r} with architecture `{spec['architecture']['name']}`; "
                                 "on_base needs a base, and nothing else takes one")  # fmt: skip
            if spec["base"]:
                self._check(name, "base", sorted({*self.specs, *self.pretrained}))
                base = {"name": spec["base"]}
                if spec["base"] in self.specs:
                    base = copy.deepcopy(self.specs[spec["base"]]["architecture"])
                spec["architecture"] = _sorted({**spec["architecture"], "base": base})
            if spec["start"]:
                self._check(name, "start", sorted(self.specs))

    def _check(self, name: str, key: str, known: list[str]) -> None:
        other = self.specs[name][key]
        if other not in known or other == name:
            self._fail(name, f"`{key}` names `{other}`, which does not exist{schemas.suggestion(other, known)}")
        missing = set(self.specs[name]["seeds"]) - set(self.specs.get(other, self.specs[name])["seeds"])
        if missing:
            self._fail(name, f"`{key}: {other}` is not trained with seed {min(missing)}; give both the same `seeds`")

    def _fail(self, name: str, problem: str) -> None:
        owner = self.owners[name]
        raise AtlasError(f"{self.read[owner.study].where(('variants', owner.key))}: variant `{name}`: {problem}")


def _study(name: str, document: Document, owners: dict[str, Member]) -> Study:
    content = document.content
    trains = tuple(v for v, member in owners.items() if member.study == name)
    study = Study(
        name=name,
        title=content["title"],
        assignment=content["assignment"],
        items=tuple(content["items"]),
        question=content["question"],
        trains=trains,
        variants=(*trains, *content.get("shows", [])),
        inspect=tuple(content.get("inspect", [])),
        compare=tuple(tuple(pair) for pair in content.get("compare", [])),
        groups=variations.groups([owners[v] for v in trains]),
        factorial=_sorted(content.get("factorial")),
        must_fit=tuple(content.get("must_fit", [])),
    )
    _check_names(study, document, sorted(owners))
    return study


def _check_names(study: Study, document: Document, everywhere: list[str]) -> None:
    """Every variant that a study names must be there: anywhere for `shows`, else among its own."""
    content, variants = document.content, sorted(study.variants)
    comparable = variants + [best(group) for group in sorted(study.groups)]
    named = {
        ("shows",): (content.get("shows", []), everywhere),
        ("inspect",): (study.inspect, variants),
        ("compare",): ([side for pair in study.compare for side in pair], comparable),
        ("factorial", "cells"): ((study.factorial or {}).get("cells", {}).values(), variants),
        ("must_fit",): (study.must_fit, variants),
    }
    for key, (names, known) in named.items():
        for variant in names:
            if variant not in known:
                raise AtlasError(
                    f"{document.where(key)}: `{key[0]}` names `{variant}`, which is no variant of this study"
                    f"{schemas.suggestion(variant, known)}"
                )


def best(group: str) -> str:
    """How a pair names the member of `group` with the highest validation accuracy."""
    return f"best({group})"
