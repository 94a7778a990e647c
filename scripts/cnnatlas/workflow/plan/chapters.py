"""The report's chapters, config/report.yaml: which files each reads, and what the configuration tells it.

A chapter is report/notebooks/<name>.ipynb and its entry under `chapters`, a list of readings (plan/readings.py). Its
inputs are the files of its readings. Its facts, the notebook's parameter `chapter`, are what those files do not hold.
"""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import schemas
from cnnatlas.configuration.photographs import KEY
from cnnatlas.configuration.strict_yaml import Document
from cnnatlas.configuration.studies import Study
from cnnatlas.errors import AtlasError
from cnnatlas.workflow.plan.interpretation import InterpretationPlan
from cnnatlas.workflow.plan.paths import Paths
from cnnatlas.workflow.plan.photographs import PhotographPlan
from cnnatlas.workflow.plan.readings import READINGS, Context, Reading, study_files

ROOT = Path(__file__).parents[4]
ANSWERS = "scripts/cnnatlas/report/answers"  # a module for each notebook
Entries = dict[str, dict[str, list[str]]]  # chapter -> reading -> the names that it is limited to, or none

# What the site and the PDF call files of their own
RESERVED = ("explorer", "front", "index", "labels", "made", "main", "report")


@dataclass(frozen=True)
class Chapters:
    """The chapters of one run; the parts of its plan are as in `readings.Context`."""

    paths: Paths
    config: Mapping
    interpretation: InterpretationPlan
    entries: Entries
    items: Sequence[dict]
    placed: Callable[[str], str]
    photographs: PhotographPlan

    @property
    def whole(self) -> bool:
        """Whether the run has all studies: chapters compare variants, so that the report needs all of them."""
        return set(self.paths.atlas.specs) == set(self.paths.atlas.members)

    @cached_property
    def names(self) -> list[str]:
        """The chapters in order, without those for further studies or for photographs where there are none."""
        return [
            name
            for name, reads in self.entries.items()
            if (reads.get("studies") != [] or self.further) and (KEY not in reads or self.photographs.folder)
        ]

    @cached_property
    def further(self) -> list[Study]:
        """The studies that no chapter names."""
        named = {name for reads in self.entries.values() for name in reads.get("studies", [])}
        return [s for s in self.paths.atlas.studies.values() if not {s.name, s.assignment} & named]

    def targets(self) -> list[str]:
        """Everything that a reader gets: the report or, of a run of some studies, their results."""
        table = self.paths.result("results.csv")
        if not self.whole:
            studies = self.paths.atlas.studies.values()
            shown = self.photographs.files() if self.photographs.folder else []
            return [table, *(file for study in studies for file in study_files(self.paths, study)), *shown]
        pages = [f"{name}.{suffix}" for name in self.names for suffix in ("html", "ipynb")]
        pages = ["report.pdf", "index.html", "explorer.html", "made.html", *pages]
        return [table, *(self.paths.result(f"report/{name}") for name in pages)]

    def files(self, chapter: str) -> list[str]:
        """The inputs of a chapter's notebook; raises AtlasError where the run cannot have them."""
        self._check(chapter)
        return [file for reading in self._readings(chapter) for file in reading.files]

    def sources(self, chapter: str) -> list[str]:
        """The files of the library that a chapter shows at its end, relative to the project."""
        return self.parameters(chapter)["chapter"].get("sources", [])

    def executed(self, chapter: str) -> str:
        """A chapter's executed notebook; raises AtlasError where the run cannot have it.

        What is made of it must ask here: Snakemake would take the notebook of an earlier run for a source where only
        the rule that executes it refuses.
        """
        self._check(chapter)
        return self.paths.result(f"report/build/{chapter}.ipynb")

    def documents(self) -> list[str]:
        """The document trees of all chapters in order; raises AtlasError where the run cannot have them."""
        for name in self.names:
            self._check(name)
        return [self.paths.result(f"report/build/{name}.json") for name in self.names]

    def parameters(self, chapter: str) -> dict:
        """The parameters of a chapter's notebook."""
        facts = {key: value for reading in self._readings(chapter) for key, value in reading.facts.items()}
        return {
            "chapter": {key: facts[key] for key in sorted(facts)},
            "command": self.config["command"],
            "results": self.placed(self.paths.result("").rstrip("/")),
        }

    def _check(self, chapter: str) -> None:
        if {"studies", "items"} & set(self.entries[chapter]) and not self.whole:
            raise AtlasError(
                "studies: the report needs all of them; leave `studies` out, or ask for results of those named"
            )

    def _readings(self, chapter: str) -> list[Reading]:
        context = Context(self.paths, self.config, self.interpretation, self.items, self.placed, self.photographs,
                          self.further)  # fmt: skip
        return [READINGS[name](context, chapter, names) for name, names in self.entries[chapter].items()]


