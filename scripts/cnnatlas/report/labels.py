"""Numbers of sections, figures, tables and formulas, counted over all chapters as the PDF counts them."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from cnnatlas.errors import AtlasError
from cnnatlas.report import parts

WORD = {"fig": "Figure", "tbl": "Table", "eq": "Equation", "sec": "Section"}
ELEMENT = {"Figure": "fig", "Table": "tbl", "Span": "eq"}
LABEL = re.compile(rf"({'|'.join(WORD)})-")


def number(chapters: Mapping[str, dict]) -> dict:
    """Labels and contents of the report, from the chapters' document trees in order.

    Returns {"labels": {label: {name, chapter, place}}, "contents": [{chapter, title, sections: [{label, title}]}]},
    where name is what a reference prints: "Figure 2.3" of chapter 2 or, counted over all chapters, "Table A.7" of the
    appendix and "Figure W.7" on the web alone. Raises AtlasError on a label that two objects have.
    """
    labels, contents, beyond = {}, [], Counter()
    for position, (chapter, tree) in enumerate(chapters.items(), 1):
        contents.append(_contents(chapter, tree))
        for label, name, place in _named(tree, position, beyond):
            if label in labels:
                raise AtlasError(f"chapter {chapter}: label {label} is taken by chapter {labels[label]['chapter']}")
            labels[label] = {"name": name, "chapter": chapter, "place": place}
    return {"labels": labels, "contents": contents}


def check(
    chapters: Mapping[str, dict], labels: Mapping[str, dict], items: Mapping[str, Sequence[str]], bibliography: str
) -> None:
    """Raise AtlasError on the first reference that leads nowhere, of a chapter or of an item (id: its labels)."""
    for item, answers in items.items():
        for label in answers:
            if label not in labels:
                raise AtlasError(f"config/items.yaml: item {item} names {label}, which no chapter defines")
    works = set(re.findall(r"@\w+\{([^,\s]+),", bibliography))
    for chapter, tree in chapters.items():
        for element in walk(tree["blocks"]):
            for citation in element["c"][0] if element["t"] == "Cite" else []:
                _check_citation(citation["citationId"], chapter, labels, works)


def walk(node: object) -> Iterator[dict]:
    """All elements of a document tree, in document order."""
    if isinstance(node, list):
        for child in node:
            yield from walk(child)
    elif isinstance(node, dict):
        if "t" in node:
            yield node
        for child in node.values():
            yield from walk(child)


def plain(node: object) -> str:
    """Text of inline elements without their markup."""
    pieces = {"Str": lambda e: e["c"], "Space": lambda e: " ", "SoftBreak": lambda e: " "}
    pieces |= {"Code": lambda e: e["c"][1], "Math": lambda e: e["c"][1]}
    return "".join(pieces[element["t"]](element) for element in walk(node) if element["t"] in pieces)


def _check_citation(key: str, chapter: str, labels: Mapping[str, dict], works: set[str]) -> None:
    if LABEL.match(key) and key not in labels:
        raise AtlasError(f"chapter {chapter}: the reference @{key} leads nowhere; no chapter defines that label")
    if not LABEL.match(key) and key not in works:
        raise AtlasError(f"chapter {chapter}: @{key} is not in report/style/references.bib")


def _contents(chapter: str, tree: dict) -> dict:
    headers = [element["c"] for element in tree["blocks"] if element["t"] == "Header"]
    titles = [plain(header[2]) for header in headers if header[0] == 1]
    if len(titles) != 1:
        raise AtlasError(
            f"chapter {chapter}: it has {len(titles)} headings of the first level, and needs one, its title"
        )
    sections = [{"label": header[1][0], "title": plain(header[2])} for header in headers if header[0] == 2]
    return {"chapter": chapter, "title": titles[0], "sections": sections}


def _named(tree: dict, position: int, beyond: Counter) -> Iterator[tuple[str, str, str]]:
    """Labels of a chapter with what a reference to each prints, and their places.

    `beyond` counts what does not stand in a chapter's text, by kind and place, on from the chapters before.
    """
    counts, section = Counter(), [position]
    for block in tree["blocks"]:
        place = parts.place(block)
        prefix, counter = (parts.PREFIX[place], beyond) if place in parts.PREFIX else (position, counts)
        for element in walk(block):
            kind = ELEMENT.get(element["t"])
            if element["t"] == "Header":
                level, (label, *_), _ = element["c"]
                section = _advance(section, level)
                if label:
                    yield label, f"{'Chapter' if level == 1 else 'Section'} {'.'.join(map(str, section))}", place
            elif kind and (label := element["c"][0][0]).startswith(f"{kind}-"):
                counter[kind, prefix] += 1
                digits = f"{prefix}.{counter[kind, prefix]}"
                yield label, f"{WORD[kind]} {f'({digits})' if kind == 'eq' else digits}", place


def _advance(section: list[int], level: int) -> list[int]:
    """Number of the next heading of `level`, after the heading numbered `section`."""
    if level == 1:
        return section[:1]
    padded = [*section, *[0] * level][:level]
    return [*padded[:-1], padded[-1] + 1]
