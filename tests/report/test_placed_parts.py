"""Where a part stands: noted by what shows it, kept by the document."""

import json

from cnnatlas.report.authoring import show
from cnnatlas.report.parts import APPENDIX, DESIGN, TEXT, WEB_ONLY, at, current, lifted, place, placed


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


def test_a_reference_to_the_appendix_is_in_the_text_and_one_to_what_is_on_the_web_stays_there():
    for where, there in ((APPENDIX, TEXT), (WEB_ONLY, WEB_ONLY), (DESIGN, DESIGN)):
        with placed(where):
            with lifted():
                assert current() == there
            assert current() == where
