"""Small tables as CSV, without the seconds that importing pandas costs every job."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cnnatlas.files import replacing


def write(path: Path | str, columns: Sequence[str], rows: Iterable[Mapping[str, object]]) -> None:
    """Write `rows` under the given columns; floats with six significant digits, None as an empty field."""
    with replacing(path) as temporary, temporary.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([_field(row[column]) for column in columns] for row in rows)


def read(path: Path | str) -> list[dict[str, str]]:
    """Read a CSV file with a header; every value is a string."""
    with Path(path).open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def columns(path: Path | str) -> list[str]:
    """The header of a CSV file."""
    with Path(path).open(newline="", encoding="utf-8") as stream:
        return next(csv.reader(stream))


def number(text: str) -> float:
    """The number in a field, NaN where the field is empty."""
    return float(text) if text else float("nan")


def _field(value: object) -> object:
    if isinstance(value, float):
        return f"{value:.6g}"
    return value
