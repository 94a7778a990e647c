"""A run's content: which networks are trained, on what, and which studies show them.

Everything is checked here, before the DAG exists; an AtlasError names file, line, key, value and fix. No torch: every
Snakemake process runs this.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from cnnatlas.configuration import datasets, schemas, specs, variations
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration.run import Merged
from cnnatlas.configuration.strict_yaml import Document, dotted
from cnnatlas.configuration.variations import Member
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.ranking import OTHERS
from cnnatlas.wording import slug

FILE = re.compile(r"[a-z][a-z0-9_]*[.]yaml")  # of a study, whose name is part of paths and patterns
ROLE = "pretrained"  # in `features`: the network of the run's key of this name
NOT_TRAINED = {
    "gpu_share",
    "seeds",
}  # how many seeds, and how many trainings on a GPU at once: no training depends on them


@dataclass(frozen=True)
class Study:
    """One question, and the variants that answer it, in the order of its file.

    `groups` names the members of each sweep and search. A side of a pair in `compare` may be `best(group)`: the member
    with the highest validation accuracy. `final` is compared with `best(others)`, the best of all other variants of the
    study on its data set, chosen in the same way; that pair is the last of `compare`. `factorial` is {factors: [first,
    second], cells: {neither, first, second, both}} of variants; `must_fit` are the variants whose weights have to
    classify all their training images. `items` are those of config/items.yaml that the study's networks answer.
    """

    name: str
    title: str
    assignment: str | None
    question: str
    trains: tuple[str, ...]
    variants: tuple[str, ...]
    inspect: tuple[str, ...]
    compare: tuple[tuple[str, str], ...]
    groups: dict[str, tuple[str, ...]] = field(default_factory=dict)
    factorial: dict | None = None
    must_fit: tuple[str, ...] = ()
    final: str | None = None
    items: tuple[str, ...] = ()


@dataclass(frozen=True)
class Atlas:
    """A run's whole content: resolved specs and titles by variant, studies by name, data sets by name.

    `asked` is the budget of each variant without the run's overlay (specs.BUDGET), `levels` what the specs come from.
    """

    specs: dict[str, dict]
    titles: dict[str, str]
    studies: dict[str, Study]
    datasets: dict[str, dict]
    pretrained: dict[str, dict]
    members: dict[str, Member]
    asked: dict[str, dict]
    levels: specs.Levels

    def training_spec(self, variant: str) -> dict:
        """What one training depends on: the spec without the keys that leave its result unchanged."""
        return {key: value for key, value in self.specs[variant].items() if key not in NOT_TRAINED}

    def others(self, study: str) -> tuple[str, ...]:
        """The variants with which a study's final one is compared: all others on its data set."""
        found = self.studies[study]
        dataset = found.final and self.specs[found.final]["dataset"]
        return tuple(v for v in found.variants if v != found.final and self.specs[v]["dataset"] == dataset)

    def seeds(self, variant: str) -> list[int]:
        """The seeds a variant is trained with."""
        return self.specs[variant]["seeds"]


def load(root: Path | str, config: dict, config_files: list[str]) -> Atlas:
    """Read and check the configuration below `root`; `config` is the merged one, `config_files` its files in order."""
    root = Path(root)
    merged = configuration.checked(root, config, config_files)
    declared = datasets.load(root, merged)
    available = datasets.available(declared, config["collection"])
    pretrained = configuration.validated(root, "pretrained")
    files = _files(root)
    chosen = _chosen(merged, files)
    members = _members(files)
    _check_labels(members, files, pretrained)
    overlay = specs.Overlay(merged, set(files), members)
    levels = specs.Levels(specs.defaults(root), files, members, overlay)
    resolved = specs.resolved(levels, pretrained, sorted(declared))
    studies = {name: _study(name, files[name], members) for name in chosen}
    available = _with_judges(available, config["pretrained"]["network"], resolved)
    _check_networks(available, resolved, merged)
    known = {*resolved, *pretrained, config["pretrained"]["network"]}  # the last is checked with its key
    _check_features(available, resolved, known, merged)
    shown = specs.with_initial_weights(_shown(studies, available, set(resolved)), resolved)
    for name in sorted(shown):
        where = files[members[name].study].where(("variants", members[name].key))
        datasets.check_available(available, resolved[name]["dataset"], f"{where}: variant `{name}`")
    titles = {name: member.title for name, member in members.items() if name in shown}
    asked = specs.asked(levels)
    own = specs.Specs((v, resolved[v]) for v in sorted(shown))
    atlas = Atlas(own, titles, studies, available, pretrained, members, asked, levels)
    _check_finals(atlas, files)
    _check_compared(atlas, files)
    return atlas


