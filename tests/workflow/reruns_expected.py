"""What reads what: a model of the workflow, thought out apart from its rules, from which tests compose expectations.

Names (variants, studies, interpretation tasks) are read from the configuration; what depends on what is stated here. A
job is (rule, name), where the name is that of its log: its wildcards without run, collection and seed.
"""

from collections import Counter
from dataclasses import dataclass
from math import prod

import yaml

from project import ROOT, TINY

Job = tuple[str, str]

CHAPTERS = ("findings", "introduction", "data", "mytorch", "a", "theory_b", "b", "theory_c", "c", "d", "e")
CHAPTERS += ("reliability",)
PICTURES = ("dilation", "inception", "max_pooling", "pyramid", "receptive_fields", "residual", "template_matching")
OF_CHAPTER_C = ("cats_dogs", "cifar10")  # the data sets whose composition it tells
ATTRIBUTIONS = (
    *("cam", "grad_cam", "gradient", "guided_backpropagation"),
    *("integrated_gradients", "occlusion", "smooth_grad"),
)
LOCATED = (*ATTRIBUTIONS, "response")  # the methods whose sentences use the objects' pixels


@dataclass(frozen=True)
class Study:
    """What a study is to its jobs: chapter, items, and the variants that it shows, inspects, compares, groups."""

    chapter: str
    variants: tuple[str, ...]
    inspect: tuple[str, ...]
    gains: tuple[str, ...]
    groups: dict[str, tuple[str, ...]]
    factorial: bool
    items: tuple[str, ...]

    @property
    def alone(self) -> tuple[str, ...]:
        """The variants whose curves the study overlays: those of no sweep or search, else all."""
        grouped = {name for members in self.groups.values() for name in members}
        return tuple(v for v in self.variants if v not in grouped) or self.variants


@dataclass(frozen=True)
class Task:
    """One method on one network: for which chapter, on which data set, whether on images that evaluation chose."""

    chapter: str
    dataset: str
    extremes: bool
    second: str | None
    figures: tuple[str, ...]


def _read(name: str) -> dict:
    return yaml.safe_load((ROOT / "config" / name).read_text())


def _merged(*levels: dict) -> dict:
    """Mappings merged, later ones winning; a variant's own architecture starts anew where it is another."""
    found: dict = {}
    for level in levels:
        for key, value in level.items():
            old = found.get(key)
            other = key == "architecture" and value.get("name", (old or {}).get("name")) != (old or {}).get("name")
            both = isinstance(old, dict) and isinstance(value, dict) and not other
            found[key] = {**old, **value} if both else value
    return found


def _members(key: str, entry: dict) -> tuple[str, ...]:
    if "sweep" in entry:
        return tuple(f"{key}_{value}" for value in entry["sweep"]["values"])
    if "search" not in entry:
        return ()
    trials = entry["search"].get("trials") or prod(map(len, entry["search"]["over"].values()))  # random, or a grid
    return tuple(f"{key}_{i + 1}" for i in range(trials))


def _stated(content: dict, entry: dict) -> tuple[dict, ...]:
    """What a study states of a variant: below its entry, those of the variant of this study that it is like."""
    liked = _stated(content, content["variants"][entry["like"]]) if "like" in entry else ()
    return (*liked, entry)


def _studies() -> tuple[dict[str, Study], dict[str, dict]]:
    """The studies, and each variant's merged content."""
    studies, specs = {}, {}
    for path in sorted((ROOT / "config" / "studies").glob("*.yaml")):
        content, overlay = _read(f"studies/{path.name}"), TINY["overlay"]["studies"].get(path.stem, {})
        levels = _read("defaults.yaml"), content.get("common", {})
        groups = {key: members for key, entry in content["variants"].items() if (members := _members(key, entry))}
        trains = {v: entry for key, entry in content["variants"].items() for v in groups.get(key, [key])}
        specs |= {v: _merged(*levels, *_stated(content, entry), overlay) for v, entry in trains.items()}
        inspect, pairs = tuple(content.get("inspect", ())), content.get("compare", ())
        studies[path.stem] = Study(
            chapter=content["assignment"].lower(),
            variants=(*trains, *content.get("shows", ())),
            inspect=inspect,
            gains=tuple(f"{path.stem}/{a}/{b}" for a, b in pairs if {a, b} <= set(inspect)),
            groups=groups,
            factorial="factorial" in content,
            items=tuple(content.get("items", ())),
        )
    return studies, specs


def _tasks() -> dict[Job, Task]:
    tasks, role = {}, TINY["pretrained"]
    second = {("pretrained", "fooling"): role["second"]}
    for chapter, networks in _read("interpretation.yaml")["chapters"].items():
        for named, entries in networks.items():
            network = role["network"] if named == "pretrained" else named
            for method, entry in entries.items():
                tasks[network, method] = Task(
                    chapter=chapter,
                    dataset=entry.get("dataset", SPECS[network]["dataset"]),
                    extremes="extremes" in entry["images"],
                    second=entry.get("second", second.get((named, method))),
                    figures=_figures(method, entry),
                )
    return tasks


