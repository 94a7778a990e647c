"""A chapter of the report: its studies and interpretations and, at its end, what no cell has shown of them."""

from collections.abc import Mapping

from cnnatlas.errors import AtlasError
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.authoring import Results, show_sources
from cnnatlas.report.claims import Claims
from cnnatlas.report.interpretation import interpretations
from cnnatlas.report.study import Study


class Parts(dict):
    """The studies or the networks of a chapter by name; asking for another raises an AtlasError."""

    def __missing__(self, name: str):
        raise AtlasError(
            f"`{name}` is not in this chapter, which has {', '.join(self) or 'none'}; correct the notebook, "
            "config/report.yaml or config/interpretation.yaml"
        )


class Chapter:
    """What a chapter's notebook makes of its parameters.

    `folder` holds the run's results, `command` builds them, and `facts` are what the configuration says of the studies
    and interpreted networks beyond their results (cnnatlas/workflow/plan/readings.py). `answers` are of its items.
    """

    def __init__(self, folder: str, command: str, facts: Mapping, answers: Answers | None = None):
        self.results = Results(folder, command)
        networks, own = facts.get("interpretations", {}), facts.get("studies", {})  # what the chapter reads
        self.claims = Claims(self.results, {name: network["title"] for name, network in networks.items()})
        self.studies = Parts((name, Study(self.results, name, study, facts["defaults"])) for name, study in own.items())
        self.interpretations = Parts(interpretations(self.results, networks))
        self.sources, self._answers = facts.get("sources", []), answers or Answers()

    def answer(self, *items: str) -> None:
        """The answers to items, in bold."""
        self._answers.show(self.claims, *items)

    def finish(self) -> None:
        """Show what the configuration asks for and no cell has shown, if anything, and the source of the networks."""
        for part in (*self.studies.values(), *self.interpretations.values()):
            part.rest()
        show_sources(self.sources)
