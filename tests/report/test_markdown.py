import json
import re

import nbformat
import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.labels import plain, walk
from cnnatlas.report.markdown import document, markdown
from cnnatlas.report.pandoc import pandoc
from cnnatlas.wording import literal
from project import ROOT


def notebook(*outputs):
    cell = nbformat.v4.new_code_cell("answer = 42", id="cell-a", outputs=list(outputs))
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title", id="cell-b"), cell])


def test_figure_becomes_an_image_with_description_and_file(results, shown, tmp_path):
    results.figure("gallery.png", "fig-gallery", "Five images.", alt='A "grid"')
    text = markdown(notebook(*shown), "d", tmp_path / "media")
    assert "![Five images. Rebuild:" in text
    assert '](media/d/fig-gallery.png){#fig-gallery alt="A \\"grid\\""}' in text
    assert (tmp_path / "media" / "fig-gallery.png").read_bytes() == results.path("gallery.png").read_bytes()
    assert text.count("Five images.") == 1  # the caption for Jupyter is left out


def test_table_carries_caption_and_label(results, shown, tmp_path):
    results.table([{"n": 3}], "tbl-n", "Counts.")
    assert "| 3 |\n\n: Counts. {#tbl-n}" in markdown(notebook(*shown), "d", tmp_path)


def test_a_row_with_a_first_cell_alone_heads_the_rows_below(results, shown, style, tmp_path):
    results.table([{"item": "**A: first**", "answer": ""}, {"item": "A1", "answer": "Yes"}], "tbl-n", "Items.")
    tree = json.loads(document(notebook(*shown), "d", tmp_path, style))
    (table,) = [element for element in walk(tree["blocks"]) if element["t"] == "Table"]
    heading, row = table["c"][4][0][3]
    assert [cell[3] for cell in heading[1]] == [2] and [cell[3] for cell in row[1]] == [1, 1]


def test_code_and_warnings_are_left_out_and_prints_are_fenced(tmp_path):
    printed = nbformat.v4.new_output("stream", name="stdout", text="\x1b[31m``` and done\x1b[0m\n")
    warned = nbformat.v4.new_output("stream", name="stderr", text="a warning")
    text = markdown(notebook(printed, warned), "d", tmp_path)
    assert "answer" not in text and "warning" not in text
    assert text.endswith("\n\n````\n``` and done\n````\n")


def test_unmarked_images_and_errors_name_the_cell(tmp_path):
    image = nbformat.v4.new_output("display_data", data={"image/png": "", "text/plain": "<Figure>"})
    with pytest.raises(AtlasError, match=r"chapter d, cell cell-a: an output of image/png, text/plain; show it with"):
        markdown(notebook(image), "d", tmp_path)
    error = nbformat.v4.new_output("error", ename="ValueError", evalue="no", traceback=[])
    with pytest.raises(AtlasError, match="cell cell-a: raised ValueError: no"):
        markdown(notebook(error), "d", tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("![No label.](a.svg){alt='a'}", 'chapter d: .*the figure "No label." needs a label'),
        ("![No description.](a.svg){#fig-a alt=''}", "the figure .* needs a label"),
        ("| a |\n|---|\n| 1 |\n\n: No label.", 'the table "No label." needs a label'),
    ],
)
def test_figures_and_tables_typed_into_a_text_need_labels(style, tmp_path, text, message):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    with pytest.raises(AtlasError, match=message) as caught:
        document(notebook, "d", tmp_path, style)
    assert "traceback" not in str(caught.value) and "\n" not in str(caught.value)


def test_raw_html_is_text_in_both_outputs(style, tmp_path):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("a <b>c</b>")])
    assert '"<b>c</b>"' in document(notebook, "d", tmp_path, style)