def load(root: Path) -> tuple[Entries, dict]:
    """The chapters and the settings of config/report.yaml below `root`; raises AtlasError on a name that is unknown."""
    document = configuration.read(root, root / "config" / "report.yaml")
    schemas.validate(document, "report")
    entries = {name: _reads(document, name) for name in document.content["chapters"]}
    for chapter, reads in entries.items():
        if chapter in RESERVED:
            where = document.where(("chapters", chapter))
            raise AtlasError(f"{where}: the report has a file of its own that is called `{chapter}`; rename the "
                             "chapter and its notebook")  # fmt: skip
        _check(chapter, _notebooks(), document.where(("chapters", chapter)), "notebook in report/notebooks")
        for name, limits in reads.items():
            where = document.where(("chapters", chapter))
            _check(name, sorted(READINGS), where, "reading")
            for limit in limits:
                _check(limit, _limits(root, name), where, f"name for `{name}`")
    settings = {key: value for key, value in document.content.items() if key != "chapters"}
    return entries, configuration.ordered(settings)


def check_photographs(entries: Entries, config: Mapping) -> None:
    """Raises AtlasError where a run has photographs that no chapter shows."""
    if config[KEY] and not any(KEY in reads for reads in entries.values()):
        raise AtlasError(f"config/report.yaml: no chapter reads `{KEY}`, which the run has; add `{KEY}: [{KEY}]` to "
                         "`chapters`, or leave the run's key out")  # fmt: skip


def check_answers(entries: Entries, items: Sequence[dict]) -> None:
    """Raises AtlasError where the report tells of an item that has no answer, which a job would find at its end."""
    answered = _answered()
    for item in items if any("items" in reads for reads in entries.values()) else ():
        if item["id"] not in answered:
            raise AtlasError(f"config/items.yaml: item {item['id']} has no answer; add a function for it to the "
                             f"module of {ANSWERS} named as its chapter's notebook, listed in every.py")  # fmt: skip


def _answered() -> set[str]:
    """The items that have an answer, read from the source, for planning does without what answers import.

    They are in the modules that every.py, which the findings read, imports from the package.
    """
    listed = [node for node in _nodes("every") if isinstance(node, ast.ImportFrom)]
    modules = [name.name for node in listed if node.module == "cnnatlas.report.answers" for name in node.names]
    calls = [node for module in modules for node in _nodes(module) if isinstance(node, ast.Call) and node.args]
    named = [call.args[0] for call in calls if ast.unparse(call.func) in ("ANSWERS.to", "ANSWERS.says")]
    return {item.value for item in named if isinstance(item, ast.Constant)}


def _nodes(module: str) -> list[ast.AST]:
    return list(ast.walk(ast.parse((ROOT / ANSWERS / f"{module}.py").read_bytes())))


def _reads(document: Document, chapter: str) -> dict[str, list[str]]:
    """The entry of a chapter: `[trainings, {splits: [cifar10]}]` as {trainings: [], splits: [cifar10]}."""
    reads: dict[str, list[str]] = {}
    for entry in document.content["chapters"][chapter]:
        read = {entry: []} if isinstance(entry, str) else entry
        if twice := sorted(reads.keys() & read.keys()):
            where = document.where(("chapters", chapter))
            raise AtlasError(f"{where}: `{chapter}` reads `{twice[0]}` twice; write one list of names")
        reads |= read
    return reads


def _check(name: str, known: list[str], where: str, what: str) -> None:
    if name not in known:
        raise AtlasError(f"{where}: `{name}` is no {what}{schemas.suggestion(name, known)}")


def _notebooks() -> list[str]:
    return sorted(path.stem for path in (ROOT / "report" / "notebooks").glob("[!.]*.ipynb"))


def _limits(root: Path, reading: str) -> list[str]:
    """The names that a reading may be limited to."""
    assignments = schemas.schema("study")["properties"]["assignment"]["enum"]
    if reading == "bases":
        return assignments
    if reading == "studies":
        return [*assignments, *sorted(path.stem for path in (root / "config" / "studies").glob("[!.]*.yaml"))]
    if reading == "splits":
        return sorted(configuration.read(root, root / "config" / "datasets.yaml").content)
    if reading == "theory":  # not imported: planning does without matplotlib
        source = (ROOT / "scripts" / "cnnatlas" / "figures" / "theory.py").read_text(encoding="utf-8")
        return re.findall(r'^    "(\w+)": ', source.partition("PICTURES")[2], re.M)
    return []
