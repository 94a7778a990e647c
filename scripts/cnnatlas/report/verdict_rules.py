"""When a difference between designs is called established, in words, for boxed notes and the introduction."""

from cnnatlas.evaluation.verdicts import LEVEL, SEEDS_NEEDED

UNDECIDED = (
    "No verdicts on designs.",
    "Trainings of one and the same design differ from seed to seed, and a verdict on two designs needs "
    f"{SEEDS_NEEDED} paired seeds or more. Where there are fewer, intervals of differences are over images only: they "
    "describe these trained networks, not their designs.",
)
DECIDED = (
    "How verdicts on designs are reached.",
    f"A difference is established where the sign-flip test over paired seeds has p ≤ {LEVEL}, corrected for all "
    "comparisons of the study on all splits (step-down maxima [@westfall1993]), and its 95 % interval, a bootstrap "
    "over images and seeds [@owen2007], excludes zero.",
)
