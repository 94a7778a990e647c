"""The answers about the workflow, of the introduction."""

from cnnatlas.files import read_json
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims

ANSWERS = Answers()

ANSWERS.says("U1", "Yes, one repository holds them all")
ANSWERS.says("U3", "Yes, one graph of jobs leads from the data's archives to this report")
ANSWERS.says("U5", "Yes, with `--profile profiles/slurm`")
ANSWERS.says("U6", "Yes: of scripts with all that they import, keys of the configuration, input files")
ANSWERS.says("X1", "Yes: a job runs again where content that it depends on has changed")
ANSWERS.says("X5", "Yes: a training goes on from its last checkpoint, and ends with the same bytes")
ANSWERS.says("X7", "Yes: in captions on the web and in notebooks, in a list of the PDF's appendix")
ANSWERS.says("E4", "Yes: a PDF, web pages, and one executed notebook for each chapter")


@ANSWERS.to("U2")
def _software(claims: Claims) -> str:
    used = read_json(claims.file("models/*/seed*/training.json"))["environment"]
    return f"Yes, here with PyTorch {used['torch']} and Python {used['python']}"


@ANSWERS.to("U4")
def _command(claims: Claims) -> str:
    return f"Yes: `{claims.results.command}`"


ANSWERS.says("X8", "Yes: archives can be drawn, downloaded or taken from a mirror, and each one's check is named")
