import json

import pytest
from bs4 import BeautifulSoup

from cnnatlas.report.html import build
from cnnatlas.report.labels import number
from cnnatlas.report.pandoc import pandoc


@pytest.fixture
def pages(chapter, results, shown, settings, style, tmp_path):
    """The parsed pages of a report of two chapters."""
    results.figure("curves.svg", "fig-curves", "Losses.", alt="A blue box")
    results.figure("gallery.png", "fig-gallery", "Images, after @fig-curves.", alt="A pixel")
    results.table([{"n": 1, "see": "@fig-curves"}], "tbl-n", "Counts.")
    paths = {"a": chapter("a", "# First {#sec-a}\n\n## Unlabelled\n\n$$ \\frac12 $$ {#eq-half}", shown)}
    paths["b"] = chapter("b", "# Second {#sec-b}\n\n## Part {#sec-part}\n\nSee @fig-gallery, @eq-half; [@wilson1927].")
    trees = {name: json.loads(path.read_text()) for name, path in paths.items()}
    build(paths, number(trees), settings, style, tmp_path / "report")
    return {path.stem: BeautifulSoup(path.read_text(), "html.parser") for path in (tmp_path / "report").glob("*.html")}


def test_every_figure_is_there_with_a_description(pages, tmp_path):
    images = pages["a"].find_all("img")
    assert [image["alt"] for image in images] == ["A blue box", "A pixel"]
    assert all((tmp_path / "report" / image["src"]).is_file() for image in images)
    assert [figure.get_text() for figure in pages["a"].select("figcaption .number")] == ["Figure 1.1.", "Figure 1.2."]


def test_a_note_is_a_box_shown_once(chapter, results, shown, settings, style, tmp_path):
    for _ in range(2):
        results.note("Take care.", "It may be *wrong*.")
    path = chapter("a", "# First {#sec-a}", shown)
    build({"a": path}, number({"a": json.loads(path.read_text())}), settings, style, tmp_path / "report")
    boxes = BeautifulSoup((tmp_path / "report" / "a.html").read_text(), "html.parser").find_all("blockquote")
    assert [box.get_text(strip=True) for box in boxes] == ["Take care.It may bewrong."]


def test_references_lead_to_pages_and_anchors_that_exist(pages, tmp_path):
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            file, _, anchor = link["href"].partition("#")
            if file.endswith(("pdf", "ipynb")) or file.startswith("http"):
                continue
            target = pages[file.removesuffix(".html")] if file else pages[name]
            assert not anchor or target.find(id=anchor), f"{name}: {link['href']}"
    texts = [link.get_text().replace("\N{NO-BREAK SPACE}", " ") for link in pages["b"].main.find_all("a")]
    assert {"Figure 1.2", "Equation (1.1)"} <= set(texts)
    assert pages["a"].select_one("td a")["href"] == "#fig-curves"


def test_headings_are_numbered_by_chapter_and_the_page_is_marked_in_the_navigation(pages):
    for position, name in enumerate("ab", 1):
        assert pages[name].h1.find(class_="header-section-number").get_text() == str(position)
        assert [link["href"] for link in pages[name].nav.find_all(attrs={"aria-current": "page"})] == [f"{name}.html"]


def test_formulas_are_mathml_and_citations_resolved(pages):
    assert pages["a"].find("math")
    assert "(1.1)" in pages["a"].find(id="eq-half").get_text()
    assert "Wilson" in pages["b"].find(id="refs").get_text()


def test_nothing_comes_from_the_network(pages, tmp_path):
    for page in pages.values():
        sources = [tag.get("src") or tag.get("href") for tag in page.find_all(["img", "link", "script"])]
        assert all(not source.startswith(("http", "//", "/")) for source in sources)
        assert not page.find("script")
    assert (tmp_path / "report" / "style.css").is_file()


def test_index_lists_chapters_and_labelled_sections(pages):
    links = {link["href"]: link.get_text() for link in pages["index"].main.find_all("a")}
    assert links == {"a.html": "First", "b.html": "Second", "b.html#sec-part": "Part"}


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_titles_keep_their_characters_in_every_locale(monkeypatch, locale):
    monkeypatch.setenv("LC_ALL", locale)
    options = ["-f", "markdown", "-t", "html5", "-s", "-M", "pagetitle=Größe – 大"]
    assert "<title>Größe – 大</title>" in pandoc("text", *options, subject="page")