def _files(root: Path) -> dict[str, Document]:
    """The files of all studies, by study."""
    named = sorted(path for path in (root / "config" / "studies").iterdir() if _is_study(path.name))
    for path in named:
        if not FILE.fullmatch(path.name):
            raise AtlasError(f"config/studies/{path.name}: a study's file is named after the study, in lower-case "
                             "letters, digits and underscores, and ends in .yaml; rename it")  # fmt: skip
    found = {path.stem: configuration.read(root, path) for path in named}
    for document in found.values():
        schemas.validate(document, "study")
    return found


def _is_study(name: str) -> bool:
    """Whether a file is meant as a study; those that start with a dot are an editor's or a system's."""
    return not name.startswith(".") and name.lower().endswith((".yaml", ".yml"))


def _shown(studies: dict[str, Study], datasets: dict[str, dict], known: set[str]) -> set[str]:
    """The variants of the given studies, and those that audit a data set."""
    audited = {dataset[key] for dataset in datasets.values() for key in ("network", "features")}
    return (audited & known).union(*(study.variants for study in studies.values()))


def _chosen(merged: Merged, files: dict[str, Document]) -> list[str]:
    names = merged.content.get("studies") or sorted(files)
    for name in names:
        if name not in files:
            hint = schemas.suggestion(name, sorted(files))
            raise AtlasError(f"{merged.where(('studies',))}: no study config/studies/{name}.yaml{hint}")
    return sorted(names)


def _members(files: dict[str, Document]) -> dict[str, Member]:
    """All variants of all studies by name; names are unique over all studies, and differ from those of groups."""
    members: dict[str, Member] = {}
    for study, document in files.items():
        for key in document.content.get("variants", {}):
            for member in variations.expand(document, study, key):
                where = document.where(("variants", key))
                if member.name in members:
                    raise AtlasError(
                        f"{where}: variant `{member.name}` is already trained by config/studies/"
                        f"{members[member.name].study}.yaml; rename one, or list it under `shows`"
                    )
                members[member.name] = member
    return members


def _check_labels(members: dict[str, Member], files: dict[str, Document], pretrained: Iterable[str]) -> None:
    """A variant must not be called like a published network, or like what the report's labels call another."""
    labels = {slug(study): f"study `{study}`" for study in files}
    for name, member in members.items():
        where = files[member.study].where(("variants", member.key))
        if name in {*pretrained, ROLE}:
            raise AtlasError(f"{where}: `{name}` is the name of a pretrained network; rename the variant")
        if other := labels.get(slug(name)):
            raise AtlasError(f"{where}: variant `{name}` and {other} would have equal labels in the report; rename one")
        labels[slug(name)] = f"variant `{name}`"


def _check_finals(atlas: Atlas, files: dict[str, Document]) -> None:
    """A final variant needs others to compare it with, and no group may have their name."""
    for name, study in atlas.studies.items():
        where = files[name].where(("final",))
        if study.final and OTHERS in study.groups:
            raise AtlasError(f"{where}: `best({OTHERS})` means all but `final`; rename variant `{OTHERS}`")
        if study.final and not atlas.others(name):
            raise AtlasError(f"{where}: `final` names `{study.final}`, the study's only variant on its data set; add "
                             "one to compare it with, or remove `final`")  # fmt: skip


def _check_compared(atlas: Atlas, files: dict[str, Document]) -> None:
    """What a study compares must have the same images, and a seed in common: images and seeds are paired."""
    for name, study in atlas.studies.items():
        groups = {best(group): members for group, members in study.groups.items()}
        groups |= {best(OTHERS): atlas.others(name)} if study.final else {}
        sets = {("compare", i): pair for i, pair in enumerate(study.compare)}
        sets |= {("factorial",): tuple(study.factorial["cells"].values())} if study.factorial else {}
        for place, sides in sets.items():
            compared = [v for side in sides for v in groups.get(side, (side,))]
            where = f"{files[name].where(place)}: `{place[0]}` of {', '.join(f'`{side}`' for side in sides)}"
            used = sorted({atlas.specs[v]["dataset"] for v in compared})
            if len(used) > 1:
                raise AtlasError(f"{where}: they have different images, of {', '.join(used)}; compare variants on one")
            if not set.intersection(*(set(atlas.seeds(v)) for v in compared)):
                raise AtlasError(f"{where}: they share no seed; give all the same `seeds`")


def _with_judges(datasets: dict[str, dict], pretrained: str, specs: dict[str, dict]) -> dict[str, dict]:
    """The data sets with the run's pretrained network in place of its role, or none where it has learned the labels."""
    learned = _learned(pretrained, specs)
    return {
        name: dataset | {"features": None if name in learned else pretrained}
        if dataset["features"] == ROLE
        else dataset
        for name, dataset in datasets.items()
    }


def _check_networks(datasets: dict[str, dict], specs: dict[str, dict], merged: Merged) -> None:
    """The network whose accuracy is split by duplicates must have been trained on the data set."""
    for name, dataset in datasets.items():
        known = sorted(v for v, spec in specs.items() if spec["dataset"] == name)
        variant = dataset["network"]
        if variant not in (None, *known):
            raise AtlasError(f"{_where(merged, name, 'network')}: `{name}.network` names `{variant}`, which is no "
                             f"variant on {name}{schemas.suggestion(variant, known)}")  # fmt: skip


