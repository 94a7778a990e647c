"""What the site's search and the previews of its cross references know of every section, figure, table and formula."""

import json
from collections.abc import Iterable, Iterator

from bs4 import Tag

CAPTIONED = "figure[id^=fig-], table[id^=tbl-]"
FORMULA = "span.equation[id]"


def script(pages: Iterable[tuple[str, str, Tag]]) -> str:
    """A script that defines SEARCH_DATA, since a page opened from a folder may not fetch a file but may run one.

    `pages` are the files, titles and parsed bodies of the pages. SEARCH_DATA lists {href, page, title, text} in their
    order; a figure has its `image` too, and a formula its `math`.
    """
    entries = [
        {"href": file + anchor, "page": title, **entry} for file, title, tree in pages for anchor, entry in _of(tree)
    ]
    return f"const SEARCH_DATA = {json.dumps(entries, ensure_ascii=False, indent=0)};\n"


def _of(tree: Tag) -> Iterator[tuple[str, dict]]:
    """The entries of a page with their anchors; listings of source code are none."""
    for section in tree.select("section:not(.source)"):
        heading, *blocks = section.find_all(True, recursive=False)
        text = " ".join(_text(block) for block in blocks if block.name != "section")
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
    return entry | ({"image": element.img["src"]} if element.img else {})


def _text(element: Tag) -> str:
    """Text of an element without the commands that rebuild figures."""
    pieces = element.find_all(string=lambda text: not text.find_parent(class_="rebuild"))
    return " ".join("".join(pieces).split())
