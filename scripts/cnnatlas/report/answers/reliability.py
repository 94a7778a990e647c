"""The answer of the chapter on the reliability of interpretations."""

from cnnatlas.report.answers.interpretations import of_all, plainly
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims

ANSWERS = Answers()


@ANSWERS.to("X3")
def _reliability(claims: Claims) -> str:
    return of_all(claims.of_each("reliability", lambda found: plainly(claims.first(found, "Conclusion"))))
