import ast
import inspect
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.mytorch.convolution import Conv2d
from cnnatlas.report import authoring
from cnnatlas.report.authoring import cell, pipe_table

MYTORCH = Path("report/notebooks/mytorch.ipynb").resolve()


def test_figure_names_the_command_that_rebuilds_it(results, shown):
    results.figure("curves.svg", "fig-curves", "Losses.", alt="Two lines fall")
    image, caption = shown
    facts = image.metadata["report"]
    assert image.data["image/svg+xml"].startswith("<svg")
    assert facts["caption"] == "Losses. Rebuild: `snakemake --cores 2 results/tiny/curves.svg`."
    assert facts["alt"] == "Two lines fall"
    assert caption.data["text/markdown"].startswith("**fig-curves**: Losses.")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("gone.svg", "fig-a", "Gone."), r"results/tiny/gone\.svg: no such file; build it with `snakemake"),
        (("scores.csv", "fig-a", "A table."), r"results/tiny/scores\.csv: a figure is one of \.svg, \.png"),
        (("curves.svg", "curves", "Losses."), "label 'curves': it must be fig-"),
    ],
)
def test_figure_refuses(results, shown, arguments, message):
    with pytest.raises(AtlasError, match=message):
        results.figure(*arguments, alt="A picture")
    assert not shown


def test_figure_needs_a_description(results, shown):
    with pytest.raises(AtlasError, match="fig-curves: a figure needs alt="):
        results.figure("curves.svg", "fig-curves", "Losses.", alt=" ")


def test_table_of_a_data_frame(results, shown):
    results.table(results.csv("scores.csv"), "tbl-scores", "Scores.", formats={"accuracy": ".1%"}, source="scores.csv")
    assert shown[0].data["text/markdown"].splitlines() == [
        "| variant | accuracy |",
        "| :--- | ---: |",
        "| plain | 50.0% |",
    ]
    assert "results/tiny/scores.csv" in shown[0].metadata["report"]["caption"]


def test_table_refuses_unknown_formats_and_no_rows(results, shown):
    with pytest.raises(AtlasError, match="names the column 'acuracy'; the table has accuracy"):
        pipe_table([{"accuracy": 1.0}], {"acuracy": ".1%"})
    with pytest.raises(AtlasError, match="tbl-empty: a table without rows"):
        results.table(pd.DataFrame({"a": []}), "tbl-empty", "Nothing.")


@pytest.mark.parametrize(
    ("value", "specification", "text"),
    [
        (13000, None, "13,000"),
        (np.int64(-5), None, "−5"),
        (0.123456, None, "0.123"),
        (np.float32(0.5), ".1%", "50.0%"),
        (float("nan"), None, "–"),
        (None, ".1%", "–"),
        (True, None, "yes"),
        ((0.25, 0.5), ".0%", "[25%, 50%]"),
        ("a|b\nc", None, "a\\|b c"),
    ],
)
def test_cell(value, specification, text):
    assert cell(value, specification) == text


def test_the_mytorch_chapter_shows_the_code_of_both_passes(shown):
    cells = nbformat.read(MYTORCH, nbformat.NO_CONVERT).cells
    for listing in (part.source for part in cells if part.source.startswith("show_code(")):
        exec(listing, {"show_code": authoring.show_code, "Conv2d": Conv2d})  # as the notebook's kernel does
    text = "\n".join(output.data["text/markdown"] for output in shown)
    assert "```python\ndef forward(self, x: np.ndarray) -> np.ndarray:" in text
    for method in (Conv2d.forward, Conv2d.backward, Conv2d._outputs, Conv2d._gradients):
        assert inspect.getsource(method).splitlines()[-1].strip() in text


@pytest.mark.parametrize("name", ["curves.svg", "gallery.png", "scores.csv", "metrics.json"])
def test_a_half_result_is_not_shown(results, shown, name):
    path = results.folder / name
    if name == "metrics.json":
        path.write_text('{"accuracy": 0.5}\n')
    path.write_bytes(path.read_bytes()[:-4])
    show = {".csv": results.csv, ".json": results.json}.get(path.suffix)
    with pytest.raises(AtlasError, match=rf"{name}: damaged .*delete it"):
        show(name) if show else results.figure(name, "fig-a", "A figure.", alt="One")
    assert shown == []


def test_sources_are_shown_whole_also_with_a_fence_inside(shown, tmp_path, monkeypatch):
    (tmp_path / "net.py").write_text('"""Like this:\n\n```\nf()\n```\n"""\nx = 1\n')
    monkeypatch.setattr(authoring, "PROJECT", tmp_path)
    authoring.show_sources(["net.py"])
    (output,) = shown
    assert output.data["text/markdown"].endswith(f"`net.py`\n\n````python\n{(tmp_path / 'net.py').read_text()}````")


def tables(source):
    """The calls in a source text that show a table."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    return [
        call
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "table"
        and ast.unparse(call.func.value) in ("run", "self.results")
    ]  # fmt: skip


@pytest.mark.parametrize(
    "path", [*Path("report/notebooks").glob("*.ipynb"), *Path("scripts/cnnatlas/report").glob("*.py")], ids=str
)
def test_every_printed_table_has_a_file_whose_command_rebuilds_it(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".ipynb":
        cells = nbformat.reads(text, as_version=4).cells
        text = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    shown = [call for call in tables(text) if "tbl-b2-1-trainings" not in ast.unparse(call)]  # on the web alone
    assert all("source" in {keyword.arg for keyword in call.keywords} for call in shown)
