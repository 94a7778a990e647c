"""What the site's search and the previews of its cross references know of every section, figure, table and formula."""

import json
from collections.abc import Iterable, Iterator

from bs4 import Tag

CAPTIONED = "figure[id^=fig-], table[id^=tbl-]"
FORMULA = "span.equation[id]"
COMMAND = ".rebuild"  # which rebuilds a figure or table
APART = f"{CAPTIONED}, summary, {COMMAND}"  # of a section: what has an entry of its own, or is said again


def script(pages: Iterable[tuple[str, str, Tag]]) -> str:
    """A script that defines SEARCH_DATA, since a page opened from a folder may not fetch a file but may run one.

    `pages` are the files, titles and parsed bodies of the pages. SEARCH_DATA lists {href, page, title, text} in their
    order; a figure has its `image` too, a formula its `math`, and a table its `cells`, words that are no sentences.
    """
    entries = [
        {"href": file + anchor, "page": title, **entry} for file, title, tree in pages for anchor, entry in _of(tree)
    ]
    return f"const SEARCH_DATA = {json.dumps(entries, ensure_ascii=False, indent=0)};\n"


def _of(tree: Tag) -> Iterator[tuple[str, dict]]:
    """The entries of a page with their anchors; listings of source code are none."""
    for section in tree.select("section:not(.source)"):
        heading, *blocks = section.find_all(True, recursive=False)
        own = (_text(block, APART) for block in blocks if block.name not in ("section", "figure"))
        text = " ".join(filter(None, own))
        yield f"#{section['id']}", {"title": _text(heading), "text": text}
    for element in tree.select(CAPTIONED):
        yield f"#{element['id']}", _captioned(element)
    for formula in tree.select(FORMULA):
        title = f"Equation {_text(formula.find(class_='number'))}"
        yield f"#{formula['id']}", {"title": title, "text": "", "math": str(formula.math)}


def _captioned(element: Tag) -> dict:
    caption = element.find(["figcaption", "caption"])
    number = _text(caption.find(class_="number"))
    entry = {"title": number.rstrip("."), "text": _text(caption).removeprefix(number).strip()}
    entry |= {"image": element.img["src"]} if element.img else {}
    return entry | ({"cells": " ".join(map(_text, element.select("th, td")))} if element.name == "table" else {})


def _text(element: Tag, without: str = COMMAND) -> str:
    """Text of an element, but of what the selector `without` finds in it."""
    left_out = {id(part) for part in element.select(without)}
    pieces = element.find_all(string=lambda text: not any(id(part) in left_out for part in text.parents))
    return " ".join("".join(pieces).split())
