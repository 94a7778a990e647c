"""What a chapter of the report may read: the vocabulary of config/report.yaml.

A reading is a function of the plan, the chapter, and the names that the entry is limited to; most take none.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from cnnatlas.architectures import registry
from cnnatlas.configuration.run import ordered
from cnnatlas.configuration.studies import Atlas, Study
from cnnatlas.evaluation.contrasts import CONTRASTS, cells_of
from cnnatlas.wording import literal
from cnnatlas.workflow.plan.interpretation import InterpretationPlan
from cnnatlas.workflow.plan.paths import Paths
from cnnatlas.workflow.plan.photographs import PhotographPlan

YEAR = re.compile(r"\((\d{4})\)")  # of a citation
# What the source of a network does not say: the layers that several have in common, and how all of them are trained
SHARED = ("scripts/cnnatlas/architectures/layers.py", "scripts/cnnatlas/training/loop.py")


@dataclass(frozen=True)
class Context:
    """What readings choose from: the run, and the studies that no chapter names.

    `config` is the run's configuration, `items` are those of config/items.yaml. `placed` turns a path of this run into
    the one that a job sees: it knows Snakemake's modules.
    """

    paths: Paths
    config: Mapping
    interpretation: InterpretationPlan
    items: Sequence[Mapping]
    placed: Callable[[str], str]
    photographs: PhotographPlan
    further: Sequence[Study] = ()


@dataclass(frozen=True)
class Reading:
    """Files that a chapter reads, and facts for its notebook, in which titles are Markdown."""

    files: Sequence[str] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


def studies(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The studies of an assignment or of these names; without any, those that no other chapter reads.

    The chapter shows the source of their networks, and of the loop that trains them. Also the defaults that their
    variants keep.
    """
    atlas = plan.paths.atlas
    known = atlas.studies.values()
    found = [s for s in known if {s.name, s.assignment} & set(names)] if names else plan.further
    return Reading(
        [file for study in found for file in study_files(plan.paths, study)],
        {
            "defaults": ordered(
                _kept(atlas.levels.defaults.content, [atlas.specs[v] for s in found for v in s.variants])
            ),
            "sources": _sources(atlas, found),
            "studies": {study.name: study_facts(plan.paths, study) for study in found},
        },
    )


