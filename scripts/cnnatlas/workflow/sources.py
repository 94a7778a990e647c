"""What a script depends on: the local files that it imports, found by reading the imports, never by running them.

Snakemake does not see that an imported module has changed. Each rule therefore lists its script's *import closure*
as input, so that the content of those files, and nothing else, decides whether it runs again.

All sources are read before anything is planned: where an input function raises because of one, Snakemake takes the
results of an earlier run for sources, and says that there is nothing to be done.
"""

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cnnatlas.errors import AtlasError

ROOT = Path(__file__).parents[3]
LIBRARY = ROOT / "scripts"
JUPYTERS = re.compile(r"[%!?]|[\w, ]+=\s*[%!]|.*\?$")  # %magic, !shell, found = !ls, help?


def check() -> None:
    """Read and parse every Python file below scripts/ and every notebook; hidden ones are nobody's sources.

    Raises AtlasError for the first that is not valid, with its line.
    """
    for path in sorted([*LIBRARY.rglob("*.py"), *(ROOT / "report" / "notebooks").glob("*.ipynb")]):
        file = path.relative_to(ROOT)
        if not any(part.startswith(".") for part in file.parts):
            _imports(str(file))


def closure(*files: str) -> list[str]:
    """The given files (relative to the project) and every local module they import, directly or not; sorted.

    Python files and notebooks are followed. `from package import module` counts as an import of the module;
    the `__init__.py` of each package on the way counts too. Imports inside functions count. Raises AtlasError where a
    file cannot be read or parsed.
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
    if Path(file).suffix not in (".py", ".ipynb"):
        return ()
    package = Path(file).parts[1:-1]  # below scripts/
    names = {name for tree in _trees(file) for node in _statements(tree) for name in _names(node, package)}
    return tuple(sorted({module for name in names for module in _modules(name)}))


def _trees(file: str) -> list[ast.Module]:
    """The syntax tree of a Python file, or of each code cell of a notebook."""
    try:
        content = (ROOT / file).read_bytes()
    except OSError as error:
        raise AtlasError(f"{file}: cannot be read ({error.strerror}); put the file back") from None
    if file.endswith(".py"):
        return [_parsed(content, file)]
    return [_parsed(code, f"{file}, cell {number}") for number, code in _cells(content, file)]


def _parsed(code: bytes | str, shown: str) -> ast.Module:
    try:
        return ast.parse(code)
    except SyntaxError as error:
        line = (error.text or "").strip()
        where, text = f"{shown}:{error.lineno or 1}", f", `{line}`" if line else ""
        if JUPYTERS.match(line):
            raise AtlasError(f"{where}: `{line}` is a command of Jupyter's, no Python; remove it") from None
        raise AtlasError(f"{where}: not valid Python: {error.msg}{text}; correct it there") from None
    except ValueError as error:  # before Python 3.12, of null bytes
        raise AtlasError(f"{shown}: not valid Python: {error}; correct it there") from None


def _cells(content: bytes, file: str) -> list[tuple[int, str]]:
    """Number, from 1, and text of a notebook's code cells."""
    try:
        cells = enumerate(json.loads(content)["cells"], 1)
        return [(number, "".join(cell["source"])) for number, cell in cells if cell["cell_type"] == "code"]
    except json.JSONDecodeError as error:
        raise AtlasError(f"{file}:{error.lineno}: not valid JSON: {error.msg}; correct it there") from None
    except (KeyError, TypeError, UnicodeDecodeError):
        raise AtlasError(f"{file}: no notebook of format 4, with `cells`; save it again with Jupyter") from None


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """All statements below a node. Unlike ast.walk it passes by expressions, which hold none, and most of a tree."""
    for part in ("body", "orelse", "finalbody", "handlers", "cases"):
        for child in getattr(node, part, []):
            yield child
            yield from _statements(child)


def _names(node: ast.AST, package: tuple[str, ...]) -> list[str]:
    """The dotted names that a statement imports, where the file that it stands in belongs to `package`."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        above = package[: len(package) + 1 - node.level] if node.level else ()
        module = ".".join([*above, *filter(None, [node.module])])
        return [module, *(f"{module}.{alias.name}" for alias in node.names)]
    return []


@cache
def _modules(name: str) -> list[str]:
    """The files behind a dotted name: its module, and the packages above it."""
    parts = name.split(".")
    files = [LIBRARY.joinpath(*parts[:depth], "__init__.py") for depth in range(1, len(parts) + 1)]
    files.append(LIBRARY.joinpath(*parts).with_suffix(".py"))
    return [str(f.relative_to(ROOT)) for f in files if f.is_file()]
