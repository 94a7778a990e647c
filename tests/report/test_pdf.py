import json
import re

import pytest
import typst

from cnnatlas.errors import AtlasError
from cnnatlas.report import authoring
from cnnatlas.report.authoring import show
from cnnatlas.report.labels import number
from cnnatlas.report.parts import APPENDIX, DESIGN, FRONT, IN_PLACE, WEB_ONLY, placed
from cnnatlas.report.pdf import build

TEXT = """# Small things {#sec-small}

See @fig-curves, @tbl-scores, @eq-mean and [@wilson1927]; `a/very/long/path/of_things` too.

$$ \\bar x = \\frac{1}{n} \\sum_{i=1}^n x_i $$ {#eq-mean}
"""


@pytest.fixture
def chapters(chapter, results, shown):
    results.figure("curves.svg", "fig-curves", "Losses $L$.", alt='A "blue" box')
    results.table(results.csv("scores.csv"), "tbl-scores", "Scores.", source="scores.csv")
    results.note("Take care.", "It may be wrong.")
    return {"small": chapter("small", TEXT, shown)}


def typeset(chapters, settings, style, folder, name):
    numbering = number({chapter: json.loads(path.read_text()) for chapter, path in chapters.items()})
    build(chapters, numbering, settings, style, folder / "report" / "build" / "typst", folder / "report" / name)
    return (folder / "report" / name).read_bytes()


def test_equal_inputs_give_equal_bytes(chapters, settings, style, tmp_path):
    first = typeset(chapters, settings, style, tmp_path, "first.pdf")
    assert first.startswith(b"%PDF")
    assert first == typeset(chapters, settings, style, tmp_path, "second.pdf")
    assert first != typeset(chapters, {**settings, "date": "2021-01-01"}, style, tmp_path, "third.pdf")


def test_figures_keep_descriptions_and_leave_commands_to_the_list_of_the_appendix(chapters, settings, style, tmp_path):
    typeset(chapters, settings, style, tmp_path, "report.pdf")
    source = (tmp_path / "report" / "build" / "typst" / "small.typ").read_text()
    assert 'picture("/media/small/fig-curves.svg", alt: "A \\"blue\\" box")' in source
    assert "Rebuild" not in source and "make" not in source
    main = (tmp_path / "report" / "build" / "typst" / "main.typ").read_text()
    lines = '(<fig-curves>, "results/tiny/curves.svg"), (<tbl-scores>, "results/tiny/scores.csv")'
    assert f'#commands("snakemake --cores 2", {lines})' in main
    assert "#quote(block: true)[\n#strong[Take care.] It may be wrong.\n]" in source  # the style draws a box
    assert "#ref(<fig-curves>), #ref(<tbl-scores>), #ref(<eq-mean>)" in source


def test_several_works_are_cited_through_the_style_which_sets_semicolons(chapter, settings, style, tmp_path):
    small = chapter("small", "# Small\n\nAs [@page2018; @jordan2024] did; see [@olah2017].", [])
    typeset({"small": small}, settings, style, tmp_path, "report.pdf")
    source = (tmp_path / "report/build/typst/small.typ").read_text()
    assert "As #cited(<page2018>, <jordan2024>); did; see @olah2017" in source
    assert 'join("; ")' in (style / "report.typ").read_text()


def test_every_reference_says_where_it_appeared(style):
    """Typst prints these fields, and leaves out others, such as howpublished and note."""
    entries = (style / "references.bib").read_text(encoding="utf-8").split("\n@")
    venue = re.compile(r"^  (journal|booktitle|publisher|institution) = ", re.MULTILINE)
    assert [entry.partition(",")[0] for entry in entries if not venue.search(entry)] == []


def test_no_reference_has_a_doi_before_which_typst_sets_two_stops(style):
    assert "doi =" not in (style / "references.bib").read_text(encoding="utf-8")


def test_a_long_table_may_break_over_pages_and_a_short_one_may_not(chapter, shown, results, settings, style, tmp_path):
    for rows in (11, 12):
        results.table([{"n": n} for n in range(rows)], f"tbl-rows-{rows}", f"Rows: {rows}.")
    typeset({"long": chapter("long", "# Long", shown)}, settings, style, tmp_path, "report.pdf")
    source = (tmp_path / "report" / "build" / "typst" / "long.typ").read_text()
    short, _, long = source.partition("tbl-rows-11")
    assert "#together[" in short and "#together[" not in long and "#[" in long


