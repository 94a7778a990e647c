"""Formulas on their way to the PDF: those of the notebooks are set by Typst, others are refused by name."""

import ast
import json
from pathlib import Path

import nbformat
import pytest
import typst

from cnnatlas.errors import AtlasError
from cnnatlas.report.labels import walk
from cnnatlas.report.markdown import READER
from cnnatlas.report.pandoc import pandoc
from cnnatlas.report.theory import matrix, power_of_ten

NOTEBOOKS = sorted(Path("report/notebooks").resolve().glob("*.ipynb"))


def texts(notebook):
    """The markdown of a notebook, and the texts that its code holds, with 1 where a value is filled in."""
    for cell in nbformat.read(notebook, nbformat.NO_CONVERT).cells:
        if cell.cell_type == "markdown":
            yield cell.source
        else:
            yield from filter(None, map(filled, ast.walk(ast.parse(cell.source))))


def filled(node):
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "1" for part in node.values)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def formulas(notebook):
    text = "\n\n".join(text for text in texts(notebook) if "$" in text)
    tree = json.loads(pandoc(text, *READER, "-t", "json", subject=notebook.stem))
    return [element["c"][1] for element in walk(tree["blocks"]) if element["t"] == "Math"]


def to_typst(style, *formulas):
    text = "\n\n".join(f"$${tex}$$" for tex in formulas)
    return pandoc(text, "-f", "markdown", "-t", "typst", "-L", style / "report.lua", subject="chapter d")


def test_every_formula_of_the_notebooks_is_set_by_typst(style, tmp_path):
    found = {tex for notebook in NOTEBOOKS for tex in formulas(notebook)}
    assert len(found) > 80
    built = [matrix([[1.0, -2.5], ["x_{0}", 3]]), power_of_ten(2.4e-14).strip("$"), "126 × 126 × 16"]
    body = to_typst(style, *sorted(found), *built)
    assert body.count("#math.equation(") == len(found) + len(built)
    (tmp_path / "all.typ").write_text(f"#let ending(body) = body\n{body}")  # as report.typ has it
    _, warnings = typst.compile_with_warnings(
        tmp_path / "all.typ", output=tmp_path / "all.pdf", ignore_system_fonts=True
    )
    assert not warnings


def test_a_formula_keeps_its_tex_as_description(style):
    written = to_typst(style, r"\frac{a}{b}")
    assert r'#math.equation(block: true, alt: "\\frac{a}{b}", $ a / b $)' in written.splitlines()


@pytest.mark.parametrize("tex", [r"x \tag{1}", r"\foo x", r"\frac{a}", "{a", "a }"])
def test_a_formula_that_cannot_be_set_stops_the_build_by_name(style, tex):
    with pytest.raises(AtlasError) as caught:
        to_typst(style, tex)
    assert str(caught.value).startswith(f"chapter d: [WARNING] Could not convert TeX math {tex}")
    assert "\n" not in str(caught.value)
