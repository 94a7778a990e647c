"""From config/interpretation.yaml to tasks: which method is applied to which images and which network.

Everything is checked here, before the DAG exists; an AtlasError names file, line, key, value and fix. No torch.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cnnatlas.configuration import schemas, signatures, strict_yaml
from cnnatlas.configuration.run import Changed, Merged, merge, ordered, read
from cnnatlas.configuration.strict_yaml import Document, KeyPath
from cnnatlas.configuration.studies import Atlas
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.declarations import DISPLAYS, METHODS, SIGNS, Method

FILE = "config/interpretation.yaml"
ROOM = Path(__file__).parents[1] / "interpretation"
DECLARATIONS = "scripts/cnnatlas/interpretation/declarations.py"
ROLE = "pretrained"  # the key for the network that the run's configuration names


@dataclass(frozen=True)
class Task:
    """One method on one network, for one chapter: which images of which data set, which classes, which options.

    `second` names another network that the method's images are shown to, or is None. `key` is its place in FILE.
    """

    key: KeyPath
    chapter: str
    network: str
    method: str
    dataset: str
    images: dict
    targets: dict | str
    options: dict
    second: str | None


@dataclass(frozen=True)
class Shown:
    """The methods by which a network is shown photographs, with the options of each; `key` is its place in FILE."""

    key: KeyPath
    methods: dict[str, dict]


@dataclass(frozen=True)
class Interpretations:
    """All tasks of a run, by (network, method).

    `reliability`: by variant, the attribution methods that are tested, with their options, and on how many images.
    `photographs`: by network, how the user's photographs are shown to it, whether or not the run has any.
    `document` is FILE with the run's changes.
    """

    tasks: dict[tuple[str, str], Task]
    reliability: dict[str, dict]
    photographs: dict[str, Shown]
    pretrained: dict
    document: Document


def options(method: str) -> tuple[str, ...]:
    """The options of a method, sorted: the keyword-only arguments of the function that its file is named after.

    Empty too where there is no such method; `methods` knows which exist.
    """
    return tuple(sorted(described(method)["properties"]))


@cache
def described(method: str) -> dict:
    """The schema of a method's options."""
    found = _function(ROOM / "methods" / f"{method}.py")
    return signatures.schema(found) if found else {"properties": {}}


def _check_options(document: Document, at: KeyPath, method: str, chosen: dict) -> None:
    for option in chosen:
        _known(option, list(options(method)), document.where((*at, option)))
    schemas.check(document, described(method), chosen, at)


@cache
def methods() -> list[str]:
    """The names of all methods, sorted: files that define a function of their own name, each with its declaration.

    Raises AtlasError where a file has no declaration, or a declaration no file.
    """
    found = sorted(path.stem for path in (ROOM / "methods").glob("[!.]*.py") if _function(path))
    for name in sorted({*found, *METHODS}):
        if name not in METHODS:
            raise AtlasError(f"{DECLARATIONS}: `{name}`, a file of methods/, has no row; add one to METHODS")
        if name not in found:
            raise AtlasError(f"{DECLARATIONS}: `{name}` has no file methods/{name}.py with a function of that name")
        _check(name, METHODS[name])
    return found


def _function(path: Path) -> ast.FunctionDef | None:
    """The function that a file is named after."""
    body = ast.parse(path.read_bytes()).body if path.exists() else []
    return next((node for node in body if isinstance(node, ast.FunctionDef) and node.name == path.stem), None)


def _check(name: str, method: Method) -> None:
    rooms = ({path.stem for path in (ROOM / room).glob("[a-z]*.py")} for room in ("sentences", "figures"))
    _known(method.kind, sorted(set.intersection(*rooms)), f"{DECLARATIONS}: kind of `{name}`")
    if method.kind == "attribution":
        _known(method.sign, list(SIGNS), f"{DECLARATIONS}: sign of `{name}`")
        _known(method.display, list(DISPLAYS), f"{DECLARATIONS}: display of `{name}`")
        if method.legend is None or len(method.legend) != 3:
            raise AtlasError(f"{DECLARATIONS}: `{name}` needs a legend: low end, high end and unit of its colours")