def _figures(method: str, entry: dict) -> tuple[str, ...]:
    if method in ATTRIBUTIONS:
        return ("right.png", "wrong.png") if "extremes" in entry["images"] else ("all.png",)
    if method in ("feature_maps", "filters"):
        layers = tuple(f"layer{i + 1}.png" for i in range(len(entry.get("options", {}).get("layers", "123"))))
        return layers + (("gabor.svg",) if method == "filters" else ())
    return (f"{method}.png",)


STUDIES, SPECS = _studies()
VARIANTS = tuple(SPECS)
INSPECTED = tuple(dict.fromkeys(v for study in STUDIES.values() for v in study.inspect))
TASKS = _tasks()
TESTED = {network: tuple(entry["methods"]) for network, entry in _read("interpretation.yaml")["reliability"].items()}
DATASETS = _read("datasets.yaml")
# The network whose features judge a data set's labels
JUDGES = {
    dataset: TINY["pretrained"]["network"] if entry["features"] == "pretrained" else entry["features"]
    for dataset, entry in DATASETS.items()
}
FILES = {entry["file"]: dataset for dataset, entry in DATASETS.items()}


def jobs(**rules) -> Counter:
    """Jobs, one keyword per rule: a name or several names, or "" for a rule without a name of its own."""
    return Counter(
        (rule, name) for rule, names in rules.items() for name in ([names] if isinstance(names, str) else names)
    )


def after(*changed: Counter) -> Counter:
    """The given jobs and all that read, directly or not, what they make."""
    found: set[Job] = set()
    pending = [job for some in changed for job in some]
    while pending:
        job = pending.pop()
        if job not in found:
            found.add(job)
            pending.extend(READERS.get(job[0], lambda name: {})(job[1]))
    return Counter(found)


def everything() -> Counter:
    """All jobs of a run."""
    roots = jobs(draw=FILES, check_mytorch="", check_theory="")
    return after(roots)


def variants(**keys) -> tuple[str, ...]:
    """The variants whose keys have these values, as architecture="vgg" for the name of a part, dataset="stl10"."""
    named = {
        v: {k: s["name"] if isinstance(s, dict) and "name" in s else s for k, s in SPECS[v].items()} for v in SPECS
    }
    return tuple(v for v in SPECS if all(named[v][key] == value for key, value in keys.items()))


def tasks(method: str | None = None, *, network: str | None = None) -> tuple[str, ...]:
    """The names of interpretation tasks: all, those of a method, those of a network."""
    return tuple(f"{n}/{m}" for n, m in TASKS if method in (None, m) and network in (None, n))


def reliability_of(method: str) -> list[str]:
    """The networks whose tests of reliability include a method."""
    return [network for network, methods in TESTED.items() if method in methods]


def showing(variant: str) -> list[str]:
    """The studies that show a variant."""
    return [name for name, study in STUDIES.items() if variant in study.variants]


def figures_of(*methods: str) -> tuple[str, ...]:
    """The names of figures of these methods' tasks."""
    return tuple(f"{n}/{m}/{figure}" for (n, m), task in TASKS.items() if m in methods for figure in task.figures)


def _read_from_draw(file: str) -> Counter:
    dataset = FILES[file]
    return jobs(prepare=dataset, masks=_masked(dataset))


def _read_from_prepare(dataset: str) -> Counter:
    own = variants(dataset=dataset)
    inspected = [v for v in own if v in INSPECTED]
    return (
        jobs(split=dataset, masks=_masked(dataset), train=own, features=_judged_after(dataset))
        + jobs(audit=dataset, figure_samples=dataset, figure_duplicates=dataset, figure_label_errors=dataset)
        + jobs(figure_confusion=inspected, figure_gallery=inspected, execute=("findings", "introduction"))
        + _read_with_labels(dataset)
    )


def _read_from_split(dataset: str) -> Counter:
    return jobs(train=variants(dataset=dataset), audit=dataset) + _read_with_labels(dataset)


def _read_with_labels(dataset: str) -> Counter:
    own = variants(dataset=dataset)
    seen = [f"{n}/{m}" for (n, m), task in TASKS.items() if task.dataset == dataset]
    return jobs(
        evaluate=own,
        compare=[name for v in own for name in showing(v)],
        interpret=seen,
        reliability=[network for network in TESTED if network in own],
        execute="c" if dataset in OF_CHAPTER_C else (),
    )


def _read_from_masks(dataset: str) -> Counter:
    located = [f"{n}/{m}" for (n, m), task in TASKS.items() if m in LOCATED and task.dataset == dataset]
    seen = [network for network in TESTED if network in variants(dataset=dataset)]
    return jobs(summarise=located, reliability=seen)


