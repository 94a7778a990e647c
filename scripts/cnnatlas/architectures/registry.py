"""The available networks: where each is defined, and building one by name.

The module needs no torch, so that the configuration can be checked without it. A family is imported only when one of
its networks is built: a job depends on the one file that defines its network.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from cnnatlas.errors import AtlasError

if TYPE_CHECKING:
    from torch import nn

FOLDER = Path(__file__).parent


@cache
def families() -> dict[str, tuple[str, str]]:
    """Network -> (its family, a file of this folder; its class), read from each family's own `NETWORKS`.

    A new family changes no list here: every training would depend on such a list and rerun. Raises AtlasError where two
    files name the same network, as a copy of a file does.
    """
    found: dict[str, tuple[str, str]] = {}
    for path in sorted(FOLDER.glob("[!.]*.py")):  # hidden files are an editor's or the file system's
        for name, kind in _declared(path).items():
            if name in found:
                raise AtlasError(f"scripts/cnnatlas/architectures/{path.name}: `{name}` in NETWORKS is a network of "
                                 f"{found[name][0]}.py too; rename it in one of them, or remove a copy")  # fmt: skip
            found[name] = path.stem, kind
    return found


def _declared(path: Path) -> dict[str, str]:
    """Network -> class, the file's NETWORKS."""
    for node in ast.parse(path.read_bytes()).body:
        if isinstance(node, ast.Assign) and [getattr(t, "id", "") for t in node.targets] == ["NETWORKS"]:
            return {key.value: value.id for key, value in zip(node.value.keys, node.value.values, strict=True)}
    return {}


def names() -> list[str]:
    """The names of all networks, sorted."""
    return sorted(families())


def files(architecture: dict) -> list[str]:
    """The files that define the network of a spec's `architecture` and all its bases, relative to the project."""
    if architecture["name"] not in families():  # torchvision's
        return []
    own = f"scripts/cnnatlas/architectures/{families()[architecture['name']][0]}.py"
    return list(dict.fromkeys([own, *(files(architecture["base"]) if architecture.get("base") else ())]))


def arguments(name: str) -> tuple[str, ...]:
    """The arguments that a network takes in a spec, sorted: its class's keyword-only ones."""
    return tuple(sorted(argument.arg for argument in constructor(name).args.kwonlyargs))


@cache
def constructor(name: str) -> ast.FunctionDef:
    """The source of the constructor of a network's class."""
    family, kind = families()[name]
    tree = ast.parse((FOLDER / f"{family}.py").read_bytes())
    classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
    return next(n for n in classes[kind].body if isinstance(n, ast.FunctionDef) and n.name == "__init__")


def build(architecture: dict, classes: int, size: int) -> "nn.Module":
    """The network of a spec's `architecture`, with fresh weights, for `classes` classes of `size` x `size` pixels.

    Raises AtlasError, naming the key and what is allowed, where the name, an argument or its value is wrong, or where
    the images are too small for the network.
    """
    given = dict(architecture)
    name = given.pop("name", None)
    if name not in families():
        raise AtlasError(f"architecture.name: `{name}` is unknown; choose one of {', '.join(names())}")
    for key in given:
        if key not in arguments(name):
            raise AtlasError(f"architecture.{key}: {name} takes {', '.join(arguments(name)) or 'no arguments'}")
    family, kind = families()[name]
    network = getattr(import_module(f"cnnatlas.architectures.{family}"), kind)
    try:
        return network(classes, size, **given)
    except AtlasError as error:
        raise AtlasError(f"architecture {name}: {error}") from error
    except (TypeError, ValueError, RuntimeError) as error:
        raise AtlasError(f"architecture {name}: cannot be built with {given}: {error}") from error
