import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.items import read_items


def test_the_real_items_are_well_formed():
    ids = [item["id"] for item in read_items("config/items.yaml")]
    assert {"U1", "A1", "B2.12", "C0.21", "D1.4", "E1a", "X8"} <= set(ids)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- {id: A1, text: x, answered_by: fig-a}", "answered_by"),
        ("- {id: A1, text: x}", "answered_by"),
        ("- {id: A1, text: x, answered_by: []}\n- {id: A1, text: y, answered_by: []}", "item A1 is listed twice"),
        ("- A1", "answered_by"),
        ("A1: x", "a list of items"),
        ("- [", "not valid YAML"),
        ("- \x80", "not valid YAML"),
    ],
)
def test_malformed_items_are_named(tmp_path, text, message):
    (tmp_path / "items.yaml").write_text(text, encoding="latin-1")
    with pytest.raises(AtlasError, match=message):
        read_items(tmp_path / "items.yaml")
