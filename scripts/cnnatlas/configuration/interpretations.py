"""From config/interpretation.yaml to jobs: which method looks at which images in which network.

Everything is checked here, before the DAG exists; an AtlasError names file, line, key, value and fix. No torch.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cnnatlas.configuration import schemas, strict_yaml
from cnnatlas.configuration.run import merge
from cnnatlas.configuration.strict_yaml import Document, KeyPath
from cnnatlas.configuration.studies import Atlas
from cnnatlas.errors import AtlasError

FILE = "config/interpretation.yaml"
FOLDER = Path(__file__).parents[1] / "interpretation" / "methods"
ROLE = "pretrained"  # stands for the network that the run's configuration names


@dataclass(frozen=True)
class Look:
    """One method on one network, for one chapter: which images of which data set, which classes, which options.

    `second` names another network that the method's images are shown to, or is None.
    """

    chapter: str
    network: str
    method: str
    dataset: str
    images: dict
    targets: dict | str
    options: dict
    second: str | None


@dataclass(frozen=True)
class Interpretations:
    """All looks of a run, by (network, method); and by variant, the methods audited and on how many images."""

    looks: dict[tuple[str, str], Look]
    audit: dict[str, dict]
    pretrained: dict


@cache
def options(method: str) -> tuple[str, ...]:
    """The options of a method, sorted: the keyword-only arguments of the function that its file is named after.

    Empty too where there is no such method; `methods` knows which exist.
    """
    path = FOLDER / f"{method}.py"
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == method]
    return tuple(sorted(argument.arg for node in found for argument in node.args.kwonlyargs))


@cache
def methods() -> list[str]:
    """The names of all methods, sorted: files that define a function of their own name."""
    names = (path.stem for path in FOLDER.glob("*.py"))
    return sorted(name for name in names if f"def {name}(" in (FOLDER / f"{name}.py").read_text(encoding="utf-8"))


def load(root: Path | str, config: dict, atlas: Atlas) -> Interpretations:
    """Read and check what is to be looked at; what concerns variants that this run does not train is left out."""
    document = strict_yaml.load(Path(root) / FILE, FILE)
    schemas.validate(document, "interpretation")
    content = _changed(document, config["interpretation"])
    role = config[ROLE]
    for key in ("network", "second"):
        if role[key] is not None:
            _known(role[key], sorted({*atlas.members, *atlas.pretrained}), f"`{ROLE}.{key}`")
    looks = _looks(document, content["chapters"], role, atlas)
    audit = {name: _audited(document, name, entry, atlas) for name, entry in content["audit"].items()}
    present = {*atlas.specs, *atlas.pretrained}
    return Interpretations(
        {key: look for key, look in looks.items() if {look.network, look.second} <= {*present, None}},
        {name: entry for name, entry in audit.items() if name in present},
        role,
    )


def _looks(document: Document, chapters: dict, role: dict, atlas: Atlas) -> dict[tuple[str, str], Look]:
    """All looks by network and method, in the order of the file."""
    looks: dict[tuple[str, str], Look] = {}
    for chapter, networks in chapters.items():
        for place, entry in _entries(chapter, networks):
            look = _look(document, place, role, entry, atlas)
            if (look.network, look.method) in looks:
                raise AtlasError(f"{document.where(place)}: `{look.method}` of `{look.network}` stands here twice; "
                                 f"remove one, or name another network in config's `{ROLE}`")  # fmt: skip
            looks[look.network, look.method] = look
    return looks


def _entries(chapter: str, networks: dict) -> Iterator[tuple[KeyPath, dict]]:
    for name, methods in networks.items():
        for method, entry in methods.items():
            yield ("chapters", chapter, name, method), entry


def _changed(document: Document, changes: dict) -> dict:
    """The file's content with a run's changes: other images and options, but no other networks and methods."""
    _known_keys(changes, document.content, (), 4)
    merged = merge(document.content, changes)
    schemas.validate(document, "interpretation", merged)
    return merged


def _known_keys(changes: dict, content: dict, place: KeyPath, depth: int) -> None:
    for key, change in changes.items():
        _known(key, sorted(content), f"`{strict_yaml.dotted(('interpretation', *place))}` of the run's configuration")
        if isinstance(change, dict) and isinstance(content[key], dict) and depth > 1:
            _known_keys(change, content[key], (*place, key), depth - 1)


def _look(document: Document, place: KeyPath, role: dict, entry: dict, atlas: Atlas) -> Look:
    _, chapter, name, method = place
    network = role["network"] if name == ROLE else name
    _known(network, sorted({*atlas.members, *atlas.pretrained}), document.where(place[:-1]))
    _known(method, methods(), document.where(place))
    for key in entry.get("options", {}):
        _known(key, list(options(method)), document.where((*place, "options", key)))
    own = atlas.specs[network]["dataset"] if network in atlas.specs else role["dataset"]
    dataset = entry.get("dataset", own)
    _known(dataset, sorted(atlas.datasets), document.where((*place, "dataset")))
    if "extremes" in entry["images"] and (network not in atlas.members or dataset != own):
        where = document.where((*place, "images"))
        raise AtlasError(f"{where}: `extremes` are known of a variant on its own data set only; write `sample`")
    return Look(
        chapter=chapter,
        network=network,
        method=method,
        dataset=dataset,
        images=entry["images"],
        targets=entry.get("targets", "predicted"),
        options={key: entry["options"][key] for key in sorted(entry.get("options", {}))},
        second=role["second"] if method == "fooling" else None,
    )


def _audited(document: Document, name: str, entry: dict, atlas: Atlas) -> dict:
    _known(name, sorted(atlas.members), document.where(("audit", name)))
    for method, chosen in entry["methods"].items():
        _known(method, methods(), document.where(("audit", name, "methods", method)))
        for key in chosen:
            _known(key, list(options(method)), document.where(("audit", name, "methods", method, key)))
    return entry


def _known(name: str, known: list[str], where: str) -> None:
    if name not in known:
        raise AtlasError(f"{where}: `{name}` is unknown{schemas.suggestion(name, known)}")
