"""Published notebooks: readable in Jupyter, and run again from where they lie."""

import base64
import re
from io import BytesIO

import nbformat
import pytest
from nbclient import NotebookClient
from PIL import Image

from cnnatlas.report.clean import clean
from cnnatlas.report.execute import execute
from cnnatlas.report.jupyter import readable
from project import ROOT

PLACE = "results/tiny/report/a.ipynb"
NAMES = {
    "sec-a": "Chapter 1", "sec-part": "Section 1.10", "fig-curves": "Figure 1.1", "tbl-n": "Table 1.2",
    "eq-half": "Equation (1.1)", "sec-other": "Section 2.3",
}  # fmt: skip
LABELS = {label: {"name": name, "chapter": "b" if label == "sec-other" else "a"} for label, name in NAMES.items()}
TEXT = """# First {#sec-a}

As @sec-other and [@wilson1927] say, it costs $5 or $6; $x_1$ is `@sec-a`.

$$ \\frac12 $$ {#eq-half}

## Part {#sec-part}

::: {.answer}
**Yes**, by @eq-half.
:::"""


def parameters(tag):
    source = "# Parameters\nresults = 'results/tiny'\nchapter = {\n    'items': [\n        1,\n    ],\n}"
    return nbformat.v4.new_code_cell(source, id=tag, metadata={"tags": [tag]}, execution_count=1)


@pytest.fixture
def published(results, shown, style):
    """A chapter with one of everything that Jupyter cannot show as it is."""
    results.figure("curves.svg", "fig-curves", "Losses, as @wilson1927 has them.", alt="A blue box")
    results.table([{"n": 1, "see": "@fig-curves, @sec-other"}], "tbl-n", "Counts.")
    cells = [
        nbformat.v4.new_markdown_cell(TEXT, id="text"),
        parameters("parameters"),
        parameters("injected-parameters"),
    ]
    cells.append(nbformat.v4.new_code_cell("results.table()", id="shown", outputs=list(shown), execution_count=2))
    return readable(nbformat.v4.new_notebook(cells=cells), PLACE, LABELS, style)


def seen(notebook):
    """What a reader sees of its texts."""
    texts = [cell.source for cell in notebook.cells if cell.cell_type == "markdown"]
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    return [*texts, *(output.data["text/markdown"] for output in outputs if "text/markdown" in output.data)]


def test_nothing_raw_is_left_in_the_texts(published):
    text = "\n\n".join(seen(published)).replace("`@sec-a`", "")
    assert not re.search(r"@\w+|\{[#.]|:::|<div|<span", text)


def test_references_are_names_numbers_and_links_to_notebooks(published):
    texts = seen(published)
    text = next(text for text in texts if "First" in text).replace("\N{NO-BREAK SPACE}", " ")
    assert "# 1 First" in text and "## 1.10 Part" in text
    assert "As [Section 2.3](b.ipynb) and (Wilson 1927) say, it costs \\$5 or \\$6; $x_1$ is `@sec-a`." in text
    assert re.search(r"\\frac12\s+\\tag\{1\.1\}\s*\$\$", text) and "**Yes**, by Equation (1.1)." in text
    tables = [text.replace("\N{NO-BREAK SPACE}", " ") for text in texts if text.startswith(("|", "**"))]
    assert (
        tables[0]
        == "**Figure 1.1.** Losses, as Wilson (1927) has them. Rebuild: `snakemake --cores 2 results/tiny/curves.svg`."
    )
    assert "| Figure 1.1, [Section 2.3](b.ipynb) |" in tables[1] and tables[2] == "**Table 1.2.** Counts."
    assert published.cells[-1].source.startswith("## References\n\nWilson, ")


def test_the_first_cells_say_how_to_run_it_and_are_folded(published):
    how, given, start = published.cells[:3]
    assert f".venv/bin/papermill -k python3 {PLACE} again.ipynb" in how.source
    assert given.id == "injected-parameters" and start.id == "start"
    assert all(cell.metadata["jupyter"] == {"source_hidden": True} for cell in (given, start))
    assert given.source == "# Parameters\nresults = 'results/tiny'\nchapter = {'items': [1]}"
    assert [cell.id for cell in published.cells[3:]] == ["text", "shown", "references"]


def test_a_drawing_is_seen_in_a_notebook_that_jupyter_does_not_trust(published):
    [data] = [output.data for output in published.cells[4].outputs if "image/svg+xml" in output.data]
    with Image.open(BytesIO(base64.b64decode(data["image/png"]))) as picture:
        assert picture.size == (135, 90)  # of 90 by 60 pixels of an SVG, which are 0.75 points
        assert picture.getpixel((60, 40))[:3] == (0, 0, 0)


def test_a_chapter_without_works_has_no_list_of_them(style):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# First {#sec-a}", id="text")])
    assert [cell.id for cell in readable(notebook, PLACE, LABELS, style).cells] == ["how-to-run", "start", "text"]


@pytest.mark.slow
@pytest.mark.parametrize("place", [".", "results/tiny/report"])
def test_a_published_notebook_runs_again_from_its_folder_and_from_the_projects(
    results, style, tmp_path, monkeypatch, place
):
    code = "from cnnatlas.report.authoring import Results\nrun = Results(results, 'make')\nlen(run.csv('scores.csv'))"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    cells = [parameters("parameters"), nbformat.v4.new_code_cell(code, id="read")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), "source.ipynb")
    given = {"results": "results/tiny"}
    execute("source.ipynb", "executed.ipynb", given, "half.ipynb", ["results/tiny/scores.csv"])
    once = clean(readable(nbformat.read("executed.ipynb", 4), PLACE, LABELS, style), tmp_path)
    assert str(tmp_path) not in nbformat.writes(once)
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    (tmp_path / "scripts").symlink_to(ROOT / "scripts")
    monkeypatch.delenv("PYTHONPATH", raising=False)
    again = NotebookClient(once, resources={"metadata": {"path": str(tmp_path / place)}}).execute()
    assert again.cells[-1].outputs[0].data["text/plain"] == "1"
