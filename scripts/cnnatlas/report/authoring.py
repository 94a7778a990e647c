"""What the chapters' notebooks import: saved results in; figures, tables and computed sentences out.

A notebook draws and trains nothing. Every object is one output whose metadata {"report": {kind, label, caption, ...}}
say what it is to the builders; the readable caption that follows is for Jupyter alone.
"""

import base64
import inspect
import math
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from numbers import Integral, Real
from pathlib import Path
from typing import TYPE_CHECKING

from IPython.display import display

from cnnatlas import tables
from cnnatlas.errors import AtlasError, damaged
from cnnatlas.files import read_json
from cnnatlas.report import parts
from cnnatlas.wording import power

if TYPE_CHECKING:
    import pandas

Rows = Sequence[Mapping[str, object]]

LABEL = {"fig": re.compile(r"fig-[a-z0-9-]+"), "tbl": re.compile(r"tbl-[a-z0-9-]+")}
IMAGE = {".svg": "image/svg+xml", ".png": "image/png"}
PROJECT = Path(__file__).parents[3]
END = {".svg": b"</svg>", ".png": b"IEND\xaeB`\x82"}
SPACES = re.compile(r"[ \t\r\n]+")  # where a line may break


class Results:
    """The saved results of one run, and what a chapter shows of them.

    `folder` is results/{run}, relative to the repository; `command` is the command that builds the run, to which a
    caption appends the file it shows.
    """

    def __init__(self, folder: str, command: str):
        self.folder = Path(folder)
        self.command = command
        self._notes: set[str] = set()

    def path(self, name: str) -> Path:
        """Path of the file `name` below the results; raises AtlasError where it does not exist, or is not declared."""
        path = self.folder / name
        if not path.is_file():
            raise AtlasError(
                f"{path}: no such file; build it with `{self.rebuild(name)}`, and let the chapter read it: by its "
                "entry in config/report.yaml or, of a study, by `inspect` and `compare`"
            )
        return path

    def rebuild(self, name: str) -> str:
        """Command that rebuilds the file `name`."""
        return f"{self.command} {(self.folder / name).as_posix()}"

    def json(self, name: str) -> dict:
        """Content of a JSON file."""
        return read_json(self.path(name))

    def csv(self, name: str) -> "pandas.DataFrame":
        """Content of a CSV file."""
        import pandas  # takes a second to import, and half of the chapters need none

        tables.read(self.path(name))  # pandas would read a damaged one as far as it goes
        return pandas.read_csv(self.path(name))

    def figure(self, name: str, label: str, caption: str, *, alt: str) -> None:
        """Show the saved figure `name` (.svg or .png).

        `caption` is markdown in full sentences; `alt` describes the picture for those who cannot see it.
        """
        path = self.path(name)
        if path.suffix not in IMAGE:
            raise AtlasError(f"{path}: a figure is one of {', '.join(IMAGE)}")
        if not alt.strip():
            raise AtlasError(f"{label}: a figure needs alt=, a description for who cannot see it")
        content = path.read_bytes()
        if not content.rstrip().endswith(END[path.suffix]):
            raise damaged(path, "its end is missing")
        data = content.decode() if path.suffix == ".svg" else base64.b64encode(content).decode()
        bundle = {IMAGE[path.suffix]: data, "text/plain": f"[{label}] {alt}"}
        _show(bundle, {"kind": "fig", "label": label, "alt": alt}, caption, self.rebuild(name))

    def table(
        self,
        rows: "pandas.DataFrame | Rows",
        label: str,
        caption: str,
        *,
        formats: Mapping[str, str] | None = None,
        source: str | None = None,
    ) -> None:
        """Show a table: a data frame (its index is dropped) or a list of mappings from column to cell.

        Strings are markdown: `code`, references such as @fig-name and formulas work. Numbers follow
        `formats[column]`, a format specification, or else have three significant digits. `source` is the file below
        the results that the caption's command rebuilds.
        """
        records = rows.to_dict("records") if hasattr(rows, "to_dict") else list(rows)
        if not records:
            raise AtlasError(f"{label}: a table without rows; say so in a sentence instead")
        bundle = {"text/markdown": pipe_table(records, formats or {})}
        _show(bundle, {"kind": "tbl", "label": label}, caption, self.rebuild(source) if source else None)

    def note(self, title: str, text: str) -> None:
        """Show a boxed note, once per chapter."""
        if title not in self._notes:
            self._notes.add(title)
            show(f"> **{title}** {text}")


