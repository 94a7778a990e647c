"""Every text of the report's configuration and notebooks, set by the PDF's fonts; and whether chapters end."""

import ast
import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import typst

from cnnatlas.checks.stated import stated_at
from cnnatlas.errors import AtlasError
from cnnatlas.report.pdf import STANDARD

SOURCE = b'#set document(title: "text")\n#set text(font: "Libertinus Serif")\n#sys.inputs.text'  # as report.typ has it


def check(texts: Mapping[str, str]) -> None:
    """Raise AtlasError for the first of `texts`, each with its place, with a character that no font has."""
    if not _is_set("\n".join(texts)):
        for text, where in texts.items():
            with stated_at(where, "in the PDF"):
                _check(text)


def check_finished(notebooks: Iterable[Path | str]) -> None:
    """Raise AtlasError for the first notebook that makes a Chapter of its parameters and never finishes it."""
    for path in notebooks:
        trees = [ast.parse("".join(cell["source"])) for cell in _cells(path) if cell["cell_type"] == "code"]
        called = {_name(node.func) for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)}
        if "Chapter" in called and "finish" not in called:
            raise AtlasError(f"{path}: no cell calls `finish` of the Chapter; end with `this.finish()`, which shows "
                             "what the configuration asks for and no other cell has shown")  # fmt: skip


def shown(notebooks: Iterable[Path | str]) -> dict[str, str]:
    """The texts of notebooks, each with its place: Markdown, and strings in code, where captions are."""
    return {
        "\n".join(_strings(cell)): f"{path}, cell {number}"
        for path in notebooks
        for number, cell in enumerate(_cells(path), 1)
    }


def _cells(path: Path | str) -> list[Mapping]:
    return json.loads(Path(path).read_bytes())["cells"]


def _name(function: ast.expr) -> str:
    """What is called: the last name of a dotted one."""
    return getattr(function, "attr", getattr(function, "id", ""))


def _strings(cell: Mapping) -> Iterator[str]:
    source = "".join(cell["source"])
    if cell["cell_type"] != "code":
        yield source
        return
    nodes = ast.walk(ast.parse(source))
    yield from (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _check(text: str) -> None:
    for character in dict.fromkeys(text):
        if not _is_set(character):
            raise AtlasError(f"no font has `{character}` (U+{ord(character):04X}); write it with others")


def _is_set(text: str) -> bool:
    try:
        typst.compile(SOURCE, ignore_system_fonts=True, pdf_standards=[STANDARD], sys_inputs={"text": text})
    except typst.TypstError:
        return False
    return True
