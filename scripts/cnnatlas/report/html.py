"""Chapters to one site of HTML pages that opens from a folder, without a server or anything from the network."""

import json
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from cnnatlas.files import read_json, replacing
from cnnatlas.report import parts, rule_graph, search
from cnnatlas.report.pandoc import pandoc

SECTIONS = ("section.level2, section#bibliography", "section.level3")  # of the sidebar, outermost first

EMPTY_HEADER = re.compile(r"<th([^>]*)></th>")  # no header, such as the corner between those of rows and columns


@dataclass(frozen=True)
class Section:
    """A heading of a page, and those below it."""

    id: str
    number: str
    title: str
    sections: Sequence["Section"]


@dataclass(frozen=True)
class Page:
    """A page of the site: `number` is a chapter's; `body` is HTML, with a `section` around each part with a heading."""

    name: str
    title: str
    body: str
    number: int | None = None
    template: str = "page.html"

    @property
    def file(self) -> str:
        """Where it is stored, beside the others."""
        return f"{self.name}.html"

    @cached_property
    def tree(self) -> BeautifulSoup:
        """The parsed body, without the TeX sources of formulas."""
        tree = BeautifulSoup(self.body, "html.parser")
        for source in tree.find_all("annotation"):
            source.decompose()
        return tree

    @cached_property
    def sections(self) -> list[Section]:
        """The sections of a chapter."""
        return list(_sections(self.tree, *SECTIONS)) if self.number else []


def build(
    chapters: Mapping[str, Path], numbering: Mapping, settings: Mapping, explorer: Mapping, site: Path, folder: Path
) -> None:
    """Write the site into `folder`: a page for each document tree of `chapters`, index, explorer, how it was made.

    `numbering` is labels.json, `settings` those of config/report.yaml, `explorer` what `explorer.collect` returns, and
    `site` the folder report/site. Figures are read from `folder`, below media/.
    """
    trees = [read_json(path) for path in chapters.values()]
    fronts = [parts.at(tree, parts.FRONT) for tree in trees]
    front = "".join(_html(tree, 0, numbering, site, folder) for tree in fronts if tree["blocks"])
    summary = pandoc(settings["summary"], "-f", "markdown", "-t", "html5", subject="the summary")
    pages = [
        Page("index", settings["title"], summary + front, template="index.html"),
        *(_chapter(number, tree, numbering, site, folder) for number, tree in enumerate(trees, 1)),
        Page("explorer", "Explorer of all variants", "", template="explorer.html"),
        Page("made", "How this report was made", "", template="made.html"),
    ]
    rules = read_json(site / "rules.json")
    graph = rule_graph.draw({name: rule["reads"] for name, rule in rules.items()})
    shared = {"pages": pages, "settings": settings, "explorer": explorer, "rules": rules, "graph": graph}
    templates = Environment(loader=FileSystemLoader(site), autoescape=True, undefined=StrictUndefined)
    templates.policies["json.dumps_kwargs"] = {"separators": (",", ":")}
    for before, page, after in zip([None, *pages], pages, [*pages[1:], None], strict=False):
        text = templates.get_template(page.template).render(shared, page=page, previous=before, next=after)
        with replacing(folder / page.file) as temporary:
            temporary.write_text(text + "\n", encoding="utf-8")
    for source in (*site.glob("*.css"), *site.glob("*.js")):
        with replacing(folder / "assets" / source.name) as temporary:
            shutil.copyfile(source, temporary)
    with replacing(folder / "assets" / "search-data.js") as temporary:
        found = ((page.file, page.title, page.tree) for page in pages)
        temporary.write_text(search.script(found), encoding="utf-8")


def _chapter(number: int, tree: Mapping, numbering: Mapping, site: Path, folder: Path) -> Page:
    entry = numbering["contents"][number - 1]
    body = _html(parts.at(tree, *parts.IN_CHAPTER), number, numbering, site, folder)
    return Page(entry["chapter"], entry["title"], body, number)


def _html(tree: Mapping, number: int, numbering: Mapping, site: Path, folder: Path) -> str:
    """A document of chapter `number`, or of no chapter where that is 0."""
    chapter = numbering["contents"][number - 1]["chapter"] if number else ""
    options = ["-f", "json", "-t", "html5", "--mathml", "--section-divs", "-N", f"--number-offset={max(number - 1, 0)}"]
    options += ["-L", site / "html.lua", "--citeproc", "--bibliography", site.parent / "style" / "references.bib"]
    options += ["-M", "reference-section-title=References", "-M", "link-citations=true", "--resource-path", folder]
    environment = {"REPORT_LABELS": json.dumps(numbering["labels"]), "REPORT_CHAPTER": chapter}
    subject = f"chapter {chapter}" if number else "the first page"
    body = pandoc(json.dumps(tree), *options, environment=environment, subject=subject)
    return EMPTY_HEADER.sub(r"<td\1></td>", body)


def _sections(tree: Tag, *levels: str) -> Iterator[Section]:
    """The sections below `tree`, whose selectors are `levels` from the outermost to the innermost."""
    for section in tree.select(levels[0]) if levels else ():
        heading = section.find(["h1", "h2", "h3"])
        number = heading.find(class_="header-section-number")
        digits = number.get_text() if number else ""
        title = " ".join(heading.get_text().split()).removeprefix(digits).strip()
        yield Section(section["id"], digits, title, list(_sections(section, *levels[1:])))
