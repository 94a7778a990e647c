import json
import re

import pytest
from bs4 import BeautifulSoup

from cnnatlas.report import authoring
from cnnatlas.report.html import build
from cnnatlas.report.labels import number
from cnnatlas.report.pandoc import pandoc
from cnnatlas.report.parts import APPENDIX, WEB_ONLY, placed
from site_results import EXPLORER, SITE


@pytest.fixture
def pages(site):
    """The parsed pages of a report of two chapters."""
    return {path.stem: BeautifulSoup(path.read_text(), "html.parser") for path in site.glob("*.html")}


def test_every_figure_is_there_with_a_description_and_its_size(pages, site):
    images = pages["a"].main.find_all("img")
    assert [image["alt"] for image in images] == ["A blue box", "A pixel"]
    assert [(image["width"], image["height"], image["loading"]) for image in images] == [
        ("90", "60", "lazy"),
        ("1", "1", "lazy"),
    ]
    assert all((site / image["src"]).is_file() and image.parent["href"] == image["src"] for image in images)
    assert [figure.get_text() for figure in pages["a"].select("figcaption .number")] == ["Figure 1.1.", "Figure 1.2."]


def test_a_note_is_a_box_shown_once(chapter, results, shown, settings, tmp_path):
    for _ in range(2):
        results.note("Take care.", "It may be *wrong*.")
    path = chapter("a", "# First {#sec-a}", shown)
    build({"a": path}, number({"a": json.loads(path.read_text())}), settings, EXPLORER, SITE, tmp_path / "report")
    boxes = BeautifulSoup((tmp_path / "report" / "a.html").read_text(), "html.parser").find_all("blockquote")
    assert [box.get_text(strip=True) for box in boxes] == ["Take care.It may bewrong."]


def test_references_lead_to_pages_and_anchors_that_exist(pages, site):
    for name, page in pages.items():
        for link in page.find_all("a", href=True):
            file, _, anchor = link["href"].partition("#")
            if file.startswith(("http", "explorer/", "../benchmarks/", "../results.csv")) or file.endswith(
                ("pdf", "ipynb")
            ):
                continue
            if file and not file.endswith("html"):
                assert (site / file).is_file(), f"{name}: {link['href']}"
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


def test_the_sidebar_has_all_chapters_and_their_sections(pages):
    chapters = {"a.html": "1 First", "b.html": "2 Second", "explorer.html": "Explorer of all variants"}
    chapters["made.html"] = "How this report was made"
    for page in pages.values():
        links = {link["href"]: link.get_text() for link in page.nav.select(".chapters > li > a")}
        assert links == chapters
        assert page.nav.find(href=re.compile("#sec-part$")).get_text() == "2.1 Part"
    assert [link["href"] for link in pages["a"].nav.select("li li a")][:2] == ["#section-2", "#sec-below"]
    assert [part["aria-label"] for part in pages["a"].nav.select("details[open] summary")] == ["Sections of First"]


def test_pages_lead_to_the_ones_before_and_after_them(pages):
    order = ["index", "a", "b", "explorer", "made"]
    for before, page, after in zip([None, *order], order, [*order[1:], None], strict=False):
        turns = {link["rel"][0]: link["href"] for link in pages[page].select(".turn a")}
        assert turns == {key: f"{name}.html" for key, name in (("prev", before), ("next", after)) if name}


def test_the_appendix_code_and_commands_are_folded(pages):
    summaries = [summary.get_text() for summary in pages["a"].main.find_all("summary")]
    assert [text.replace("\N{NO-BREAK SPACE}", " ") for text in summaries if text != "Rebuild"] == [
        "Table A.1. Plain: all its settings",
        next(text for text in summaries if re.fullmatch(r"Code, \d+ lines", text)),
    ]
    command = pages["a"].select_one("#fig-curves figcaption .rebuild code").get_text()
    assert command == "snakemake --cores 2 results/tiny/curves.svg"
    assert "Rebuild:" not in pages["a"].main.get_text()
    assert (
        pages["a"]
        .select_one("#fig-gallery figcaption")
        .get_text(" ", strip=True)
        .startswith("Figure 1.2. Images, after")
    )


def test_a_fold_is_headed_by_a_line_for_each_part_or_by_its_first_words(chapter, results, shown, settings, tmp_path):
    with placed(APPENDIX):
        results.figure("curves.svg", "fig-one", "A net: fits, $R^2$; left out.", alt="A blue box")
        results.figure("curves.svg", "fig-two", "A net: losses. Left out.", alt="A blue box")
        results.figure("curves.svg", "fig-three", "B net: losses.", alt="A blue box")
    with placed(WEB_ONLY):
        authoring.show("By loss, lowest first: A, B.")
    path = chapter("a", "# First {#sec-a}", shown)
    build({"a": path}, number({"a": json.loads(path.read_text())}), settings, EXPLORER, SITE, tmp_path / "report")
    page = BeautifulSoup((tmp_path / "report" / "a.html").read_text(), "html.parser")
    heads = [list(summary.stripped_strings) for summary in page.select(".fold > summary")]
    assert heads == [
        ["Figure A.1. A net: fits, R²", "Figure A.2. losses", "Figure A.3. B net: losses"],
        ["By loss, lowest first"],
    ]


def test_the_first_page_has_what_belongs_there_and_no_chapter_has_it(pages):
    assert "What this run is." in pages["index"].main.get_text()
    assert "What this run is." not in pages["a"].main.get_text()


def test_an_interval_stays_whole_below_its_value_and_an_empty_cell_heads_nothing(pages):
    table = pages["a"].find(id="tbl-accuracy")
    assert [cell.name for cell in table.thead.tr.find_all(["td", "th"])] == ["td", "th"]
    assert table.tbody.find_all("td")[1].get_text() == "50.0 [45.1,\N{NO-BREAK SPACE}54.9]"