def test_typst_counts_as_the_labels_do(chapters, chapter, shown, results, settings, style, tmp_path):
    uncounted = "| a |\n|---|\n| 1 |\n\n$$ y $$\n\n"
    shown.clear()
    results.table([{"n": 1}], "tbl-last", "Last.")
    chapters["last"] = chapter("last", f"# Last\n\n## One\n\n{uncounted}{uncounted}$$ z $$ {{#eq-z}}", shown)
    typeset(chapters, settings, style, tmp_path, "report.pdf")
    main = tmp_path / "report" / "build" / "typst" / "main.typ"
    with main.open("a") as stream:
        stream.write("#let at(kind, label) = counter(kind).at(locate(label)).first()\n")
        stream.write("#let tables = figure.where(kind: table)\n")
        stream.write("#context [#metadata((at(heading, <eq-z>), at(math.equation, <eq-z>))) <equation>]\n")
        stream.write("#context [#metadata((at(heading, <tbl-last>), at(tables, <tbl-last>))) <table>]\n")
    counted = {
        name: json.loads(typst.query(main, f"<{name}>", field="value", one=True, root=tmp_path / "report"))
        for name in ("equation", "table")
    }
    labels = number({name: json.loads(path.read_text()) for name, path in chapters.items()})["labels"]
    assert labels["eq-z"]["name"] == "Equation ({}.{})".format(*counted["equation"])
    assert labels["tbl-last"]["name"] == "Table {}.{}".format(*counted["table"])


def test_typst_errors_leave_no_pdf(chapters, settings, style, tmp_path):
    (tmp_path / "report" / "media" / "small" / "fig-curves.svg").unlink()
    with pytest.raises(AtlasError, match=r"main\.typ: error: file not found.*fig-curves\.svg"):
        typeset(chapters, settings, style, tmp_path, "report.pdf")
    assert not list((tmp_path / "report").glob("*.pdf"))


def test_an_appendix_follows_the_chapters_and_the_web_keeps_what_is_its_own(
    chapter, shown, results, settings, style, tmp_path
):
    """In order, numbered as the labels are, and referred to from the text."""
    with placed(APPENDIX):
        results.table([{"layer": 1}], "tbl-layers", "Layers.", source="scores.csv")
    with placed(WEB_ONLY):
        results.figure("gallery.png", "fig-gallery", "Images.", alt="A pixel")
    with placed(DESIGN):
        show("What was tried.")
    with placed(FRONT):
        show("What this run is.")
    path = chapter("small", "# Small\n\nSee @tbl-layers and @fig-gallery.", shown)
    typeset({"small": path}, settings, style, tmp_path, "report.pdf")
    files = {path.stem: path.read_text() for path in (tmp_path / "report/build/typst").glob("*.typ")}
    assert "See #ref(<tbl-layers>) and Figure W.1, online." in files["small"]
    assert "#design[\n#block[\nWhat was tried." in files["small"]
    assert "What this run is." in files["front"] and "What this run is." not in files["small"]
    assert "tbl-layers" in files["small-appendix"] and not any("gallery.png" in text for text in files.values())
    assert files["main"].index("small.typ") < files["main"].index('(level: 2, "Small")') < files["main"].index("-app")
    assert number({"small": json.loads(path.read_text())})["labels"]["tbl-layers"]["name"] == "Table A.1"
    shown_by_typst = tmp_path / "report/build/typst/main.typ"
    with shown_by_typst.open("a") as stream:
        stream.write("#context [#metadata(numbering(query(<tbl-layers>).first().numbering, 1)) <found>]\n")
    query = typst.query(shown_by_typst, "<found>", field="value", one=True, root=tmp_path / "report")
    assert json.loads(query) == "A.1"


def test_what_is_for_the_web_alone_is_not_printed(chapter, shown, settings, style, tmp_path):
    authoring.show_sources(["scripts/cnnatlas/architectures/lenet.py"])
    typeset({"a": chapter("a", "# First {#sec-a}\n\nA text.", shown)}, settings, style, tmp_path, "report.pdf")
    source = (tmp_path / "report" / "build" / "typst" / "a.typ").read_text()
    assert "A text." in source and "LeNet5" not in source and "Source" not in source


