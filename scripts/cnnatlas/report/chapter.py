"""A chapter of the report: its results, its studies, and at its end all of them that it has not shown by hand."""

from collections.abc import Mapping

from cnnatlas.report.authoring import Results
from cnnatlas.report.study import Study


class Chapter:
    """What a chapter's notebook makes of its parameters.

    `folder` holds the run's results, `command` builds them, and `facts` are what the plan tells the chapter: of each
    reading of its entry in config/report.yaml what the results do not hold.
    """

    def __init__(self, folder: str, command: str, facts: Mapping):
        self.results = Results(folder, command)
        self.studies = {name: Study(self.results, name, study) for name, study in facts["studies"].items()}

    def finish(self) -> None:
        """Show what the configuration asks for and no cell has shown: nothing, where there is none."""
        for study in self.studies.values():
            study.rest()
