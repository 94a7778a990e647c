"""Where a part stands: noted by what shows it, kept by the document."""

import json

from cnnatlas.report.authoring import show
from cnnatlas.report.parts import APPENDIX, DESIGN, TEXT, WEB_ONLY, at, current, place, placed


def texts(document):
    return [text for text in ("before", "tried", "layers", "gallery", "after") if f'"{text}"' in json.dumps(document)]


def test_a_document_is_parted_by_place_and_keeps_its_order(chapter, shown):
    show("before")
    with placed(DESIGN):
        show("tried")
    with placed(APPENDIX):
        show("layers")
        with placed(WEB_ONLY):
            show("gallery")
    show("after")
    document = json.loads(chapter("a", "# A", shown).read_text())
    assert [place(block) for block in document["blocks"]] == [TEXT, TEXT, DESIGN, APPENDIX, WEB_ONLY, TEXT]
    assert texts(at(document, TEXT, DESIGN)) == ["before", "tried", "after"]
    assert texts(at(document, APPENDIX)) == ["layers"]
    assert texts(at(document, WEB_ONLY)) == ["gallery"]


def test_of_nested_places_the_one_further_from_the_text_holds():
    @placed(APPENDIX)
    def shown_there():
        return current()

    with placed(WEB_ONLY):
        assert shown_there() == WEB_ONLY
    with placed(DESIGN):
        assert shown_there() == APPENDIX
    assert current() == TEXT