def test_no_line_of_a_chapter_starts_with_a_reference_and_a_full_stop():
    """Pandoc would take it for an item of an example list, and begin a new paragraph in the middle of a sentence."""
    for path in sorted((ROOT / "report" / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text())["cells"]:
            if cell["cell_type"] == "markdown":
                assert not re.findall(r"^@[\w-]+[.)].*", "".join(cell["source"]), re.M), path.name


@pytest.mark.parametrize(
    "name", ["Costs $5 or $6, $x$", "_a_ *b* `c`", "x_1 ^2^ ~3~ \\n", "<b> @knuth # [a](b) [c]{.d}"]
)
def test_a_literal_name_is_text_in_every_output(style, tmp_path, name):
    cell = nbformat.v4.new_markdown_cell(f"# “{literal(name)}” {{#sec-a}}")
    tree = json.loads(document(nbformat.v4.new_notebook(cells=[cell]), "d", tmp_path, style))
    assert plain(tree["blocks"]) == f"“{name}”"
    assert {element["t"] for element in walk(tree["blocks"])} <= {"Header", "Str", "Space", "Quoted", "DoubleQuote"}


def test_raw_cells_are_for_other_tools(tmp_path):
    cells = [nbformat.v4.new_raw_cell("layout: wide"), nbformat.v4.new_markdown_cell("# Title")]
    assert markdown(nbformat.v4.new_notebook(cells=cells), "a", tmp_path / "media") == "# Title\n"


def test_an_interval_and_its_unit_stay_on_one_line(chapter):
    text = "It is 93.4 [92.9, 93.9] % and −2.1 [−3.0, 1.2]; cats [a, b] and 12 of 30."
    prose = "so 93 % [92, 94] and 2 points [1, 3] (50 % †)"
    table = f"| a |\n|---|\n| 5 [1, 9] |\n| {prose} |"
    tree = chapter("a", f"# A {{#sec-a}}\n\n{text}\n\n{table}").read_text()
    found = pandoc(tree, "-f", "json", "-t", "plain", "--columns=200", subject="a")
    assert "93.4\u00a0[92.9,\u00a093.9]\u00a0% and −2.1\u00a0[−3.0,\u00a01.2]; cats [a, b] and 12 of 30." in found
    assert "5 [1,\u00a09]" in found  # in a table the value may stand above its interval
    assert prose.replace(" %", "~%").replace(" [", "~[").replace(", ", ",~").replace(" †", "~†") in found.replace(
        "\u00a0", "~"
    )


def test_ranges_products_and_marks_stay_on_one_line(chapter):
    text = "From −11.2 to 8.0 with 12 % to 15 % of 3 × 3 and 4 × 10⁻¹⁵; closer to 5, A × B."
    text += "\n\nNet †‡, net ¶; so: † undertrained, § collapsed."
    tree = chapter("a", f"# A {{#sec-a}}\n\n{text}").read_text()
    found = pandoc(tree, "-f", "json", "-t", "plain", "--columns=200", subject="a").replace("\u00a0", "~")
    assert "From −11.2~to~8.0 with 12~%~to~15~% of 3~×~3 and 4~×~10⁻¹⁵; closer to 5, A × B." in found
    assert "Net~†‡, net~¶; so: †~undertrained, §~collapsed." in found


def test_columns_of_numbers_are_set_right(results, shown, style, tmp_path):
    rows = [
        {"net": "a", "parameters": "1,024", "gain": "−2.5", "share": "50 %", "score": "0.5 [0.1, 0.9]"},
        {"net": "3", "parameters": "–", "gain": "12", "share": "", "score": "1.0 [0.9, 1.0]"},
    ]
    results.table(rows, "tbl-n", "Nets.")
    tree = json.loads(document(notebook(*shown), "d", tmp_path, style))
    (table,) = [element for element in walk(tree["blocks"]) if element["t"] == "Table"]
    found = [column[0]["t"].removeprefix("Align") for column in table["c"][2]]
    assert found == ["Left", "Right", "Right", "Right", "Left"]  # what names a row, and values with intervals, are not
