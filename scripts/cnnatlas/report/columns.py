"""Widths of a table's columns in print: what makes the table lowest, without breaking words or intervals.

A width here is estimated from the characters of a text, in units of the average one.
"""

import re
from collections.abc import Mapping, Sequence

from cnnatlas.report.labels import walk

PAGE = 453.5  # points between the margins of report.typ, as are the sizes of type and the insets below
SIZES = ((6, 9.0), (9, 8.0), (99, 7.0))  # up to how many columns a table is set in which size
INSETS = 10.0
SPECIAL = {"tbl-findings": (7.3, 533.0)}  # size of type and width of a table that report.typ sets in its own way
UNIT = 0.49  # of the size of type: an average character's width
NARROW, WIDE = re.compile(r"[\s.,:;'|!()\[\]ijlt/]"), re.compile(r"[A-ZmwMW%@×−≤≥]")
LONGEST = 13.0  # a longer word may be hyphenated
NAME = 24.0  # what the first column has room for, as names are there: half of the longest, up to this
INTERVAL = re.compile(r"\[[−\d]")
STEPS = (1, 2, 3, 5, 8, 13, 21, 34)
BREAKS = re.compile(r"[ \n\u200b]+")

Cell = Sequence[str]  # its words


def fit(tree: Mapping, names: Mapping[str, str]) -> None:
    """Set, in place, the widths of columns of all tables in a document that are wider than the page.

    `names` are what references to labels print.
    """
    for element in walk(tree["blocks"]):
        if element["t"] == "Table":
            (label, *_), _, columns, head, bodies, _ = element["c"]
            rows = [row for part in (head[1], *(body[3] for body in bodies)) for row in part]
            cells = [[_words(cell, names) for cell in row[1]] for row in rows if len(row[1]) == len(columns)]
            for column, share in zip(columns, shares(cells, *SPECIAL.get(label, ())), strict=False):
                column[1] = {"t": "ColWidth", "c": round(share, 4)}


def shares(rows: Sequence[Sequence[Cell]], size: float | None = None, page: float = PAGE) -> list[float]:
    """Each column's share of the page's width; empty where the table is no wider."""
    number = len(rows[0]) if rows else 0
    size = size or next(size for most, size in SIZES if number <= most)
    room = (page - number * INSETS) / (size * UNIT)
    columns = list(zip(*rows, strict=True))
    if sum(max(map(_line, column)) for column in columns) <= room:
        return []
    widths = min(_choices(columns, room), key=lambda widths: sum(map(max, _heights(columns, widths))))
    scale = room / sum(widths)
    return [(width * scale * size * UNIT + INSETS) / page for width in widths]


def _choices(columns: Sequence[Sequence[Cell]], room: float) -> list[list[float]]:
    """Widths with intervals beside their values in all columns, if there is room for that, and below them."""
    stacked = [max(map(_least, column)) for column in columns]
    stacked[0] = max(stacked[0], min(max(map(_line, columns[0])) / 2, NAME, room - sum(stacked[1:])))
    intervals = {i for i, column in enumerate(columns) if _holds_intervals(column)}
    beside = [max(map(_line, columns[i])) if i in intervals else width for i, width in enumerate(stacked)]
    starts = [beside, stacked] if sum(beside) <= room else [stacked]
    return [_grown(widths, columns, room, set(range(len(columns))) - intervals) for widths in starts]


def _holds_intervals(column: Sequence[Cell]) -> bool:
    """Whether a column has values with their intervals, and nothing longer below its heading."""
    return max(map(len, column[1:]), default=0) <= 3 and any(INTERVAL.match(word) for cell in column for word in cell)


def _grown(widths: list[float], columns: Sequence[Sequence[Cell]], room: float, which: set[int]) -> list[float]:
    """The widths after what is left was given, step by step, to that of some columns where it saves most lines."""
    while True:
        left, now = room - sum(widths), _heights(columns, widths)
        best, where, step = 0.0, 0, 0
        for index in sorted(which):
            others = [max((h for i, h in enumerate(row) if i != index), default=1) for row in now]
            for more in (step for step in STEPS if step <= left):
                lines = [_lines(cell, widths[index] + more) for cell in columns[index]]
                saved = sum(max(row) - max(rest, line) for row, rest, line in zip(now, others, lines, strict=True))
                if saved / more > best:
                    best, where, step = saved / more, index, more
        if not best:
            return widths
        widths[where] += step


def _heights(columns: Sequence[Sequence[Cell]], widths: Sequence[float]) -> list[list[int]]:
    """The lines of each cell, by row."""
    by_column = [[_lines(cell, width) for cell in column] for column, width in zip(columns, widths, strict=True)]
    return [list(row) for row in zip(*by_column, strict=True)]


def _lines(cell: Cell, width: float) -> int:
    lines, used = 1, 0.0
    for word in map(_width, cell):
        if used and used + 0.6 + word > width + 1e-9:
            lines, used = lines + 1, word
        else:
            used += word + (0.6 if used else 0.0)
    return lines


def _line(cell: Cell) -> float:
    return sum(map(_width, cell)) + 0.6 * max(0, len(cell) - 1)


def _least(cell: Cell) -> float:
    return max((min(_width(word), LONGEST) if word.isalpha() else _width(word) for word in cell), default=1.0)


def _width(word: str) -> float:
    return sum(0.6 if NARROW.match(c) else 1.35 if WIDE.match(c) else 1.0 for c in word)


def _words(cell: Sequence, names: Mapping[str, str]) -> Cell:
    """The words of a cell, as they may break."""
    return [word for word in BREAKS.split("".join(_texts(cell[4], names))) if word]


def _texts(blocks: object, names: Mapping[str, str]) -> list[str]:
    if isinstance(blocks, dict):
        content = blocks.get("c")
        match blocks.get("t"):
            case "Str":
                return [content]
            case "Space" | "SoftBreak" | "LineBreak":
                return [" "]
            case "Code":
                return [re.sub(r"([/_=])", "\\1\u200b", content[1])]
            case "Math":
                return [re.sub(r"\\[a-z]+|[{}]", "", content[1])]
            case "Cite":
                return [", ".join(names.get(each["citationId"], "Author (2000)") for each in content[0])]
        return _texts(content, names)
    return [text for each in blocks for text in _texts(each, names)] if isinstance(blocks, list) else []
