"""The published form of an executed notebook: the same bytes on every machine and in every run."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode

KEPT_METADATA = {"tags"}


def clean(notebook: NotebookNode, root: Path) -> NotebookNode:
    """Copy of an executed notebook without times, papermill's notes, warnings, and paths of this machine.

    Paths below `root`, the repository, become relative to it. Cells keep the ids of their source; the cell of injected
    parameters, whose id papermill draws, is named by its tag.
    """
    cells = [_clean_cell(cell, root) for cell in notebook.cells]
    metadata = {"kernelspec": notebook.metadata.kernelspec, "language_info": {"name": "python"}}
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _clean_cell(cell: NotebookNode, root: Path) -> dict:
    tags = cell.metadata.get("tags", [])
    cleaned = {
        "id": "injected-parameters" if "injected-parameters" in tags else cell.id,
        "cell_type": cell.cell_type,
        "metadata": {key: value for key, value in cell.metadata.items() if key in KEPT_METADATA},
        "source": cell.source,
    }
    if cell.cell_type == "code":
        shown = [output for output in cell.outputs if output.get("name") != "stderr"]
        cleaned |= {"execution_count": cell.execution_count, "outputs": [_relative(output, root) for output in shown]}
    return cleaned


def _relative(value: object, root: Path) -> object:
    """The same value with the paths below `root` made relative, in all its texts."""
    if isinstance(value, dict):
        return {key: _relative(item, root) for key, item in value.items()}
    if isinstance(value, list):
        return [_relative(item, root) for item in value]
    if isinstance(value, str):
        return re.sub(rf"{re.escape(str(root))}(/|\b)", "", value)
    return value
