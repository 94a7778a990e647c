"""The answers that the findings show themselves: those about all studies."""

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation.verdicts import SEEDS_NEEDED
from cnnatlas.report.answers.registry import Answers
from cnnatlas.report.claims import Claims
from cnnatlas.report.items import contrasts, decidable, established
from cnnatlas.wording import part_of

ANSWERS = Answers()


@ANSWERS.to("X2")
def _seeds(claims: Claims) -> str:
    """How many variants have the seeds that a test needs, and how many comparisons it decided."""
    if not claims.studies:
        raise AtlasError("studies/*/comparison.json: no such file is named to the Claims, which an answer needs")
    studies = [claims.study(name) for name in claims.studies]
    seeds = {entry["variant"]: entry["seeds"] for study in studies for entry in study["variants"]}
    several = sum(number >= SEEDS_NEEDED for number in seeds.values())
    trained = f"{part_of(several, len(seeds), 'variant')} trained with {SEEDS_NEEDED} seeds or more, which a test needs"
    found = decidable(each for study in studies for each in contrasts(study))
    if not found:
        return f"{trained}; nothing is compared"
    decided = part_of(sum(map(established, found)), len(found), "comparison")
    void = sum(each["void"] is not None for each in found)
    return f"{trained}; {decided} established{f', {void} void' if void else ''}"
