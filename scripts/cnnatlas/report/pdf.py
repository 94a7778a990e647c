"""Chapters to one PDF, through pandoc and Typst; the same inputs give the same bytes."""

import json
import shutil
from collections.abc import Mapping
from pathlib import Path

import typst

from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing
from cnnatlas.report.media import for_print
from cnnatlas.report.pandoc import pandoc

STANDARD = "ua-1"  # PDF/UA-1: tagged, with descriptions of figures and formulas, checked by Typst
HEAD = '#import "report.typ": caption, equation-number, horizontalrule, picture, together, uncounted\n'
MAIN = """#import "report.typ": report
#let references = bibliography("references.bib", style: "elsevier-harvard", title: [References])
#show: report.with(json("settings.json"), references)
"""


def build(chapters: Mapping[str, Path], settings: Mapping, style: Path, sources: Path, output: Path) -> None:
    """Compile the document trees of `chapters` to `output`.

    `sources` receives the Typst files and pictures; it must be two folders below the one that holds media/. Raises
    AtlasError on formulas that cannot be translated, and on every warning.
    """
    sources.mkdir(parents=True, exist_ok=True)
    for name in ("report.typ", "references.bib"):
        shutil.copyfile(style / name, sources / name)
    (sources / "settings.json").write_text(json.dumps(settings))
    for chapter, path in chapters.items():
        document = for_print(path.read_text(), sources.parents[1], sources)
        body = pandoc(
            document, "-f", "json", "-t", "typst", "--wrap=none", "-L", style / "report.lua",
            subject=f"chapter {chapter}",
        )  # fmt: skip
        (sources / f"{chapter}.typ").write_text(HEAD + body)
    (sources / "main.typ").write_text(MAIN + "".join(f'#include "{chapter}.typ"\n' for chapter in chapters))
    with replacing(output) as temporary:
        compile_typst(sources / "main.typ", temporary)


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
