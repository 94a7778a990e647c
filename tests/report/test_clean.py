from pathlib import Path

import nbformat
import pytest

from cnnatlas.report.clean import clean


def executed(root):
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=f"read {root}/results/tiny/scores.csv"),
        nbformat.v4.new_output("display_data", data={"text/plain": str(root)}, metadata={"report": {"kind": "fig"}}),
    ]
    cells = [
        nbformat.v4.new_code_cell("n", id="count", outputs=outputs, metadata={"tags": ["show-input"]}),
        nbformat.v4.new_markdown_cell("text", id="text"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3"}, language_info={"name": "python", "version": "3.99"}
    )
    return notebook


def test_clean_leaves_no_paths_or_versions(tmp_path):
    cleaned = clean(executed(tmp_path), tmp_path)
    text = nbformat.writes(cleaned)
    assert not any(word in text for word in (str(tmp_path), "3.99"))
    assert "read results/tiny/scores.csv" in text
    assert [cell.id for cell in cleaned.cells] == ["count", "text"]
    assert cleaned.cells[0].metadata == {"tags": ["show-input"]}
    assert cleaned.cells[0].outputs[1].metadata["report"]["kind"] == "fig"


def test_clean_is_idempotent_and_the_same_in_two_folders(tmp_path):
    once = clean(executed(tmp_path / "a"), tmp_path / "a")
    assert clean(once, tmp_path / "a") == once == clean(executed(tmp_path / "b"), tmp_path / "b")
    nbformat.validate(once)


@pytest.mark.parametrize("root", ["/", "/data", "/models"])
def test_a_short_folder_is_not_taken_out_of_longer_paths(root):
    text = "scripts/cnnatlas/data/prepare.py and results/embedded/models/d1"
    notebook = executed(Path(root))
    notebook.cells[0].source = text
    assert clean(notebook, Path(root)).cells[0].source == text