def test_what_is_searched_has_every_section_figure_table_and_formula(site, pages):
    text = (site / "assets" / "search-data.js").read_text()
    entries = {entry["href"]: entry for entry in json.loads(text.removeprefix("const SEARCH_DATA = ").rstrip(";\n"))}
    for href in entries:
        file, _, anchor = href.partition("#")
        assert pages[file.removesuffix(".html")].find(id=anchor), href
    assert entries["a.html#sec-below"] == {
        "href": "a.html#sec-below", "page": "First", "title": "1.1.1 Below", "text": entries["a.html#sec-below"]["text"]
    }  # fmt: skip
    assert entries["a.html#sec-below"]["text"].startswith("Occlusion.")
    assert "Losses" not in entries["a.html#sec-below"]["text"] and "45.1" not in entries["a.html#sec-below"]["text"]
    assert entries["a.html#tbl-accuracy"]["cells"].split() == ["accuracy", "plain", "50.0", "[45.1,", "54.9]"]
    assert entries["a.html#fig-curves"]["image"] == "media/a/fig-curves.svg"
    assert entries["a.html#fig-curves"]["text"] == "Losses."
    assert entries["a.html#tbl-n"]["title"] == "Table 1.1"
    assert entries["a.html#eq-half"]["title"] == "Equation (1.1)"
    assert "<mfrac>" in entries["a.html#eq-half"]["math"] and "annotation" not in text
    assert "b.html#sec-part" in entries


def test_the_explorer_lists_every_variant_without_scripts_too(pages):
    rows = pages["explorer"].select("#variants tbody tr")
    cells = [[cell.get_text(" ", strip=True) for cell in row.find_all("td")] for row in rows]
    accuracies, costs = ["50.0 [50.0, 50.0]"] * 2, ["1,000", "30.0", "3", "1"]
    assert cells[1] == ["Deep", *accuracies, "STL-10", *costs, "at chance", "Study"]
    assert cells[2][2] == "–" and cells[2][-1] == "Study; Other </script>"
    assert json.loads(pages["explorer"].find(id="explorer-data").string) == EXPLORER


def test_formulas_are_mathml_and_citations_resolved(pages):
    assert pages["a"].find("math")
    assert "(1.1)" in pages["a"].find(id="eq-half").get_text()
    assert "Wilson" in pages["b"].find(id="refs").get_text()


def test_how_the_report_was_made_names_every_rule_and_no_time(pages):
    rules = json.loads((SITE / "rules.json").read_text())
    assert [row["id"] for row in pages["made"].select("#rules tbody tr")] == [f"rule-{rule}" for rule in rules]
    drawn = {link["href"] for link in pages["made"].select("svg a")}
    assert len(drawn) > 20 and all(pages["made"].find(id=link[1:]) for link in drawn)
    assert not re.search(r"\d (?:s|min)\b", pages["made"].main.get_text())


def test_nothing_comes_from_the_network(pages, site):
    for page in pages.values():
        sources = [tag.get("src") or tag.get("href") for tag in page.find_all(["img", "link", "script"])]
        files = [source for source in sources if source]
        assert {"assets/style.css", "assets/site.js"} <= set(files)
        assert all((site / file).is_file() for file in files)
    for asset in (site / "assets").iterdir():
        assert not re.search(r"(?:src|href|url|import|fetch)\W{1,3}(?:https?:)?//", asset.read_text()), asset.name


def test_index_lists_chapters_and_their_sections(pages):
    links = {link["href"]: link.get_text() for link in pages["index"].select(".contents a")}
    expected = {"a.html": "First", "a.html#section-2": "Unlabelled", "b.html": "Second", "b.html#sec-part": "Part"}
    assert links == expected


def test_equal_results_give_equal_bytes(chapter, results, shown, settings, tmp_path):
    results.figure("curves.svg", "fig-curves", "Losses.", alt="A blue box")
    path = chapter("a", "# First {#sec-a}\n\nSee [@wilson1927].", shown)
    found = []
    for _ in range(3):
        build({"a": path}, number({"a": json.loads(path.read_text())}), settings, EXPLORER, SITE, tmp_path / "report")
        pages = sorted((tmp_path / "report").glob("*.html"))
        found.append({file.name: file.read_bytes() for file in [*pages, *(tmp_path / "report" / "assets").iterdir()]})
    assert found[0] == found[1] == found[2]


@pytest.mark.parametrize("locale", ["C", "C.UTF-8"])
def test_titles_keep_their_characters_in_every_locale(monkeypatch, locale):
    monkeypatch.setenv("LC_ALL", locale)
    options = ["-f", "markdown", "-t", "html5", "-s", "-M", "pagetitle=Größe – 大"]
    assert "<title>Größe – 大</title>" in pandoc("text", *options, subject="page")


def test_source_is_a_folded_section_at_the_end_that_no_search_finds(chapter, shown, settings, tmp_path):
    authoring.show_sources(["scripts/cnnatlas/architectures/lenet.py"])
    path = chapter("a", "# First {#sec-a}\n\n## Part", shown)
    build({"a": path}, number({"a": json.loads(path.read_text())}), settings, EXPLORER, SITE, tmp_path / "report")
    page = BeautifulSoup((tmp_path / "report" / "a.html").read_text(), "html.parser")
    section = page.main.find_all("section")[-1]
    assert {"source", "web-only"} <= set(section["class"]) and section.h2.get_text().split() == ["1.2", "Source"]
    assert "class LeNet5" in section.details.pre.get_text() and not section.select(":scope > pre")
    assert "LeNet5" not in (tmp_path / "report/assets/search-data.js").read_text()