def load(root: Path | str, config: dict, atlas: Atlas) -> Interpretations:
    """Read and check the tasks; those that concern variants which this run does not train are left out."""
    run, role = atlas.levels.overlay.run, config[ROLE]
    document = _changed(strict_yaml.load(Path(root) / FILE, FILE), run)
    content = document.content
    _check_role(run, role, atlas)
    chapters = _chapters(Path(root))
    for chapter in content["chapters"]:
        _known(chapter, chapters, document.where(("chapters", chapter)))
    tasks = _tasks(document, content["chapters"], role, atlas)
    reliability = {name: _tested(document, name, entry, atlas) for name, entry in content["reliability"].items()}
    present = {*atlas.specs, *atlas.pretrained}
    return Interpretations(
        {key: task for key, task in tasks.items() if {task.network, task.second} <= {*present, None}},
        {name: entry for name, entry in reliability.items() if name in present},
        {name: shown for name, shown in _photographs(document, role, atlas).items() if name in present},
        role,
        document,
    )


def _check_role(run: Merged, role: dict, atlas: Atlas) -> None:
    """What the role's networks are must exist, and the second must tell the classes of the first."""
    named = [key for key in ("network", "second") if role[key] is not None]
    where = {key: f"{run.where((ROLE, key))}: `{ROLE}.{key}`" for key in (*named, "dataset")}
    for key in named:
        _known(role[key], sorted({*atlas.members, *atlas.pretrained}), where[key])
    _known(role["dataset"], sorted(atlas.datasets), where["dataset"])
    classes = {key: atlas.specs[role[key]]["dataset"] if role[key] in atlas.specs else "ImageNet" for key in named}
    if len(set(classes.values())) > 1 and {role[key] for key in named} <= {*atlas.specs, *atlas.pretrained}:
        raise AtlasError(f"{where['second']}: `{role['second']}` tells the classes of {classes['second']} apart, and "
                         f"`{role['network']}` those of {classes['network']}; name another, or null")  # fmt: skip


def _chapters(root: Path) -> list[str]:
    """The chapters of the report that show interpretations."""
    document = read(root, root / "config" / "report.yaml")
    schemas.validate(document, "report")
    return [name for name, reads in document.content["chapters"].items() if "interpretations" in reads]


def _tasks(document: Document, chapters: dict, role: dict, atlas: Atlas) -> dict[tuple[str, str], Task]:
    """All tasks by network and method, in the order of the file."""
    tasks: dict[tuple[str, str], Task] = {}
    for chapter, networks in chapters.items():
        for key, entry in _entries(chapter, networks):
            task = _task(document, key, role, entry, atlas)
            if (task.network, task.method) in tasks:
                raise AtlasError(f"{document.where(key)}: `{task.method}` of `{task.network}` is listed twice; "
                                 f"remove one, or name another network in config's `{ROLE}`")  # fmt: skip
            tasks[task.network, task.method] = task
    return tasks


def _entries(chapter: str, networks: dict) -> Iterator[tuple[KeyPath, dict]]:
    for name, methods in networks.items():
        for method, entry in methods.items():
            yield ("chapters", chapter, name, method), entry


def _changed(file: Document, run: Merged) -> Changed:
    """The file with a run's changes: other images and options, but no other networks and methods."""
    schemas.validate(file, "interpretation")
    changes = run.content["interpretation"]
    _known_keys(run, changes, file.content, ("interpretation",), 4)
    document = Changed(file.path, merge(file.content, changes), file=file, run=run, name="interpretation")
    schemas.validate(document, "interpretation")
    return document


