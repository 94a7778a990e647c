import pytest

from cnnatlas import tables
from cnnatlas.errors import AtlasError

ROWS = [{"id": 'a,"b"\n\u2028', "accuracy": 0.25}, {"id": "", "accuracy": None}]


def test_what_is_written_is_read_again(tmp_path):
    tables.write(tmp_path / "a.csv", ["id", "accuracy"], ROWS)
    assert tables.columns(tmp_path / "a.csv") == ["id", "accuracy"]
    assert tables.read(tmp_path / "a.csv") == [{"id": 'a,"b"\n\u2028', "accuracy": "0.25"}, {"id": "", "accuracy": ""}]


def test_a_table_without_rows_is_one(tmp_path):
    tables.write(tmp_path / "a.csv", ["id", "accuracy"], [])
    assert tables.read(tmp_path / "a.csv") == []


@pytest.mark.parametrize(
    "text", ["", "id,acc", "id,accuracy\na,0.2", "id,accuracy\na\n", "id,accuracy\n\0\0\0", '"id\n']
)
def test_a_half_table_is_no_table_with_other_numbers(tmp_path, text):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(AtlasError, match=r"a\.csv: damaged .*delete it"):
        tables.read(tmp_path / "a.csv")
