"""The answers about the workflow, of the introduction or of the findings alone."""

from collections.abc import Sequence

from cnnatlas.files import read_json
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims
from cnnatlas.report.theory import power_of_ten, size
from cnnatlas.wording import counted

OF_A = ("dense_head_cifar10", "global_pooling_cifar10")
ANSWERS = Answers()

ANSWERS.says("U1", "Yes, one repository holds them all")
ANSWERS.says("U3", "Yes, one graph of jobs leads from the data's archives to this page")
ANSWERS.says("U5", "Yes, with `--profile profiles/slurm`")
ANSWERS.says("U6", "Yes: of scripts with all that they import, keys of the configuration, input files")
ANSWERS.says("X1", "Yes: a job runs again where content that it depends on has changed")
ANSWERS.says("X5", "Yes: a training goes on from its last checkpoint, and ends with the same bytes")
ANSWERS.says("X7", "Yes: in captions on the web and in notebooks, in a list of the PDF's appendix")
ANSWERS.says("E4", "Yes: this PDF, web pages, and one executed notebook for each chapter")


@ANSWERS.to("U2")
def _software(claims: Claims) -> str:
    used = read_json(claims.file("models/*/seed*/training.json"))["environment"]
    return f"Yes, here with PyTorch {used['torch']} and Python {used['python']}"


@ANSWERS.to("U4")
def _command(claims: Claims) -> str:
    return f"Yes: `{claims.results.command}`"


@ANSWERS.to("X2")
def _seeds(claims: Claims) -> str:
    seeds = [entry["seeds"] for study in OF_A for entry in claims.study(study)["variants"]]
    return f"Each network of assignment A with {_range(seeds)}; intervals in every study, tests where seeds suffice"


def _range(seeds: Sequence[int]) -> str:
    low, high = min(seeds), max(seeds)
    return counted(low, "seed") if low == high else f"{low} to {counted(high, 'seed')}"


@ANSWERS.to("X6")
def _checked(claims: Claims) -> str:
    numbers = sum(size(entry["value"]) for entry in claims.theory.values())
    apart = max(entry["difference"] for entry in claims.theory.values())
    return f"{numbers:,} numbers, computed twice, differ by {power_of_ten(apart)} at most"


ANSWERS.says("X8", "Yes: archives are drawn, downloaded or taken from a mirror, and each one's check is named")