def _known_keys(run: Merged, changes: dict, content: dict, path: KeyPath, depth: int) -> None:
    for key, change in changes.items():
        _known(key, sorted(content), f"{run.where((*path, key))}: in `{strict_yaml.dotted(path)}`")
        if isinstance(change, dict) and isinstance(content[key], dict) and depth > 1:
            _known_keys(run, change, content[key], (*path, key), depth - 1)


def _task(document: Document, key: KeyPath, role: dict, entry: dict, atlas: Atlas) -> Task:
    _, chapter, name, method = key
    network = role["network"] if name == ROLE else name
    _known(network, sorted({*atlas.members, *atlas.pretrained}), document.where(key[:-1]))
    _known(method, methods(), document.where(key))
    _check_options(document, (*key, "options"), method, entry.get("options", {}))
    own = atlas.specs[network]["dataset"] if network in atlas.specs else role["dataset"]
    dataset = entry.get("dataset", own)
    _known(dataset, sorted(atlas.datasets), document.where((*key, "dataset")))
    if "extremes" in entry["images"] and (network not in atlas.members or dataset != own):
        where = document.where((*key, "images"))
        raise AtlasError(f"{where}: `extremes` are known of a variant on its own data set only; write `sample`")
    return Task(
        key=key,
        chapter=chapter,
        network=network,
        method=method,
        dataset=dataset,
        images=entry["images"],
        targets=entry.get("targets", "predicted"),
        options={name: entry["options"][name] for name in sorted(entry.get("options", {}))},
        second=_second(document, key, role, entry, atlas),
    )


def _second(document: Document, key: KeyPath, role: dict, entry: dict, atlas: Atlas) -> str | None:
    """The second network of a task: its entry's, or the role's where the first is the role's too."""
    *_, name, method = key
    if "second" not in entry:
        return role["second"] if METHODS[method].second and name == ROLE else None
    second, where = entry["second"], document.where((*key, "second"))
    if not METHODS[method].second:
        raise AtlasError(f"{where}: `{method}` shows its images to no second network; remove `second`")
    _known(second, sorted(atlas.members), where)
    specs = [atlas.specs[each] for each in (name, second) if each in atlas.specs]
    if name not in atlas.members or len({spec["dataset"] for spec in specs}) > 1:
        raise AtlasError(f"{where}: `{second}` has other classes than `{name}`; name a variant of the same data set")
    if len({spec["resolution"] for spec in specs}) > 1:
        raise AtlasError(
            f"{where}: `{second}` sees images of another `resolution` than `{name}`; name one that does not"
        )
    return second


def _tested(document: Document, name: str, entry: dict, atlas: Atlas) -> dict:
    """The methods of a variant whose reliability is tested, checked: only attributions can be."""
    _known(name, sorted(atlas.members), document.where(("reliability", name)))
    attributions = [method for method in methods() if METHODS[method].kind == "attribution"]
    for method, chosen in entry["methods"].items():
        _known(method, attributions, document.where(("reliability", name, "methods", method)))
        _check_options(document, ("reliability", name, "methods", method), method, chosen)
    return entry


def _photographs(document: Document, role: dict, atlas: Atlas) -> dict[str, Shown]:
    """By network, how photographs are shown to it. Of the role's network the entry by its own name counts, if any."""
    entries, found = document.content["photographs"], {}
    for name, chosen in entries.items():
        network, key = role["network"] if name == ROLE else name, ("photographs", name)
        _known(network, sorted({*atlas.members, *atlas.pretrained}), document.where(key))
        for method, given in chosen.items():
            where = document.where((*key, method))
            _known(method, [each for each in methods() if METHODS[each].kind in ("attribution", "response")], where)
            _check_options(document, (*key, method), method, given)
            if METHODS[method].kind == "response" and given:
                raise AtlasError(f"{where}: photographs are shown at one scale; `{method}` takes no options here")
        if name == network or network not in entries:
            found[network] = Shown(key, ordered(chosen))
    return found


def _known(name: str | None, known: list[str], where: str) -> None:
    if name not in known:
        raise AtlasError(f"{where}: `{name}` is unknown{schemas.suggestion(name, known)}")
