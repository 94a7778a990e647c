"""Chapters: those written by hand show the rest at their end, and further studies need no words of their own."""

import json
from pathlib import Path

import nbformat
import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.chapter import Chapter
from cnnatlas.report.execute import execute
from cnnatlas.report.labels import number
from cnnatlas.report.markdown import document
from study_results import ALONE, ALONE_FACTS, COMPARISON, FACTS, save

LENET = "scripts/cnnatlas/architectures/lenet.py"
NOTEBOOKS = Path("report/notebooks").resolve()


@pytest.fixture
def facts(results):
    """The facts of two studies whose results are saved: one with everything, one of a single variant."""
    save(results.folder, "s", COMPARISON, FACTS)
    save(results.folder, "alone", ALONE, ALONE_FACTS)
    studies = {"alone": ALONE_FACTS, "s": FACTS}
    return {"defaults": {}, "interpretations": {}, "sources": [LENET], "studies": studies}


def texts(shown):
    return [output.data["text/markdown"] for output in shown if set(output.data) == {"text/markdown"}]


def test_at_its_end_a_chapter_shows_what_it_has_not(facts, results, shown):
    chapter = Chapter(str(results.folder), "make", facts)
    chapter.studies["alone"].question()
    chapter.studies["s"].factorial()
    shown.clear()
    chapter.finish()
    headings = [text for text in texts(shown) if text.startswith("## ")]
    assert headings[0] == "## A study: further results {#sec-study-s}"
    assert [heading.partition("\n")[0] for heading in headings[1:]] == ["## Source"]
    assert f"`{LENET}`" in headings[1]
    shown.clear()
    chapter.finish()
    assert len(shown) == 1  # the source alone


def test_a_study_or_network_that_a_chapter_has_not_is_named(facts, results):
    chapter = Chapter(str(results.folder), "make", facts)
    with pytest.raises(AtlasError, match=r"`gone` is not in this chapter, which has alone, s; correct the notebook"):
        chapter.studies["gone"]
    with pytest.raises(AtlasError, match=r"`gone` is not in this chapter, which has none; correct the notebook"):
        chapter.interpretations["gone"]


def test_a_chapter_needs_no_part_that_it_does_not_read(facts, results, shown):
    chapter = Chapter(str(results.folder), "make", {key: facts[key] for key in ("defaults", "studies")})
    chapter.finish()
    assert "## A study {#sec-study-s}" in texts(shown)
    Chapter(str(results.folder), "make", {}).finish()


@pytest.mark.parametrize("chapter", ["a", "b", "c", "d", "e", "further_studies"])
def test_the_last_cell_of_every_chapter_of_studies_finishes_it(chapter):
    cells = nbformat.read(NOTEBOOKS / f"{chapter}.ipynb", nbformat.NO_CONVERT).cells
    assert cells[-1].source.endswith(".finish()")


@pytest.mark.slow
def test_further_studies_are_a_chapter_without_an_edit(facts, results, style, tmp_path):
    parameters = {"results": str(results.folder), "command": "make", "chapter": facts}
    inputs = [str(path) for path in results.folder.rglob("*") if path.is_file()]
    execute(NOTEBOOKS / "further_studies.ipynb", tmp_path / "out.ipynb", parameters, tmp_path / "half.ipynb", inputs)
    executed = nbformat.read(tmp_path / "out.ipynb", nbformat.NO_CONVERT)
    tree = json.loads(document(executed, "further_studies", tmp_path / "media", style))
    numbering = number({"further_studies": tree})
    (contents,) = numbering["contents"]
    assert [section["title"] for section in contents["sections"]] == ["Alone", "A study"]
    assert {"fig-alone-curves", "tbl-s-accuracies", "tbl-t-trials", "fig-t-2-confusion"} <= set(numbering["labels"])