def _check_features(datasets: dict[str, dict], specs: dict[str, dict], known: set[str], merged: Merged) -> None:
    """The network whose features judge labels, and those that it is made of, must not have been trained on them."""
    for name, dataset in datasets.items():
        network = dataset["features"]
        if network not in (None, *known):
            raise AtlasError(f"{_where(merged, name, 'features')}: `{name}.features` names `{network}`, which is "
                             f"no network{schemas.suggestion(network, sorted(known))}")  # fmt: skip
        if name in _learned(network, specs):
            raise AtlasError(f"{_where(merged, name, 'features')}: `{name}.features` names `{network}`, which has "
                             f"learned the labels of {name}; name a network trained on another data set")  # fmt: skip


def _learned(network: str | None, specs: dict[str, dict]) -> set[str]:
    """The data sets whose labels a network has learned."""
    return {specs[v]["dataset"] for v in _origins(network, specs)}


def _origins(network: str | None, specs: dict[str, dict]) -> set[str]:
    """A variant and those that it took weights from; none for a network that others trained."""
    found, left = set(), [network]
    while left:
        name = left.pop()
        if name in specs and name not in found:
            found.add(name)
            left += [specs[name].get("base"), specs[name].get("start")]
    return found


def _where(merged: Merged, dataset: str, key: str) -> str:
    """The place of a data set's key: that of the run's change to it, or the file of all."""
    place = ("datasets", dataset, key)
    return merged.where(place) if configuration.holds(merged.content, place) else "config/datasets.yaml"


def _study(name: str, document: Document, members: dict[str, Member]) -> Study:
    content = document.content
    final = content.get("final")
    trains = tuple(v for v, member in members.items() if member.study == name)
    study = Study(
        name=name,
        title=content["title"],
        assignment=content.get("assignment"),
        question=content["question"],
        trains=trains,
        variants=(*trains, *content.get("shows", [])),
        inspect=tuple(content.get("inspect", [])),
        compare=(*map(tuple, content.get("compare", [])), *([(best(OTHERS), final)] if final else [])),
        groups=variations.groups([members[v] for v in trains]),
        factorial=configuration.ordered(content.get("factorial")),
        must_fit=tuple(content.get("must_fit", [])),
        final=final,
        items=tuple(content.get("items", [])),
    )
    _check_names(study, document, sorted(members))
    _check_once(study, document)
    _check_titles(study, document, members)
    return study


def _check_names(study: Study, document: Document, everywhere: list[str]) -> None:
    """Every variant that a study names must be there: anywhere for `shows`, else among its own."""
    content, variants = document.content, sorted(study.variants)
    groups = sorted(study.groups) + ([OTHERS] if study.final else [])
    comparable = variants + [best(group) for group in groups]
    named = {
        ("shows",): (content.get("shows", []), everywhere),
        ("inspect",): (study.inspect, variants),
        ("final",): ([study.final] if study.final else [], variants),
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


def _check_once(study: Study, document: Document) -> None:
    """What the schema cannot see: a pair both ways round or that of `final`, equal cells, and `shows` of its own."""
    named = {("shows", i): (name, name) for i, name in enumerate(document.content.get("shows", []))}
    written = len(document.content.get("compare", []))  # the one after these is that of `final`
    for i, pair in enumerate(study.compare):
        key = ("compare", i) if i < written else ("final",)
        named[key] = frozenset(pair), f"{pair[0]} and {pair[1]}"
    cells = (study.factorial or {}).get("cells", {})
    named |= {("factorial", "cells", cell): (("cell", name), name) for cell, name in cells.items()}
    seen = dict.fromkeys(study.trains, "trains it itself")
    for key, (subject, shown) in named.items():
        if subject in seen:
            where = document.where(key)
            raise AtlasError(f"{where}: `{dotted(key)}` is {shown}, and the study {seen[subject]}; remove one of them")
        seen[subject] = f"has that in `{dotted(key)}` too"


def _check_titles(study: Study, document: Document, members: dict[str, Member]) -> None:
    """Figures and sentences know variants by their titles, so that no two of a study may have the same."""
    owners: dict[str, str] = {}
    for name in study.variants:
        title = " ".join(members[name].title.split())
        if owners.setdefault(title, name) != name:
            key = ("variants", members[name].key, "title") if name in study.trains else ("shows",)
            raise AtlasError(f"{document.where(key)}: `{name}` has the title of `{owners[title]}`, “{title}”; a reader "
                             "could not tell them apart: give one another title")  # fmt: skip


def best(group: str) -> str:
    """How a pair names the member of `group` with the highest validation accuracy."""
    return f"best({group})"
