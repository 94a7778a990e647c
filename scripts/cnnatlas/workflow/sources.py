"""What a script depends on: the local files that it imports, found by reading the imports, never by running them.

Snakemake does not see that an imported module has changed. Each rule therefore lists its script's *import closure*
as input, so that the content of those files, and nothing else, decides whether it runs again.
"""

import ast
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "scripts"


def closure(*files: str) -> list[str]:
    """The given files (relative to the project) and every local module they import, directly or not; sorted.

    Python files and notebooks are followed. `from package import module` counts as an import of the module;
    the `__init__.py` of each package on the way counts too. Imports inside functions count.
    """
    found: set[str] = set()
    pending = list(files)
    while pending:
        file = pending.pop()
        if file not in found:
            found.add(file)
            pending.extend(_imports(file))
    return sorted(found)


@cache
def _imports(file: str) -> tuple[str, ...]:
    path = ROOT / file
    if path.suffix not in (".py", ".ipynb"):
        return ()
    names = {name for node in _statements(ast.parse(_code(path), file)) for name in _names(node)}
    return tuple(sorted({module for name in names for module in _modules(name)}))


def _code(path: Path) -> str:
    text = path.read_text(encoding="utf-8-sig")  # editors may begin a file with a byte order mark
    if path.suffix == ".py":
        return text
    cells = json.loads(text)["cells"]
    return "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements below a node. Unlike ast.walk it passes by expressions, which hold none, and most of a tree."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, part, []):
            yield child
            yield from _statements(child)


def _names(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and not node.level:
        return [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    return []


def _modules(name: str) -> list[str]:
    """The files behind a dotted name: its module, and the packages above it."""
    parts = name.split(".")
    files = [LIBRARY.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    files.append(LIBRARY.joinpath(*parts).with_suffix(".py"))
    return [str(f.relative_to(ROOT)) for f in files if f.is_file()]
