"""An executed notebook as its reader opens it: readable in Jupyter, and ready to run again from where it lies."""

import ast
import base64
import copy
import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from cnnatlas.report import media
from cnnatlas.report.markdown import READER, WIDTH
from cnnatlas.report.pandoc import pandoc

HOW = """\
*This is a chapter of the report as it was executed. It runs again, on the saved results that it reads: open it where it
lies, with the Python of the project's `.venv` as its kernel, or type in the project's folder*

```sh
.venv/bin/papermill -k python3 {place} again.ipynb
```

*The next two cells, folded, hold its parameters and find the project. Where results and project are in different
folders, the kernel needs the project's `scripts` on its `PYTHONPATH`.*"""
START = """\
# The project's folder
# Jupyter starts a notebook in its own folder; this one names files as they are seen from the folder of all results.
import os
import sys
from pathlib import Path

above = [folder for folder in (Path.cwd(), *Path.cwd().parents) if (folder / results).is_dir()]
if not above:
    raise FileNotFoundError(f"{results}: not in this folder or above it; put the notebook back, or make the results")
os.chdir(above[0])
sys.path.insert(0, str(above[0] / "scripts"))"""


def readable(notebook: NotebookNode, place: Path | str, labels: Mapping[str, Mapping], style: Path) -> NotebookNode:
    """Copy of a chapter's executed notebook with plain texts, its works at the end, and cells that start it elsewhere.

    Drawings are there as PNG too: JupyterLab shows no SVG of a notebook that was run on another machine.

    `place` is where it will be stored, relative to the folder that holds all results; its stem is the chapter.
    `labels` are those of labels.json, `style` is the folder report/style.
    """
    notebook, chapter = copy.deepcopy(notebook), Path(place).stem
    holders = list(_texts(notebook))
    joined = "\n\n".join(f"::: text\n\n{holder[key]}\n\n:::" for holder, key in holders)
    arguments = [*READER, WIDTH, "-L", style / "chapter.lua", "-t", style / "jupyter.lua"]
    arguments += ["--bibliography", style / "references.bib"]
    environment = {"REPORT_LABELS": json.dumps(labels), "REPORT_CHAPTER": chapter}
    *texts, works = json.loads(pandoc(joined, *arguments, environment=environment, subject=f"chapter {chapter}"))
    for (holder, key), text in zip(holders, texts, strict=True):
        holder[key] = text
    _add_pictures(notebook)
    notebook.cells = [*_first(notebook, place), *_rest(notebook)]
    if works:
        notebook.cells.append(nbformat.v4.new_markdown_cell(f"## References\n\n{works}", id="references"))
    return notebook


def _texts(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, str]]:
    """What holds a text, and under which key; captions get the reference to their object for its label."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            yield cell, "source"
        shown = {}
        for output in cell.get("outputs", []):
            facts = output.get("metadata", {}).get("report", {})
            if facts.get("kind") == "caption":
                output.data["text/markdown"] = f"**@{shown['label']}.** {shown['caption']}"
            if "text/markdown" in output.get("data", {}) and facts.get("kind") != "source":
                yield output.data, "text/markdown"
            shown = facts


def _add_pictures(notebook: NotebookNode) -> None:
    for output in (output for cell in notebook.cells for output in cell.get("outputs", [])):
        svg = output.get("data", {}).get("image/svg+xml")
        if svg:
            output.data["image/png"] = base64.b64encode(media.drawn(svg)).decode()


def _first(notebook: NotebookNode, place: Path | str) -> list[NotebookNode]:
    """How to run it, its parameters as they were, and the start."""
    parameters = [cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    how = nbformat.v4.new_markdown_cell(HOW.format(place=Path(place).as_posix()), id="how-to-run")
    start = nbformat.v4.new_code_cell(START, id="start")
    for cell in parameters:  # a line each: a viewer that folds no cell, such as GitHub's, would show pages of them
        cell.source = "# Parameters\n" + ast.unparse(ast.parse(cell.source))
    for cell in (*parameters, start):
        cell.metadata["jupyter"] = {"source_hidden": True}
    return [how, *parameters, start]


def _rest(notebook: NotebookNode) -> list[NotebookNode]:
    """All but the parameters, both those that were given and the ones that stood for them in the source."""
    return [
        cell
        for cell in notebook.cells
        if not {"injected-parameters", "parameters"} & set(cell.metadata.get("tags", []))
    ]
