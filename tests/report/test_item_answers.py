"""Every item has an answer, computed from the results where these can decide it."""

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.report.answers import ANSWERS, answer, show_answers
from cnnatlas.report.claims import Claims
from cnnatlas.report.items import read_items
from study_results import COMPARISON, FACTS, entry, save

ITEMS = [item["id"] for item in read_items("config/items.yaml")]
# Answers that hold in every run: definitions, reasons, and what the tests of the workflow show
FIXED = {"U1", "U3", "U5", "U6", "X1", "X5", "X7", "X8", "E4", "B1b", "C1b"} | {f"C0.{n}" for n in range(13, 22)}


def test_every_item_has_an_answer_and_every_answer_an_item():
    assert set(ANSWERS) == set(ITEMS)


@pytest.mark.parametrize("item", sorted(set(ITEMS) - FIXED))
def test_an_answer_that_results_decide_needs_them(results, item):
    """None is typed by hand: without results there is no answer, and what is missing is named."""
    if item in ("U4", "B2.1", "A6", "X4"):  # of the command, and of how many files there are
        pytest.skip("tested by its own words")
    with pytest.raises(AtlasError, match="no such file"):
        answer(item, Claims(results))


def test_the_command_and_the_number_of_trainings_are_told(results):
    claims = Claims(results)
    assert answer("U4", claims) == "Yes: `snakemake --cores 2`"
    save(results.folder, "s", COMPARISON, FACTS)
    assert answer("B2.1", claims) == "One function, `train`, trained all 3 networks of this run"


def test_an_answer_follows_the_results(results, shown):
    variants = [entry("c2b_basic", 0.7, splits=("train", "validation", "test"))]
    save(results.folder, "blocks_cifar10", {**COMPARISON, "variants": variants, "best": {}}, FACTS)
    show_answers(Claims(results), "C2b")
    assert shown[0].data["text/markdown"] == "**It reaches 70.0 % [69.0, 71.0] on test.**"


def test_an_item_without_an_answer_is_named(results):
    with pytest.raises(AtlasError, match=r"items\.yaml: item Z9 has no answer; add a function"):
        answer("Z9", Claims(results))
