"""Chapters to linked HTML pages that open from a folder, without a server and without anything from the network."""

import json
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path

from cnnatlas.files import replacing
from cnnatlas.report.pandoc import pandoc


def build(chapters: Mapping[str, Path], numbering: Mapping, settings: Mapping, style: Path, folder: Path) -> None:
    """Write {chapter}.html for the document trees of `chapters`, index.html and style.css into `folder`."""
    for position, (chapter, path) in enumerate(chapters.items()):
        page = _page(path.read_text(), chapter, position, numbering, settings, style)
        with replacing(folder / f"{chapter}.html") as temporary:
            temporary.write_text(page)
    with replacing(folder / "index.html") as temporary:
        temporary.write_text(_index(numbering["contents"], settings, style))
    with replacing(folder / "style.css") as temporary:
        shutil.copyfile(style / "style.css", temporary)


def _page(text: str, chapter: str, position: int, numbering: Mapping, settings: Mapping, style: Path) -> str:
    contents = numbering["contents"]
    options = ["-f", "json", "-t", "html5", "--mathml", "--toc", "--toc-depth=3", "-N", f"--number-offset={position}"]
    options += ["-L", style / "html.lua", "--citeproc", "--bibliography", style / "references.bib"]
    options += ["-M", "reference-section-title=References", "-M", "link-citations=true"]
    options += _template(contents[position]["title"], chapter, contents, settings, style)
    environment = {"REPORT_LABELS": json.dumps(numbering["labels"]), "REPORT_CHAPTER": chapter}
    return pandoc(text, *options, environment=environment, subject=f"chapter {chapter}")


def _index(contents: list, settings: Mapping, style: Path) -> str:
    body = [f"# {settings['title']} {{.unnumbered}}", f"[{settings['subtitle']}]{{.subtitle}}"]
    imprint = f"{', '.join(settings['authors'])} · version {settings['version']} · {settings['date']}"
    body += [f"[{imprint}]{{.imprint}}", settings["summary"], "## Contents {.unnumbered}"]
    body += [
        f"{number}. [{entry['title']}]({entry['chapter']}.html)\n\n"
        + "\n".join(
            f"    - [{section['title']}]({entry['chapter']}.html#{section['label']})"
            for section in entry["sections"]
            if section["label"]
        )
        for number, entry in enumerate(contents, 1)
    ]
    options = ["-f", "markdown", "-t", "html5", *_template(settings["title"], "index", contents, settings, style)]
    return pandoc("\n\n".join(body), *options, subject="index.html")


def _template(title: str, current: str, contents: list, settings: Mapping, style: Path) -> list:
    variables = {"report": settings["title"], "description": settings["description"]}
    variables = {key: escape(value) for key, value in variables.items()} | {"nav": _navigation(contents, current)}
    pairs = [option for key, value in variables.items() for option in ("-V", f"{key}={value}")]
    return ["-s", "--template", style / "page.html", "-M", f"pagetitle={title}", *pairs]


def _navigation(contents: list, current: str) -> str:
    links = []
    for position, entry in enumerate(contents, 1):
        mark = ' aria-current="page"' if entry["chapter"] == current else ""
        links.append(f'<li><a href="{entry["chapter"]}.html"{mark}>{position} {escape(entry["title"])}</a></li>')
    notebook = "" if current == "index" else f' · <a href="{current}.ipynb">notebook of this chapter</a>'
    return f'<ul>{"".join(links)}</ul><p><a href="report.pdf">PDF</a>{notebook}</p>'