def test_in_a_table_a_value_may_stand_above_its_interval(chapter, shown, results, settings, style, tmp_path):
    results.table([{"a": "0.50 [−0.10, 0.90]"}], "tbl-a", "A value.")
    typeset({"a": chapter("a", "# A\n\nIt is 0.50 [−0.10, 0.90].", shown)}, settings, style, tmp_path, "report.pdf")
    source = (tmp_path / "report" / "build" / "typst" / "a.typ").read_text().replace("~", "\N{NO-BREAK SPACE}")
    assert "0.50\N{NO-BREAK SPACE}\\[−0.10,\N{NO-BREAK SPACE}0.90\\]" in source
    assert "[0.50 \\[−0.10,\N{NO-BREAK SPACE}0.90\\]]" in source


def test_a_long_table_does_not_break_after_its_first_rows(chapter, shown, results, settings, style, tmp_path):
    results.table([{"n": f"row {n}"} for n in range(30)], "tbl-rows", "Rows.")
    typeset({"long": chapter("long", "# Long\n\nAbove.", shown)}, settings, style, tmp_path, "report.pdf")
    folder = tmp_path / "report" / "build" / "typst"
    source = (folder / "long.typ").read_text().replace("[row 2]", "[row 2#metadata(none)<third>]")
    head, _, table = source.partition("#[")
    with (folder / "main.typ").open("a") as stream:
        stream.write("#context [#metadata((locate(<tbl-rows>).page(), locate(<third>).page())) <pages>]\n")
    starts = set()
    for above in range(150, 220, 5):
        (folder / "long.typ").write_text(f"{head}#v({above}mm)\n#[{table}")
        value = typst.query(folder / "main.typ", "<pages>", field="value", one=True, root=tmp_path / "report")
        caption, third = json.loads(value)
        assert caption == third, f"{above} mm above"
        starts.add(caption)
    assert len(starts) == 2  # on the first page, and on the next one


@pytest.mark.parametrize(("height", "printed"), [(300, 79.4), (400, 95), (500, 105.8), (1000, 190)])
def test_a_tall_picture_leaves_room_on_its_page_but_is_not_shrunk_too_far(
    chapter, results, shown, settings, style, tmp_path, height, printed
):
    """In millimetres, on a text 160 mm wide."""
    size = f'width="600" height="{height}"'
    (results.folder / "curves.svg").write_text(f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size} /></svg>')
    results.figure("curves.svg", "fig-curves", "Losses.", alt="A box")
    typeset({"a": chapter("a", "# A", shown)}, settings, style, tmp_path, "report.pdf")
    main = tmp_path / "report" / "build" / "typst" / "main.typ"
    with main.open("a") as stream:
        stream.write('#import "report.typ": picture\n')
        stream.write(
            '#context [#metadata(measure(width: 16cm, picture("/media/a/fig-curves.svg")).height.mm()) <tall>]\n'
        )
    value = typst.query(main, "<tall>", field="value", one=True, root=tmp_path / "report")
    assert json.loads(value) == pytest.approx(printed, abs=0.5)


@pytest.mark.parametrize(
    ("where", "around", "name"),
    [("text", "text", "a"), (IN_PLACE, "text", "a"), (APPENDIX, APPENDIX, "a-appendix")],
)
def test_a_figure_moves_to_the_end_of_a_page_unless_it_is_in_place(
    chapter, shown, results, settings, style, tmp_path, where, around, name
):
    with placed(around):
        show("Before.")
    with placed(where):
        results.figure("curves.svg", "fig-curves", "Losses.", alt="A box")
    with placed(around):
        show("After.")
    typeset({"a": chapter("a", "# A", shown)}, settings, style, tmp_path, "report.pdf")
    folder = tmp_path / "report" / "build" / "typst"
    text = (folder / f"{name}.typ").read_text()
    for word in ("Before", "Losses", "After"):
        text = text.replace(f"{word}.", f"{word}.#metadata(none)<{word.lower()}>")
    (folder / f"{name}.typ").write_text(text)
    with (folder / "main.typ").open("a") as stream:
        heights = ", ".join(f"locate(<{label}>).position().y.mm()" for label in ("before", "losses", "after"))
        stream.write(f"#context [#metadata(({heights})) <heights>]\n")
    value = typst.query(folder / "main.typ", "<heights>", field="value", one=True, root=tmp_path / "report")
    heights = json.loads(value)
    assert (heights == sorted(heights)) == (where == IN_PLACE)
    assert (heights[1] > 200) == (where == APPENDIX)  # of 297 mm: elsewhere the end of a chapter keeps its figures


