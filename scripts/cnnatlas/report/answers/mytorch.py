"""The answer of the chapter on MyTorch."""

from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims
from cnnatlas.report.theory import power_of_ten
from cnnatlas.wording import counted, percent

ANSWERS = Answers()


@ANSWERS.to("A1")
def _mytorch(claims: Claims) -> str:
    cases = [row for row in claims.agreement() if row["dtype"] == "float64"]
    keys = ("output", "input_gradient", "weight_gradient")
    apart = max(float(row[key]) for row in cases for key in keys)
    test = claims.results.json("foundations/mytorch/digits.json")["test"]
    return (
        f"Both passes agree with PyTorch to {power_of_ten(apart)} in {counted(len(cases), 'case')}; a network built "
        f"with it alone has {percent(test['accuracy'])} of {counted(test['n'], 'digit')} right"
    )
