"""Which augmentations exist, and what each file of this folder declares.

An augmentation is a file with a function of its own name, `(batch, value) -> batch`, whose value a spec's
`augmentation` gives. Three literals come with it: STAGE, when it is applied; OFF, the value that switches it off;
SCHEMA, the JSON Schema of its values. The first line of its docstring is its meaning.

The module needs no torch, so that the configuration can be checked without it. There is no list here that a new
augmentation would have to change: a training depends on the files of the augmentations that it names.
"""

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from cnnatlas.errors import AtlasError

FOLDER = Path(__file__).parent
# The order of application; within a stage, by name. geometry: moves pixels, and may change the size of the images to
# `batch.side`; colour: changes the pixels of an image; mixing: mixes images and their targets, which are vectors then
STAGES = ("geometry", "colour", "mixing")


@dataclass(frozen=True)
class Declaration:
    """What the file of an augmentation says of it."""

    meaning: str
    stage: str
    off: object
    schema: dict


@cache
def declarations() -> dict[str, Declaration]:
    """What each augmentation declares, by name. Raises AtlasError where a file lacks a part."""
    trees = {path.stem: ast.parse(path.read_bytes()) for path in sorted(FOLDER.glob("[!.]*.py"))}
    return {name: _declaration(name, tree) for name, tree in trees.items() if _defines(tree, name)}


def switched_on(augmentation: Mapping) -> dict:
    """The part of a spec's `augmentation` that has an effect."""
    return {name: value for name, value in augmentation.items() if value != declarations()[name].off}


def files(augmentation: Mapping) -> list[str]:
    """The files of the named augmentations, relative to the project."""
    return [f"scripts/cnnatlas/training/augmentations/{name}.py" for name in sorted(augmentation)]


def _defines(tree: ast.Module, name: str) -> bool:
    return any(isinstance(node, ast.FunctionDef) and node.name == name for node in tree.body)


def _declaration(name: str, tree: ast.Module) -> Declaration:
    file = f"scripts/cnnatlas/training/augmentations/{name}.py"
    stage, off, schema = (_literal(tree, key, file) for key in ("STAGE", "OFF", "SCHEMA"))
    if stage not in STAGES:
        raise AtlasError(f"{file}: STAGE is {stage!r}; it must be one of {', '.join(STAGES)}")
    return Declaration((ast.get_docstring(tree) or name).splitlines()[0], stage, off, schema)


def _literal(tree: ast.Module, key: str, file: str) -> object:
    for node in tree.body:
        if isinstance(node, ast.Assign) and [getattr(target, "id", "") for target in node.targets] == [key]:
            try:
                return ast.literal_eval(node.value)
            except ValueError:
                raise AtlasError(f"{file}:{node.lineno}: {key} is computed; write it as a literal") from None
    raise AtlasError(f"{file}: {key} is missing; write {key} = and a literal")
