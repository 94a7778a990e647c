"""The published form of an executed notebook: the same bytes on every machine."""

import re
from pathlib import Path

import nbformat
from nbformat import NotebookNode


def clean(notebook: NotebookNode, root: Path) -> NotebookNode:
    """Copy of an executed notebook without Python's version; paths below `root`, the repository, become relative."""
    kernel = notebook.metadata.kernelspec
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    cells = [_relative(cell, root) for cell in notebook.cells]
    return nbformat.from_dict({"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5})


def _relative(value: object, root: Path) -> object:
    """The same value with the paths below `root` made relative, in all its texts."""
    if isinstance(value, dict):
        return {key: _relative(item, root) for key, item in value.items()}
    if isinstance(value, list):
        return [_relative(item, root) for item in value]
    if isinstance(value, str):
        return value if root == root.parent else re.sub(rf"(?<![\w./-]){re.escape(str(root))}(/|\b)", "", value)
    return value
