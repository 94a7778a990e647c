"""Small tables as CSV, without the seconds that importing pandas costs every job."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cnnatlas.errors import damaged
from cnnatlas.files import replacing


def write(path: Path | str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write `rows` under the given columns; floats with six significant digits, None as an empty field."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_field(row[column]) for column in columns] for row in rows)


def read(path: Path | str) -> list[dict[str, str]]:
    """Read a CSV file as `write` writes it; every value is a string. Raises AtlasError where it is damaged."""
    header, *rows = _lines(path)
    return [dict(zip(header, row, strict=True)) for row in rows]


def columns(path: Path | str) -> list[str]:
    """The header of a CSV file, read as by `read`."""
    return _lines(path)[0]


def number(text: str) -> float:
    """The number in a field, NaN where the field is empty."""
    return float(text) if text else float("nan")


def _field(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.6g}"
    return value


def _lines(path: Path | str) -> list[list[str]]:
    """The fields of a CSV file line by line: a file that was cut off would otherwise be one with other numbers."""
    try:
        with Path(path).open(newline="", encoding="utf-8") as stream:
            text = stream.read()
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except (UnicodeDecodeError, csv.Error) as error:
        raise damaged(path, str(error)) from error
    if not text.endswith("\n"):
        raise damaged(path, "it does not end with the end of a line")
    if odd := [number for number, line in enumerate(lines, 1) if len(line) != len(lines[0])]:
        raise damaged(path, f"row {odd[0]} has other fields than the header")
    return lines
