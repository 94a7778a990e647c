"""An executed notebook as pandoc markdown with media files, and as pandoc's document tree."""

import base64
import re
from itertools import groupby
from pathlib import Path

from nbformat import NotebookNode

from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing
from cnnatlas.report.pandoc import pandoc
from cnnatlas.report.parts import TEXT

# Raw HTML and TeX would vanish from one of the outputs without a word; identifiers are given, not derived, since
# chapters would otherwise share some. Pipe tables with lines beyond the column width would get relative widths.
# A line that begins with "(@fig-x)" would start an example list.
DIALECT = "markdown-raw_html-raw_tex-raw_attribute-auto_identifiers-example_lists+lists_without_preceding_blankline"
READER = ["-f", DIALECT]
WIDTH = "--columns=1000000"

SUFFIX = {"image/svg+xml": ".svg", "image/png": ".png"}
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


def document(notebook: NotebookNode, chapter: str, media: Path, style: Path) -> str:
    """Pandoc's JSON of a chapter; its figures go to the folder `media`, and are called media/{chapter}/... in it."""
    text = markdown(notebook, chapter, media)
    return pandoc(text, *READER, WIDTH, "-t", "json", "-L", style / "chapter.lua", subject=f"chapter {chapter}")


def markdown(notebook: NotebookNode, chapter: str, media: Path) -> str:
    """Markdown of a chapter: texts and outputs, without code and raw cells, which are for other tools."""
    media.mkdir(parents=True, exist_ok=True)
    blocks = []
    for cell in notebook.cells:
        try:
            blocks += _cell_blocks(cell, chapter, media)
        except AtlasError as error:
            raise AtlasError(f"chapter {chapter}, cell {cell.id}: {error}") from None
    return "\n\n".join(blocks) + "\n"


def _cell_blocks(cell: NotebookNode, chapter: str, media: Path) -> list[str]:
    if cell.cell_type == "markdown":
        return [cell.source]
    blocks = []
    for place, outputs in groupby(cell.get("outputs", []), key=_place):
        inside = [block for output in outputs for block in _output_blocks(output, chapter, media)]
        blocks += inside if place == TEXT else [f"::: {{.{place}}}", *inside, ":::"]
    return blocks


def _place(output: NotebookNode) -> str:
    return output.get("metadata", {}).get("report", {}).get("place", TEXT)


def _output_blocks(output: NotebookNode, chapter: str, media: Path) -> list[str]:
    if output.output_type == "stream":
        return [_fence(ANSI.sub("", output.text))] if output.name == "stdout" else []
    if output.output_type == "error":
        raise AtlasError(f"raised {output.ename}: {output.evalue}")
    facts = output.metadata.get("report", {})
    if facts.get("kind") == "fig":
        return [_figure(output.data, facts, chapter, media)]
    if facts.get("kind") == "tbl":
        return [output.data["text/markdown"], f": {facts['caption']} {{#{facts['label']}}}"]
    if facts.get("kind") == "caption":
        return []
    if facts.get("kind") == "source":
        return [f"::: {{.source .web-only}}\n{output.data['text/markdown']}\n:::"]
    if set(output.data) <= {"text/markdown"}:
        return [output.data["text/markdown"]]
    if set(output.data) == {"text/plain"}:
        return [_fence(output.data["text/plain"])]
    raise AtlasError(f"an output of {', '.join(output.data)}; show it with Results.figure, Results.table or show")


def _figure(data: NotebookNode, facts: NotebookNode, chapter: str, media: Path) -> str:
    mime = next(mime for mime in SUFFIX if mime in data)
    name = facts["label"] + SUFFIX[mime]
    content = data[mime].encode() if mime == "image/svg+xml" else base64.b64decode(data[mime])
    with replacing(media / name) as temporary:
        temporary.write_bytes(content)
    alt = " ".join(facts["alt"].split()).replace("\\", "\\\\").replace('"', '\\"')
    return f'![{facts["caption"]}](media/{chapter}/{name}){{#{facts["label"]} alt="{alt}"}}'


def _fence(text: str) -> str:
    ticks = "`" * max([3, *(len(run) + 1 for run in re.findall("`+", text))])
    return f"{ticks}\n{text.rstrip()}\n{ticks}"