def show(text: str) -> None:
    """Show a computed markdown text: sentences, lists, formulas, references."""
    display({"text/markdown": text}, raw=True, metadata=_metadata())


def show_code(*functions: Callable) -> None:
    """Show the source text of functions or methods, as one listing."""
    sources = [textwrap.dedent(inspect.getsource(function)).strip() for function in functions]
    show("```python\n" + "\n\n".join(sources) + "\n```")


def show_sources(files: Sequence[str]) -> None:
    """Show files of the library whole, as the end of a chapter: in its notebook and folded on its web page only.

    `files` are relative to the project, and read where this library is.
    """
    parts = ["## Source", "The code itself, read from the project when this chapter was made."]
    for file in files:
        text = (PROJECT / file).read_text(encoding="utf-8").strip()
        fence = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
        parts += [f"`{file}`", f"{fence}python\n{text}\n{fence}"]
    display({"text/markdown": "\n\n".join(parts)}, raw=True, metadata={"report": {"kind": "source"}})


def pipe_table(rows: Rows, formats: Mapping[str, str]) -> str:
    """Markdown of a table; columns that hold nothing but numbers are set to the right."""
    columns = list(rows[0])
    unknown = set(formats) - set(columns)
    if unknown:
        raise AtlasError(f"formats names the column {min(unknown)!r}; the table has {', '.join(map(str, columns))}")
    rule = ["---:" if all(_numeric(row[column]) for row in rows) else ":---" for column in columns]
    body = [[cell(row[column], formats.get(column)) for column in columns] for row in rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in [[cell(str(name)) for name in columns], rule, *body])


def cell(value: object, specification: str | None = None) -> str:
    """Text of one cell: numbers by `specification`, a pair as an interval, nothing and not-a-number as a dash."""
    value = value.item() if hasattr(value, "item") else value
    if _missing(value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Integral):
        return format(value, specification or ",d").replace("-", "\N{MINUS SIGN}")
    if isinstance(value, Real):
        return power(format(value, specification or ".3g")).replace("-", "\N{MINUS SIGN}")
    if isinstance(value, (tuple, list)) and len(value) == 2:
        return f"[{cell(value[0], specification)}, {cell(value[1], specification)}]"
    return SPACES.sub(" ", str(value)).strip().replace("|", "\\|")


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, Real) and math.isnan(value))


def _numeric(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_numeric, value))
    return _missing(value) or (isinstance(value, Real) and not isinstance(value, bool))


def _show(bundle: dict, facts: dict, caption: str, command: str | None) -> None:
    """Display an object with its metadata, then the caption for readers in Jupyter."""
    label = facts["label"]
    if not LABEL[facts["kind"]].fullmatch(label):
        raise AtlasError(
            f"label {label!r}: it must be {facts['kind']}- followed by lower-case letters, digits, hyphens"
        )
    caption = " ".join(caption.split()) + (f" Rebuild: `{command}`." if command else "")
    display(bundle, raw=True, metadata=_metadata(**facts, caption=caption))
    display({"text/markdown": f"**{label}**: {caption}"}, raw=True, metadata=_metadata(kind="caption"))


def _metadata(**facts: str) -> dict:
    """What an output is to the builders, and its place where that is not the text."""
    place = parts.current()
    facts |= {} if place == parts.TEXT else {"place": place}
    return {"report": facts} if facts else {}
