"""Where a part of a chapter stands: in its text or, with `placed`, elsewhere.

A part in the APPENDIX follows the chapters in the PDF and is folded in its chapter on the web; one that is WEB_ONLY is
left out of the PDF. An ANSWER is kept on one page, DESIGN is a box, FRONT the first page, and of what is IN_PLACE the
PDF moves no figure to another page. Notebooks keep the place in the metadata of an output, documents as the class of a
`Div`, of which all but DESIGN are at the top level of a document's blocks.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

PLACES = ("text", "answer", "design", "in-place", "appendix", "web-only", "front")
TEXT, ANSWER, DESIGN, IN_PLACE, APPENDIX, WEB_ONLY, FRONT = PLACES
PRINTED = (TEXT, ANSWER, DESIGN, IN_PLACE)  # of a chapter in the PDF
IN_CHAPTER = (*PRINTED, APPENDIX, WEB_ONLY)  # of a chapter's page on the web
PREFIX = {APPENDIX: "A", WEB_ONLY: "W"}  # of the numbers of figures and tables, which are counted over all chapters

_place = ContextVar("place", default=TEXT)


@contextmanager
def placed(place: str) -> Iterator[None]:
    """Let what is shown inside stand at `place`; as a decorator, what the function shows.

    Of nested places the one further from the text holds: an appendix of something that is on the web alone is too.
    """
    token = _place.set(max(place, _place.get(), key=PLACES.index))
    try:
        yield
    finally:
        _place.reset(token)


@contextmanager
def lifted() -> Iterator[None]:
    """Let what is shown inside stand in the text although the rest is in the APPENDIX: a reference that leads there."""
    token = _place.set(TEXT if _place.get() == APPENDIX else _place.get())
    try:
        yield
    finally:
        _place.reset(token)


def current() -> str:
    """The place of what is shown now."""
    return _place.get()


def place(block: Mapping) -> str:
    """The place of a block of a document."""
    classes = block["c"][0][1] if block["t"] == "Div" else []
    return next((name for name in PLACES if name in classes), TEXT)


def at(document: Mapping, *places: str) -> dict:
    """The document with those top-level blocks alone that stand at `places`."""
    return {**document, "blocks": [block for block in document["blocks"] if place(block) in places]}
