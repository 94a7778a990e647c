"""The answer to every item of config/items.yaml in a line, computed from the results of the run.

An answer is a function of `Claims`, registered under the item's id. It is a line of Markdown without a full stop at its
end, which details may follow (`lined`): the findings list the line, its chapter shows both. One that begins with "void"
says that the networks which it is about learned nothing. Answers lie in the module named as the notebook that shows
them, so that another answer makes that chapter and the findings again, and no other.
"""

from collections.abc import Callable, Iterable, Mapping

from cnnatlas.errors import AtlasError
from cnnatlas.report import parts
from cnnatlas.report.authoring import show
from cnnatlas.report.claims import Claims
from cnnatlas.wording import capitalised

Answer = Callable[[Claims], str]
BREAK = "\n\n"  # between an answer's line and its details


class Answers(dict[str, Answer]):
    """Answers by the ids of their items; asking for another raises an AtlasError.

    `stated` are the ids of those that hold in every run, and so are no result of one.
    """

    def __init__(self, answers: Mapping[str, Answer] | None = None, stated: Iterable[str] = ()):
        super().__init__(answers or {})
        self.stated = set(stated)

    def to(self, item: str) -> Callable[[Answer], Answer]:
        """Register a function as the answer to an item."""

        def register(function: Answer) -> Answer:
            self[item] = function
            return function

        return register

    def says(self, item: str, text: str) -> None:
        """Register an answer that holds in every run."""
        self[item] = lambda claims: text
        self.stated.add(item)

    def show(self, claims: Claims, *items: str) -> None:
        """Show answers, lines in bold; with the item's id where no heading has it: of several, of the workflow's."""
        for item in items:
            named = f"{item}: " if len(items) > 1 or item[0] in "UX" else ""
            line, _, details = self[item](claims).partition(BREAK)
            with parts.placed(parts.ANSWER):
                show(f"**{named}{capitalised(line)}.**")
            if details:
                show(details)

    def __missing__(self, item: str) -> Answer:
        raise AtlasError(
            f"config/items.yaml: item {item} has no answer; add a function for it to the module of "
            "scripts/cnnatlas/report/answers named as its chapter's notebook, which gives the Chapter its ANSWERS"
        )


def lined(line: str, *details: str) -> str:
    """An answer: its line, and what its chapter adds, clauses of which empty ones are left out."""
    told = " ".join(f"{capitalised(detail)}." for detail in details if detail)
    return f"{line}{BREAK}{told}" if told else line


def line_of(answer: str) -> str:
    """An answer's line, without its details."""
    return answer.partition(BREAK)[0]
