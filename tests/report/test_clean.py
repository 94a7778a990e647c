import nbformat

from cnnatlas.report.clean import clean


def executed(root):
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text=f"read {root}/results/tiny/scores.csv"),
        nbformat.v4.new_output("stream", name="stderr", text="a warning of this machine"),
        nbformat.v4.new_output("display_data", data={"text/plain": str(root)}, metadata={"report": {"kind": "fig"}}),
    ]
    cells = [
        nbformat.v4.new_code_cell("n = 1", metadata={"tags": ["injected-parameters"], "papermill": {"duration": 0.1}}),
        nbformat.v4.new_code_cell("n", id="count", outputs=outputs, metadata={"execution": {"iopub.busy": "now"}}),
        nbformat.v4.new_markdown_cell("text", id="text"),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.update(
        kernelspec={"name": "python3", "display_name": "Python 3"}, papermill={"start_time": "now"}
    )
    return notebook


def test_clean_leaves_no_times_paths_or_drawn_ids(tmp_path):
    cleaned = clean(executed(tmp_path), tmp_path)
    text = nbformat.writes(cleaned)
    assert not any(word in text for word in (str(tmp_path), "papermill", "iopub", "warning"))
    assert "read results/tiny/scores.csv" in text
    assert [cell.id for cell in cleaned.cells] == ["injected-parameters", "count", "text"]
    assert cleaned.cells[1].outputs[1].metadata["report"]["kind"] == "fig"


def test_clean_is_idempotent_and_the_same_for_two_runs(tmp_path):
    once = clean(executed(tmp_path), tmp_path)
    assert clean(once, tmp_path) == once == clean(executed(tmp_path), tmp_path)
    nbformat.validate(once)
