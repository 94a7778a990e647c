"""Chapters to one PDF, through pandoc and Typst; the same inputs give the same bytes."""

import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import typst

from cnnatlas.errors import AtlasError
from cnnatlas.files import read_json, replacing
from cnnatlas.report import columns, parts
from cnnatlas.report.labels import plain, walk
from cnnatlas.report.media import for_print
from cnnatlas.report.pandoc import pandoc

STANDARD = "ua-1"  # PDF/UA-1: tagged, with descriptions of figures and formulas, checked by Typst
NAMES = "answer, cited, design, ending, equation-number, horizontalrule, in-place, picture, together, uncounted"
HEAD = f'#import "report.typ": {NAMES}\n'
FLOATING = "#let ending(body) = body\n"  # the appendix's pictures may stand below a later heading: no page is white
MAIN = """#import "report.typ": appendix, commands, report
#let references = bibliography("references.bib", style: "elsevier-harvard", title: [References])
#show: report.with(json("settings.json"), include "front.typ")
"""
CAPTIONED = ("Figure", "Table")
REBUILD = "Rebuild:"  # before the command at the end of a caption


def build(
    chapters: Mapping[str, Path], numbering: Mapping, settings: Mapping, style: Path, sources: Path, output: Path
) -> None:
    """Compile the document trees of `chapters` to `output`: the first page, the chapters, the appendix of all.

    `numbering` is labels.json. `sources` receives the Typst files and pictures; it must be two folders below the one
    that holds media/. Raises AtlasError on formulas that cannot be translated, and on every warning.
    """
    sources.mkdir(parents=True, exist_ok=True)
    for name in ("report.typ", "references.bib"):
        shutil.copyfile(style / name, sources / name)
    (sources / "settings.json").write_text(json.dumps(settings))
    trees = {chapter: read_json(path) for chapter, path in chapters.items()}
    texts = {chapter: parts.at(tree, *parts.PRINTED) for chapter, tree in trees.items()}
    appendix = {f"{chapter}-appendix": parts.at(tree, parts.APPENDIX) for chapter, tree in trees.items()}
    front = [block for tree in trees.values() for block in parts.at(tree, parts.FRONT)["blocks"]]
    documents = {"front": {**next(iter(trees.values())), "blocks": front}, **texts, **appendix}
    named = {label: facts["name"] for label, facts in numbering["labels"].items()}
    for name, document in documents.items():
        columns.fit(document, named)
        body = pandoc(
            for_print(json.dumps(document), sources.parents[1], sources),
            "-f", "json", "-t", "typst-smart", "--wrap=none", "-L", style / "report.lua",
            environment={"REPORT_LABELS": json.dumps(numbering["labels"])}, subject=f"chapter {name}",
        )  # fmt: skip
        (sources / f"{name}.typ").write_text(HEAD + (FLOATING if name in appendix else "") + body)
    titles = [entry["title"] for entry in numbering["contents"]]
    printed = [*texts.values(), *appendix.values()]
    main = [MAIN, *map(_include, chapters), "#references", *_appendix(titles, appendix), *_commands(printed)]
    (sources / "main.typ").write_text("\n".join(main) + "\n")
    with replacing(output) as temporary:
        compile_typst(sources / "main.typ", temporary)


def _include(name: str) -> str:
    return f'#include "{name}.typ"'


def _appendix(titles: Sequence[str], documents: Mapping[str, Mapping]) -> Iterator[str]:
    """The appendix: a section for each chapter that has one."""
    yield "#show: appendix"
    for title, (name, document) in zip(titles, documents.items(), strict=True):
        if document["blocks"]:
            yield f"#heading(level: 2, {json.dumps(title, ensure_ascii=False)})"
            yield _include(name)


def _commands(documents: Iterable[Mapping]) -> Iterator[str]:
    """A list of the commands that rebuild each figure and table, which their captions leave out in print."""
    found = {}
    for element in walk([document["blocks"] for document in documents]):
        if element["t"] in CAPTIONED and (command := _command(element["c"][1])):
            found[element["c"][0][0]] = command
    if found:
        shared, _, _ = next(iter(found.values())).rpartition(" ")  # one command builds the run; the file is its target
        lines = [f"(<{label}>, {json.dumps(command.removeprefix(shared).strip())})" for label, command in found.items()]
        yield f"#commands({json.dumps(shared)}, {', '.join(lines)})"


def _command(caption: Sequence) -> str | None:
    """The command at the end of a caption, if there is one."""
    inlines = [element for element in walk(caption) if element["t"] in ("Str", "Code")]
    ends = [plain(element) for element in inlines[-3:]]
    return ends[1] if ends[:1] == [REBUILD] else None


def compile_typst(source: Path, output: Path) -> None:
    """Compile with the embedded fonts only; raises AtlasError with Typst's message on errors and warnings."""
    try:
        _, warnings = typst.compile_with_warnings(
            source, output=output, root=source.parents[2], ignore_system_fonts=True, pdf_standards=[STANDARD]
        )
    except typst.TypstError as error:
        raise AtlasError(f"{source}: {error.diagnostic}") from None
    if warnings:
        raise AtlasError(f"{source}: {warnings[0].diagnostic}")
