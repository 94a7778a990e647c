"""The answer to every item of config/items.yaml in a line, computed from the results of the run.

An answer is a function of `Claims`, registered under the item's id; it is Markdown without a full stop at its end. One
that begins with "void" says that the networks which it is about learned nothing. Answers lie in the module named as the
notebook that shows them, so that another answer makes that chapter and the findings again, and no other.
"""

from collections.abc import Callable

from cnnatlas.errors import AtlasError
from cnnatlas.report import parts
from cnnatlas.report.authoring import show
from cnnatlas.report.claims import Claims
from cnnatlas.wording import capitalised

Answer = Callable[[Claims], str]


class Answers(dict[str, Answer]):
    """Answers by the ids of their items; asking for another raises an AtlasError."""

    def to(self, item: str) -> Callable[[Answer], Answer]:
        """Register a function as the answer to an item."""

        def register(function: Answer) -> Answer:
            self[item] = function
            return function

        return register

    def says(self, item: str, text: str) -> None:
        """Register an answer that holds in every run."""
        self[item] = lambda claims: text

    def show(self, claims: Claims, *items: str) -> None:
        """Show answers, in bold; with the item's id where no heading has it: of several, of the workflow's."""
        for item in items:
            named = f"{item}: " if len(items) > 1 or item[0] in "UX" else ""
            with parts.placed(parts.ANSWER):
                show(f"**{named}{capitalised(self[item](claims))}.**")

    def __missing__(self, item: str) -> Answer:
        raise AtlasError(
            f"config/items.yaml: item {item} has no answer; add a function for it to the module of "
            "scripts/cnnatlas/report/answers named as its chapter's notebook, which gives the Chapter its ANSWERS"
        )
