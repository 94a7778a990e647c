"""Which files belong to a data set, found by its name, and what its reader can be given.

Planning needs this before anything is decoded: files are looked for and their sources read, never imported.
"""

import ast
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).parents[1]
GIVEN = ("archive", "size", "limits")  # what every reader of an archive takes
FOLDER_READER = "image_folder"


@cache
def options(dataset: str) -> tuple[str, ...] | None:
    """The keyword-only arguments of cnnatlas.data.<dataset>.read, sorted; None where no such reader is there."""
    path = LIBRARY / "data" / f"{dataset}.py"
    tree = ast.parse(path.read_bytes()) if path.is_file() else ast.Module([], [])
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and (node.name, _names(node.args.args)) == ("read", GIVEN):
            return tuple(sorted(_names(node.args.kwonlyargs)))
    return None


def _names(arguments: list[ast.arg]) -> tuple[str, ...]:
    return tuple(argument.arg for argument in arguments)


def reader(dataset: str, entry: dict) -> str:
    """The module of cnnatlas.data that reads a data set: its own, or that of all folders of images."""
    return FOLDER_READER if "folder" in entry else dataset


def is_outlined(dataset: str) -> bool:
    """Whether upstream outlines the objects in a data set's images, and cnnatlas.data.<dataset>_outlines reads them."""
    return (LIBRARY / "data" / f"{dataset}_outlines.py").is_file()


def is_drawn(dataset: str) -> bool:
    """Whether a data set has a drawn counterpart, cnnatlas.drawn.datasets.<dataset>."""
    return (LIBRARY / "drawn" / "datasets" / f"{dataset}.py").is_file()
