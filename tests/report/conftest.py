import base64
import json
from functools import partial
from pathlib import Path

import nbformat
import pytest

from cnnatlas.report import authoring
from cnnatlas.report.authoring import Results
from cnnatlas.report.html import build
from cnnatlas.report.labels import number
from cnnatlas.report.markdown import document
from cnnatlas.report.parts import APPENDIX, DESIGN, FRONT, placed
from cnnatlas.workflow import timings
from site_results import EXPLORER, SITE

STYLE = Path("report/style").resolve()
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="90" height="60" /></svg>'
PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
FINDING = {
    "item": "A1",
    "what it asks": 30 * "word ",
    "answer": 30 * "word ",
    "strength": "undecided",
    "where": "@sec-a",
}
BUDGETS = {"variant": "plain", "see": f"<https://example.org/{12 * 'long/'}>", "budgets": 40 * "word "}
SETTINGS = {
    "title": "A study",
    "subtitle": "of small things",
    "authors": ["Somebody"],
    "version": "1.0",
    "date": "2020-02-29",
    "keywords": ["study"],
    "description": "A study of small things.",
    "summary": "Small things were studied.",
}


@pytest.fixture
def style():
    return STYLE


@pytest.fixture
def settings():
    return SETTINGS


@pytest.fixture
def results(tmp_path, monkeypatch):
    """A run's results with one figure of each kind; the current folder is the repository that holds them."""
    return _results(tmp_path, monkeypatch)


@pytest.fixture
def shown(monkeypatch):
    """The outputs that a notebook would hold, of all that is shown from here on."""
    return _shown(monkeypatch)


@pytest.fixture
def chapter(tmp_path):
    """Function that makes a chapter's document tree file from a markdown text and outputs."""
    return partial(_chapter, tmp_path)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of a site of two chapters, with one of everything that its pages treat in a way of its own."""
    folder = tmp_path_factory.mktemp("site")
    with pytest.MonkeyPatch.context() as patch:
        results, shown = _results(folder, patch), _shown(patch)
        results.figure("curves.svg", "fig-curves", "Losses.", alt="A blue box")
        results.figure("gallery.png", "fig-gallery", "Images, after @fig-curves.", alt="A pixel")
        results.table([{"n": 1, "see": "@fig-curves"}], "tbl-n", "Counts.")
        accuracies = [{"": "plain", "accuracy": "50.0 [45.1, 54.9]"}]
        results.table(accuracies, "tbl-accuracy", "Accuracies.", source="scores.csv")
        results.table([FINDING], "tbl-findings", "Findings.")
        with placed(DESIGN):
            results.table([BUDGETS], "tbl-budgets", "Budgets.")
        with placed(APPENDIX):
            results.table(
                [{"setting": "epochs", "value": 3}], "tbl-plain-settings", "Plain: all its settings. In rows."
            )
        with placed(FRONT):
            authoring.show("What this run is.")
        authoring.show_code(Path.is_file)
    first = "# First {#sec-a}\n\n## Unlabelled\n\n$$ \\frac12 $$ {#eq-half}\n\n### Below {#sec-below}\n\nOcclusion."
    first += " Matrices." + 60 * " Everything"
    second = "# Second {#sec-b}\n\n## Part {#sec-part}\n\nSee @fig-gallery, @eq-half; [@wilson1927].\n\n    make all"
    paths = {"a": _chapter(folder, "a", first, shown), "b": _chapter(folder, "b", second)}
    trees = {name: json.loads(path.read_text()) for name, path in paths.items()}
    build(paths, number(trees), SETTINGS, EXPLORER, SITE, folder / "report")
    (folder / "benchmarks" / "train").mkdir(parents=True)
    (folder / "benchmarks" / "train" / "plain.tsv").write_text("s\tmax_rss\tcpu_time\n120.0\t1500.0\t100.0\n")
    timings.write(folder, folder / "resources")
    return folder / "report"


def _results(repository, patch):
    patch.chdir(repository)
    folder = repository / "results" / "tiny"
    folder.mkdir(parents=True)
    (folder / "curves.svg").write_text(SVG)
    (folder / "gallery.png").write_bytes(base64.b64decode(PIXEL))
    (folder / "scores.csv").write_text("variant,accuracy\nplain,0.5\n")
    return Results("results/tiny", "snakemake --cores 2")


def _shown(patch):
    outputs = []

    def display(data, raw, metadata=None):
        assert raw
        outputs.append(nbformat.v4.new_output("display_data", data=data, metadata=metadata or {}))

    patch.setattr(authoring, "display", display)
    return outputs


def _chapter(folder, name, text, outputs=()):
    cells = [nbformat.v4.new_markdown_cell(text, id="text")]
    cells.append(nbformat.v4.new_code_cell("run.figure(...)", id="outputs", outputs=list(outputs)))
    path = folder / "report" / "build" / f"{name}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    media = folder / "report" / "media" / name
    path.write_text(document(nbformat.v4.new_notebook(cells=cells), name, media, STYLE))
    return path
