"""The answers that the findings show themselves: those about all studies."""

from collections.abc import Mapping

from cnnatlas.evaluation.verdicts import SEEDS_NEEDED
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims
from cnnatlas.wording import part_of

ANSWERS = Answers()


@ANSWERS.to("X2")
def _seeds(claims: Claims) -> str:
    """How many variants have the seeds that a test needs, and how many comparisons were tested and established."""
    studies = claims.studies()
    seeds = {entry["variant"]: entry["seeds"] for study in studies for entry in study["variants"]}
    several = sum(number >= SEEDS_NEEDED for number in seeds.values())
    compared = [splits for study in studies for splits in _compared(study)]
    tested = [splits for splits in compared if any(split.get("p") is not None for split in splits)]
    established = sum(any(split.get("verdict") for split in splits) for splits in tested)
    verdicts = f", {established or 'none'} established" if tested else ""
    return (
        f"{part_of(several, len(seeds), 'variant')} trained with {SEEDS_NEEDED} seeds or more, which a test needs; "
        f"{part_of(len(tested), len(compared), 'comparison')} tested{verdicts}"
    )


def _compared(study: Mapping) -> list[list[Mapping]]:
    """Each pair and each effect of a study that is not void, by split."""
    effects = study["factorial"]["effects"] if study["factorial"] else []
    return [list(each["splits"].values()) for each in [*study["pairs"], *effects] if not each["void"]]