def _read_from_train(variant: str) -> Counter:
    studies = showing(variant)
    begun = [v for v, spec in SPECS.items() if variant in (spec["base"], spec["start"])]
    groups = [f"{s}/{g}" for s in studies for g, members in STUDIES[s].groups.items() if variant in members]
    seen = [f"{n}/{m}" for (n, m), task in TASKS.items() if variant in (n, task.second)]
    return jobs(
        train=begun,
        evaluate=variant,
        figure_curves=[v for v in INSPECTED if v == variant],
        compare=studies,
        figure_overlay=[s for s in studies if variant in STUDIES[s].alone],
        figure_group=groups,
        features=[d for d in DATASETS if JUDGES[d] == variant],
        audit=[d for d in DATASETS if DATASETS[d]["network"] == variant],
        interpret=seen,
        reliability=[network for network in TESTED if network == variant],
        execute=[*(STUDIES[s].chapter for s in studies), "b", "findings", "introduction"],  # these read all trainings
        explorer="", list_results="",
    )  # fmt: skip


def _read_from_evaluate(variant: str) -> Counter:
    studies, inspected = showing(variant), [v for v in INSPECTED if v == variant]
    chosen = [f"{n}/{m}" for (n, m), task in TASKS.items() if n == variant and task.extremes]
    chapters = [STUDIES[s].chapter for s in studies]
    chapters += [task.chapter for (n, _), task in TASKS.items() if n == variant]  # which show the network's flags
    chapters += ["reliability"] if variant in TESTED else []
    chapters += ["findings"] if inspected or variant in {*TESTED, *(network for network, _ in TASKS)} else []
    return jobs(
        figure_confusion=inspected, figure_gallery=inspected, compare=studies, interpret=chosen, execute=chapters,
        list_results="",
    )  # fmt: skip


def _read_from_compare(study: str) -> Counter:
    factorial = [study] if STUDIES[study].factorial else []
    return jobs(
        figure_accuracy=study, figure_gains=STUDIES[study].gains, figure_factorial=factorial,
        execute=[STUDIES[study].chapter, *(["findings"] if STUDIES[study].items else [])],
        explorer="",
    )  # fmt: skip


def _read_from_interpret(name: str) -> Counter:
    network, method = name.split("/")
    figures = [f"{name}/{figure}" for figure in TASKS[network, method].figures]
    return jobs(figure_interpretation=figures, summarise=name)


def _read_from_summarise(name: str) -> Counter:
    network, method = name.split("/")
    fits = f"{name}/gabor.svg" if method == "filters" else ()
    return jobs(figure_interpretation=fits, execute=(TASKS[network, method].chapter, "findings"))


def _shown_with_variant(name: str) -> Counter:
    return jobs(execute=[study.chapter for study in STUDIES.values() if name in study.inspect])


def _shown_with_study(name: str) -> Counter:
    return jobs(execute=STUDIES[name.partition("/")[0]].chapter)


def _shown_with_task(name: str) -> Counter:
    network, method, _ = name.split("/")
    return jobs(execute=TASKS[network, method].chapter)


def _masked(dataset: str) -> list[str]:
    """The data set, where anything reads its masks: they are made for nothing else."""
    return [dataset] if _read_from_masks(dataset) else []


def _judged_after(dataset: str) -> list[str]:
    """The data sets whose features are computed from this one's images, or need what its classes are called."""
    return [d for d in DATASETS if dataset in (d, SPECS[JUDGES[d]]["dataset"])]


READERS = {
    "draw": _read_from_draw,
    "prepare": _read_from_prepare,
    "split": _read_from_split,
    "masks": _read_from_masks,
    "train": _read_from_train,
    "evaluate": _read_from_evaluate,
    "compare": _read_from_compare,
    "interpret": _read_from_interpret,
    "summarise": _read_from_summarise,
    "features": lambda dataset: jobs(audit=dataset),
    "audit": lambda dataset: jobs(figure_duplicates=dataset, figure_label_errors=dataset, execute=("data", "findings")),
    "reliability": lambda network: jobs(figure_reliability=network),
    "figure_reliability": lambda network: jobs(execute=("reliability", "findings")),
    "check_mytorch": lambda _: jobs(figure_digits="", execute=("mytorch", "findings")),
    "check_theory": lambda _: jobs(figure_theory=PICTURES, execute=("theory_b", "theory_c", "findings")),
    "figure_digits": lambda _: jobs(execute="mytorch"),
    "figure_theory": lambda _: jobs(execute="theory_c"),
    **dict.fromkeys(("figure_samples", "figure_duplicates", "figure_label_errors"), lambda _: jobs(execute="data")),
    **dict.fromkeys(("figure_curves", "figure_confusion", "figure_gallery"), _shown_with_variant),
    **dict.fromkeys(("figure_accuracy", "figure_gains", "figure_overlay", "figure_group"), _shown_with_study),
    "figure_factorial": _shown_with_study,
    "figure_interpretation": _shown_with_task,
    "execute": lambda chapter: jobs(publish="", chapter=chapter),
    "chapter": lambda _: jobs(labels="", pdf="", website=""),
    "labels": lambda _: jobs(pdf="", publish="", website=""),
    "explorer": lambda _: jobs(website=""),
}
