"""The rules of the workflow as a layered drawing, in SVG: what reads stands below what it reads."""

from collections.abc import Mapping, Sequence
from html import escape
from itertools import pairwise
from statistics import mean

ROW, COLUMN, WIDTH, HEIGHT = 58, 131, 115, 28  # pixels: from one to the next, and the size of a box
FIGURES = "figure_*"  # all rules that draw one kind of figure, which are read by the same
SWEEPS = 8

Graph = Mapping[str, Sequence[str]]  # name -> the names that it reads


def draw(rules: Graph) -> str:
    """The drawing, whose boxes link to #rule-{name}; the figures' rules are one box, implied arrows are left out."""
    graph = _reduced(_grouped(rules))
    rows, bends = _placed(graph)
    width, height = COLUMN * max(map(len, rows)), ROW * len(rows)
    centre = {
        name: (width / 2 + COLUMN * (column - (len(row) - 1) / 2), ROW * (line + 0.5))
        for line, row in enumerate(rows)
        for column, name in enumerate(row)
    }
    arrows = [_arrow([centre[stop] for stop in stops]) for stops in bends]
    boxes = [_box(name, *centre[name]) for name in graph]
    size = f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
    return f'<svg class="rules" {size} role="group" aria-label="Rules">{"".join(arrows + boxes)}</svg>'


def _grouped(rules: Graph) -> dict[str, list[str]]:
    found: dict[str, set] = {}
    for name, reads in rules.items():
        found.setdefault(_group(name), set()).update(map(_group, reads))
    return {name: sorted(reads - {name}) for name, reads in found.items()}


def _group(name: str) -> str:
    return FIGURES if name.startswith("figure_") else name


def _reduced(graph: Graph) -> dict[str, list[str]]:
    """The graph without what is implied: a reads c where it reads b, which reads c."""

    def behind(name: str) -> set[str]:
        return set(graph[name]).union(*map(behind, graph[name]))

    return {name: [r for r in reads if not any(r in behind(o) for o in reads)] for name, reads in graph.items()}


def _placed(graph: Graph) -> tuple[list[list[str]], list[list[str]]]:
    """Rows of boxes and bends, and each arrow's stops from row to row; ordered so that few arrows cross."""
    readers = {name: [other for other, reads in graph.items() if name in reads] for name in graph}

    def below(name: str) -> int:
        return max((1 + below(other) for other in readers[name]), default=0)

    last = max(map(below, graph))
    rows = [[name for name in graph if below(name) == last - line] for line in range(last + 1)]
    arrows = []
    for name, reads in graph.items():
        for read in reads:
            between = range(last - below(read) + 1, last - below(name))
            bends = [f"{read}>{name}:{line}" for line in between]
            for line, bend in zip(between, bends, strict=True):
                rows[line].append(bend)
            arrows.append([read, *bends, name])
    return _uncrossed(rows, arrows), arrows


def _uncrossed(rows: list[list[str]], arrows: list[list[str]]) -> list[list[str]]:
    """The rows, each in the order of its neighbours' mean places in the row before, down and up in turn."""
    pairs = [pair for stops in arrows for pair in pairwise(stops)]
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        order = rows if down else rows[::-1]
        for before, row in pairwise(order):
            place = {name: index / len(before) for index, name in enumerate(before)}
            near = {n: [place[a if down else b] for a, b in pairs if (b if down else a) == n] for n in row}
            row.sort(key=lambda name, near=near: mean(near[name] or [0.5]))
    return rows


def _arrow(stops: Sequence[tuple[float, float]]) -> str:
    (x, y), *others = stops
    path = f"M{x:.0f} {y + HEIGHT / 2:.0f}"
    for index, (x1, y1) in enumerate(others, 1):
        start, end = (y + HEIGHT / 2 if index == 1 else y), (y1 - HEIGHT / 2 if index == len(others) else y1)
        middle = (start + end) / 2
        path += f"C{x:.0f} {middle:.0f} {x1:.0f} {middle:.0f} {x1:.0f} {end:.0f}"
        x, y = x1, y1
    return f'<path d="{path}"/>'


def _box(name: str, x: float, y: float) -> str:
    anchor = "figure_accuracy" if name == FIGURES else name
    corner = f'x="{x - WIDTH / 2:.0f}" y="{y - HEIGHT / 2:.0f}"'
    box = f'<rect {corner} width="{WIDTH}" height="{HEIGHT}" rx="5"/>'
    return f'<a href="#rule-{escape(anchor)}">{box}<text x="{x:.0f}" y="{y + 4:.0f}">{escape(name)}</text></a>'
