import json

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.labels import check, number


@pytest.fixture
def trees(chapter, results, shown):
    """Two chapters whose text refers back and forth."""
    results.figure("curves.svg", "fig-one", "First.", alt="a")
    results.figure("curves.svg", "fig-two", "Second, unlike @fig-one.", alt="b")
    results.table([{"n": 1, "see": "@fig-two"}], "tbl-one", "Table.")
    headings = "# First {#sec-first}\n\n## A\n\n## B {#sec-b}\n\n### C {#sec-c}\n\n## D {#sec-d}"
    paths = {"a": chapter("a", f"{headings}\n\n$$ x $$ {{#eq-x}}\n\nSee @fig-three.", shown)}
    shown.clear()
    results.figure("curves.svg", "fig-three", "Third.", alt="c")
    paths["b"] = chapter("b", "# Second\n\n## E {#sec-e}\n\nSee @sec-c and [@wilson1927].", shown)
    return {name: json.loads(path.read_text()) for name, path in paths.items()}


def test_numbers_count_per_chapter(trees):
    names = {label: entry["name"] for label, entry in number(trees)["labels"].items()}
    assert names == {
        "sec-first": "Chapter 1",
        "sec-b": "Section 1.2",
        "sec-c": "Section 1.2.1",
        "sec-d": "Section 1.3",
        "eq-x": "Equation (1.1)",
        "fig-one": "Figure 1.1",
        "fig-two": "Figure 1.2",
        "tbl-one": "Table 1.1",
        "sec-e": "Section 2.1",
        "fig-three": "Figure 2.1",
    }


def test_contents_hold_titles_and_sections(trees):
    contents = number(trees)["contents"]
    assert [entry["title"] for entry in contents] == ["First", "Second"]
    assert contents[1]["sections"] == [{"label": "sec-e", "title": "E"}]


def test_every_reference_must_lead_somewhere(trees):
    labels, works = number(trees)["labels"], "@article{wilson1927,"
    check(trees, labels, {"D1.1": ["fig-one"]}, works)
    with pytest.raises(AtlasError, match=r"items\.yaml: item D1\.2 names fig-nine, which no chapter"):
        check(trees, labels, {"D1.2": ["fig-nine"]}, works)
    with pytest.raises(AtlasError, match="chapter b: @wilson1927 is not in"):
        check(trees, labels, {}, "")
    del labels["fig-one"]
    with pytest.raises(AtlasError, match="chapter a: the reference @fig-one leads nowhere"):
        check(trees, labels, {}, works)


def test_labels_and_titles_are_unique(trees, chapter):
    with pytest.raises(AtlasError, match="chapter c: label sec-first is taken by chapter a"):
        number({**trees, "c": trees["a"]})
    untitled = json.loads(chapter("u", "## Only a section").read_text())
    with pytest.raises(AtlasError, match="chapter u: it has 0 headings of the first level"):
        number({"u": untitled})
