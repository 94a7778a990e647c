"""Widths of columns in print: names keep their words, intervals their brackets, and the table is low."""

import pytest

from cnnatlas.report.columns import BREAKS, fit, shares

INTERVAL = "93.4 [92.9,\u00a093.9]"
TITLE = "Whitened residual network without identity initialisation"


def cells(*rows):
    return [[[word for word in BREAKS.split(text) if word] for text in row] for row in rows]


def test_a_table_that_fits_keeps_its_natural_widths():
    assert shares(cells(["variant", "epochs"], ["Base", "3"])) == []
    assert shares([]) == []


def test_a_long_name_gets_the_room_that_stacked_intervals_leave():
    rows = [("variant", *["validation"] * 6), *[(TITLE, *[INTERVAL] * 6)] * 3]
    first, *others = shares(cells(*rows))
    assert sum([first, *others]) == pytest.approx(1)
    assert first > 2 * max(others) and max(others) - min(others) < 0.02


def test_no_column_is_narrower_than_an_interval():
    rows = [("variant", "what", "validation"), (TITLE * 3, TITLE * 9, INTERVAL)]
    widths = shares(cells(*rows))
    characters = (453.5 * widths[2] - 10) / (9 * 0.49)
    assert characters > 9.6  # of "[92.9, 93.9]": six digits, and six narrow ones


def table(*rows):
    """A pandoc table with one body."""

    def row(texts):
        return [
            ["", [], []],
            [[["", [], []], {"t": "AlignDefault"}, 1, 1, [{"t": "Plain", "c": text}]] for text in texts],
        ]

    columns = [[{"t": "AlignLeft"}, {"t": "ColWidthDefault"}] for _ in rows[0]]
    head, *body = map(row, rows)
    nothing = [["", [], []], []]
    return {"t": "Table", "c": [["tbl-a", [], []], [None, []], columns, [["", [], []], [head]],
                                [[["", [], []], 0, [], body]], nothing]}  # fmt: skip


def text(words):
    pieces = [piece for word in words.split() for piece in ({"t": "Str", "c": word}, {"t": "Space"})]
    return pieces[:-1]


def test_tables_of_a_document_are_fitted_in_place_and_references_count_as_what_they_print():
    reference = [{"t": "Cite", "c": [[{"citationId": "fig-with-a-very-long-label-indeed"}], []]}]
    narrow = table([text("a"), text("b")], [text("c"), reference])
    wide = table([text("a"), text("b")], [text(TITLE * 5), reference])
    fit({"blocks": [narrow, wide]}, {"fig-with-a-very-long-label-indeed": "Figure 2.1"})
    assert [column[1]["t"] for column in narrow["c"][2]] == ["ColWidthDefault"] * 2
    first, second = (column[1]["c"] for column in wide["c"][2])
    assert first > 0.8 and second < 0.2


def test_a_column_of_sentences_with_an_interval_grows():
    sentence = f"It has {INTERVAL} on test, " * 4
    first, second, third = shares(cells(("item", "what", "answer"), ("A1", "Short", sentence)))
    assert third > 0.6 and first < 0.2 and second < 0.2