def test_no_figure_stands_above_the_heading_of_its_section(chapter, shown, results, settings, style, tmp_path):
    """Whatever is above, and whether the figure fits on the page of its heading or not."""
    results.figure("curves.svg", "fig-curves", "Losses.", alt="A box")
    typeset({"a": chapter("a", "# A\n\n## Own\n\nBefore.", shown)}, settings, style, tmp_path, "report.pdf")
    folder = tmp_path / "report" / "build" / "typst"
    text = (folder / "a.typ").read_text()
    for name in ("Own", "Losses."):
        text = text.replace(name, f"{name}#metadata(none)<{name.strip('.').lower()}>")
    head, own, rest = text.partition("== Own")
    with (folder / "main.typ").open("a") as stream:
        places = ", ".join(f"locate(<{label}>).position()" for label in ("own", "losses"))
        stream.write(f"#context [#metadata(({places}).map(at => (at.page, at.y.mm()))) <places>]\n")
    pages = set()
    for above in (0, 100, 150, 200):
        (folder / "a.typ").write_text(f"{head}#v({above}mm)\n{own}{rest}")
        value = typst.query(folder / "main.typ", "<places>", field="value", one=True, root=tmp_path / "report")
        heading, figure = json.loads(value)
        assert heading < figure, f"{above} mm above"
        pages.add(figure[0] - heading[0])
    assert pages == {0, 1}


def test_an_apostrophe_after_a_digit_is_no_prime(chapter, settings, style, tmp_path):
    """Typst would take it for one, so characters are given to it as they are to be printed."""
    typeset({"a": chapter("a", '# A\n\nCS 577\'s "homework".', [])}, settings, style, tmp_path, "report.pdf")
    assert "CS 577’s “homework”." in (tmp_path / "report/build/typst/a.typ").read_text()


def test_the_figures_of_a_chapter_stand_before_the_next_one_begins(chapter, shown, results, settings, style, tmp_path):
    """Also where both share a page."""
    results.figure("curves.svg", "fig-curves", "Losses.", alt="A box")
    chapters = {"a": chapter("a", "# A\n\n## Own\n\nBefore.", shown), "b": chapter("b", "# Next\n\nAfter.", [])}
    typeset(chapters, settings, style, tmp_path, "report.pdf")
    folder = tmp_path / "report" / "build" / "typst"
    for name, word in (("a", "Losses."), ("b", "After.")):
        text = (folder / f"{name}.typ").read_text()
        (folder / f"{name}.typ").write_text(text.replace(word, f"{word}#metadata(none)<{name}-place>"))
    with (folder / "main.typ").open("a") as stream:
        places = ", ".join(f"locate(<{name}-place>).position()" for name in "ab")
        stream.write(f"#context [#metadata(({places}).map(at => (at.page, at.y.mm()))) <places>]\n")
    value = typst.query(folder / "main.typ", "<places>", field="value", one=True, root=tmp_path / "report")
    figure, after = json.loads(value)
    assert figure[0] == after[0] and figure < after


def test_a_group_of_rows_repeats_its_head_where_it_breaks_over_pages(
    chapter, shown, results, settings, style, tmp_path
):
    rows = [
        {"item": "**A: first**", "answer": ""},
        *({"item": f"A{n}", "answer": "Yes @fig-curves"} for n in range(90)),
    ]
    results.figure("curves.svg", "fig-curves", "Losses.", alt="A box")
    results.table(rows, "tbl-rows", "Rows.")
    typeset({"long": chapter("long", "# Long", shown)}, settings, style, tmp_path, "report.pdf")
    source = (tmp_path / "report/build/typst/long.typ").read_text()
    assert "table.header(level: 2, table.cell(colspan: 2)[#strong[A: first]])," in source
    assert "[Yes #ref(<fig-curves>)]" in source  # as in any other table


def test_bold_words_alone_stay_with_the_paragraph_that_they_head(chapter, settings, style, tmp_path):
    text = "# A\n\n**What is seen.**\n\nNothing, **yet**."
    typeset({"a": chapter("a", text, [])}, settings, style, tmp_path, "report.pdf")
    source = (tmp_path / "report/build/typst/a.typ").read_text()
    assert source.count("#block(sticky: true)[") == 1
    assert source.index("sticky") < source.index("What is seen.") < source.index("Nothing")