def bases(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """Of the networks whose convolutions an assignment's variants take over: title and, of a variant, data set's."""
    atlas = plan.paths.atlas
    variants = {v for study in atlas.studies.values() if study.assignment in names for v in study.variants}
    found = _titles(atlas, *sorted({atlas.specs[v]["base"] for v in variants if atlas.specs[v]["base"]}))
    trained = {name: atlas.datasets[atlas.specs[name]["dataset"]]["title"] for name in found if name in atlas.specs}
    data = {name: literal(title) for name, title in trained.items()}
    return Reading(facts={"bases": {name: {"title": found[name], "dataset": data.get(name)} for name in found}})


def trainings(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The record of every training of the run, and the seeds of its variants."""
    atlas = plan.paths.atlas
    return Reading(
        plan.paths.trained(atlas.specs, "models/{variant}/seed{seed}/training.json"),
        {"trainings": {v: atlas.seeds(v) for v in atlas.specs}},
    )


def titles(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The titles of all variants of the run."""
    return Reading(facts={"titles": {v: literal(plan.paths.atlas.titles[v]) for v in plan.paths.atlas.specs}})


def datasets(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The records of the prepared data sets, which say where these come from, with titles and years of publication."""
    known = plan.paths.atlas.datasets
    files = [plan.paths.prepared(name)["dataset"] for name in sorted(known)]
    years = {name: YEAR.search(entry.get("citation") or "") for name, entry in sorted(known.items())}
    return Reading(
        files,
        {
            "datasets": [plan.placed(file) for file in files],
            "data_titles": {name: literal(entry["title"]) for name, entry in sorted(known.items())},
            "years": {name: year[1] for name, year in years.items() if year},
        },
    )


def splits(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """Records, labels and splits of some data sets, and their titles."""
    files = [plan.paths.prepared(name)[kind] for name in names for kind in ("dataset", "labels", "split")]
    titles = {name: literal(plan.paths.atlas.datasets[name]["title"]) for name in names}
    return Reading(files, {"resources": plan.placed(f"resources/{plan.paths.collection}"), "data_titles": titles})


def audits(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The audits of all data sets."""
    known = plan.paths.atlas.datasets
    shown = ("audit.json", "pairs.csv", "label_errors.csv", "samples.png", "duplicates.png", "similarity.svg")
    files = [f"audit/{name}/{file}" for name in sorted(known) for file in (*shown, "label_errors.png")]
    facts = ("citation", "homepage", "licence", "problems")
    seen = {entry.get(key) for entry in known.values() for key in ("network", "features")} & set(plan.paths.atlas.specs)
    first = {network: plan.paths.atlas.seeds(network)[0] for network in sorted(seen)}
    files += [f"evaluation/{network}/seed{seed}/metrics.json" for network, seed in first.items()]
    return Reading(
        [plan.paths.result(file) for file in files],
        {
            "audits": {
                name: {key: known[name].get(key) for key in facts}
                | {"title": literal(known[name]["title"]), "drawn": name in drawn(plan.paths)}
                | {"networks": _titles(plan.paths.atlas, known[name].get("network"), known[name].get("features"))}
                for name in sorted(known)
            }
        },
    )


def _titles(atlas: Atlas, *networks: str | None) -> dict[str, str]:
    """The titles of variants and of published networks."""
    found = {name: atlas.titles.get(name) or atlas.pretrained[name]["title"] for name in networks if name}
    return {name: literal(title) for name, title in found.items()}


def mytorch(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The results of MyTorch's tester, and the source of what it tests."""
    files = ("agreement.csv", "errors.json", "digits.json", "digits.svg")
    return Reading(
        [plan.paths.result(f"foundations/mytorch/{file}") for file in files],
        {"sources": ["scripts/cnnatlas/mytorch/convolution.py"]},
    )


def theory(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The computed answers to the theoretical questions and, where pictures are named, those and their arrays."""
    files = ["answers.json", *(["arrays.npz"] if names else []), *(f"{name}.svg" for name in names)]
    return Reading([plan.paths.result(f"foundations/theory/{file}") for file in files])


def interpretations(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The interpretation tasks that config/interpretation.yaml lists for the chapter."""
    return Reading(plan.interpretation.files(chapter), {"interpretations": plan.interpretation.facts(chapter)})


def reliability(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """How reliable attribution methods were found to be."""
    return Reading(plan.interpretation.reliability_files(), {"reliability": plan.interpretation.reliability_facts()})


def packages(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The file that pins the versions of all packages."""
    return Reading(facts={"sources": ["requirements.lock"]})


def pretrained(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """Which network the run's configuration names as the pretrained one."""
    return Reading(facts={"pretrained": plan.config["pretrained"]["network"]})


def photographs(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """What networks answer to the user's own photographs; the chapter is left out where there are none."""
    resources = plan.placed(f"resources/{plan.paths.collection}")
    return Reading(
        plan.photographs.files(), {**plan.photographs.facts(), "drawn": drawn(plan.paths), "resources": resources}
    )


def items(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """The items of all assignments, the comparisons of all studies, and how this run differs from what items ask."""
    atlas = plan.paths.atlas
    answering = [study for study in atlas.studies.values() if study.items]
    published = {role: plan.config["pretrained"][role] in atlas.pretrained for role in ("network", "second")}
    return Reading(
        [plan.paths.result(f"studies/{name}/comparison.json") for name in atlas.studies],
        {
            "all_studies": sorted(atlas.studies),
            "answering": {study.name: differences(atlas, study) for study in answering},
            "drawn": drawn(plan.paths),
            "fewer": sorted(name for name, changes in plan.config["datasets"].items() if "per_class" in changes),
            "items": [ordered(item) for item in plan.items],
            "published": published,
        },
    )


def evidence(plan: Context, chapter: str, names: Sequence[str]) -> Reading:
    """What the answers to all items are computed from, beside comparisons and trainings."""
    atlas = plan.paths.atlas
    inspected = sorted({v for study in atlas.studies.values() for v in study.inspect})
    folders = [f"evaluation/{v}/seed{atlas.seeds(v)[0]}" for v in inspected]
    files = [f"{folder}/{file}" for folder in folders for file in ("extremes.csv", "similarity.json")]
    files += [f"models/{v}/seed{atlas.seeds(v)[0]}/architecture.json" for v in inspected]
    files += [f"audit/{name}/audit.json" for name in sorted(atlas.datasets)]
    files += [f"foundations/{name}" for name in ("mytorch/agreement.csv", "mytorch/digits.json", "theory/answers.json")]
    facts = {"networks": plan.interpretation.titles()}
    return Reading([*map(plan.paths.result, files), *plan.interpretation.summaries()], facts)


READINGS: dict[str, Callable[[Context, str, Sequence[str]], Reading]] = {
    reading.__name__: reading
    for reading in (
        *(audits, bases, datasets, evidence, interpretations, items, mytorch),
        *(packages, photographs, pretrained, reliability, splits, studies, theory, titles, trainings),
    )
}


def study_files(paths: Paths, study: Study) -> list[str]:
    """The results that the report shows of a study."""
    files = [f"studies/{study.name}/comparison.{suffix}" for suffix in ("csv", "json")]
    files += [f"studies/{study.name}/{figure}.svg" for figure in ("accuracy", "curves")]
    files += [f"studies/{study.name}/gains/{a}/{b}.svg" for a, b in _gains(study)]
    files += [f"studies/{study.name}/groups/{group}.svg" for group in study.groups]
    files += [f"studies/{study.name}/factorial.svg"] if study.factorial else []
    for v in study.variants:
        first = f"seed{paths.atlas.seeds(v)[0]}"
        files += [f"models/{v}/{first}/{file}" for file in ("training.json", "architecture.json")]
        files.append(f"evaluation/{v}/{first}/metrics.json")
    for v in study.inspect:
        first = f"seed{paths.atlas.seeds(v)[0]}"
        shown = ("extremes.csv", "similarity.json", "confusion.svg", "counts.svg", "right.png", "wrong.png")
        files += [f"evaluation/{v}/{first}/{file}" for file in shown]
        files.append(f"evaluation/{v}/curves.svg")
    return [paths.result(file) for file in files]


def _kept(defaults: Mapping, specs: Sequence[Mapping]) -> dict:
    """The defaults that some of the specs keep: others are in no table, and their chapter does not depend on them."""
    found = {}
    for key, value in defaults.items():
        given = [spec[key] for spec in specs if key in spec]
        if isinstance(value, Mapping):
            found[key] = _kept(value, [part for part in given if isinstance(part, Mapping)])
        elif value in given:
            found[key] = value
    return found


def drawn(paths: Paths) -> list[str]:
    """The data sets that the workflow draws in this run."""
    entries = paths.atlas.datasets.items() if paths.collection == "embedded" else ()
    return sorted(name for name, entry in entries if "folder" not in entry)


def differences(atlas: Atlas, study: Study) -> dict:
    """How a study of this run differs from what its file asks: {bases: [[asked, taken]], data, items, reduced: keys}.

    It says what is less, not by how much, which the chapters do.
    """
    pairs = [(atlas.asked[v], atlas.specs[v]) for v in study.variants]
    data = sorted({atlas.specs[v]["dataset"] for v in study.variants})
    reduced = {key for key in ("epochs", "resolution", "train_images") if any(_less(*p, key) for p in pairs)}
    return {
        "bases": [list(p) for p in sorted({(a["base"], s["base"]) for a, s in pairs if a["base"] != s["base"]})],
        "data": data,
        "items": list(study.items),
        "reduced": sorted(reduced),
    }


def _less(asked: Mapping, spec: Mapping, key: str) -> bool:
    """Whether a run takes less of `key` than was asked, where None stands for all there is."""
    return spec[key] is not None and (asked[key] is None or spec[key] < asked[key])


def study_facts(paths: Paths, study: Study) -> dict:
    """What a chapter says of a study that its results do not hold.

    `inspect` and `gains` are the variants and pairs whose figures belong to this study: where several studies inspect
    the same, to the one that trains it, since a figure has one label in the report. `elsewhere` are the pairs that
    another study contrasts too.
    """
    atlas = paths.atlas
    every = atlas.studies.values()
    elsewhere = {pair for other in every if other is not study for pair in _contrasts(other)}
    return {
        "elsewhere": sorted(sorted(pair) for pair in elsewhere & _contrasts(study)),
        "gains": [list(p) for p in _gains(study) if _owner(p[1], (s for s in every if p in _gains(s))) is study],
        "groups": {name: _group_facts(paths, members) for name, members in study.groups.items()},
        "inspect": [v for v in study.inspect if _owner(v, (s for s in every if v in s.inspect)) is study],
        "question": study.question,
        "seeds": {v: atlas.seeds(v) for v in sorted(study.variants)},
        "title": literal(study.title),
        "variants": {v: literal(atlas.titles[v]) for v in sorted(study.variants)},
    }


def _sources(atlas: Atlas, found: Iterable[Study]) -> list[str]:
    """The files that define the networks of some studies, relative to the project, and those that all share."""
    named = {file for study in found for v in study.variants for file in registry.files(atlas.specs[v]["architecture"])}
    return [*sorted(named), *SHARED]


def _contrasts(study: Study) -> set[frozenset[str]]:
    """The pairs of variants that a study compares, or contrasts as a simple effect of its factorial."""
    cells = (study.factorial or {}).get("cells", {})
    simple = [own for own in map(cells_of, CONTRASTS) if cells and len(own) == 2]
    return {frozenset(pair) for pair in study.compare} | {frozenset(cells[cell] for cell in own) for own in simple}


def _gains(study: Study) -> list[tuple[str, str]]:
    """The pairs whose gains by class are shown: those of inspected variants."""
    return [pair for pair in study.compare if set(pair) <= set(study.inspect)]


def _owner(variant: str, candidates: Iterable[Study]) -> Study:
    """Of the studies that could show a figure, the one that trains its variant, or else the first by name."""
    return min(candidates, key=lambda study: (variant not in study.trains, study.name))


def _group_facts(paths: Paths, members: Sequence[str]) -> dict:
    """What a chapter says of a sweep or search: its kind and title, and the label and values of each member."""
    known = {v: paths.atlas.members[v] for v in members}
    first = known[members[0]]
    return {
        "kind": first.kind,
        "members": {v: {"label": literal(member.label), "values": member.values} for v, member in known.items()},
        "title": literal(first.heading),
    }
