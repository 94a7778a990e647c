"""When a difference between two designs is established.

From one seed to the next, trainings of one and the same design differ by more than the sampling of images explains. A
verdict therefore needs a test over at least SEEDS_NEEDED paired seeds; with fewer, intervals cover the images only.
"""

SEEDS_NEEDED = 6  # of five, the smallest p of a two-sided sign-flip test is 1/16
LEVEL = 0.05


def verdict(p: float | None, low: float, high: float) -> str | None:
    """ "higher" or "lower" where a difference is established, else None.

    It is where its corrected `p`, over seeds, is at most LEVEL and its interval `low` to `high`, over images and seeds,
    excludes zero: the test alone would be about these images only. Without a `p`, there are too few seeds.
    """
    if p is None or p > LEVEL or low <= 0 <= high:
        return None
    return "higher" if low > 0 else "lower"


def enough(seeds: int) -> bool:
    """Whether so many paired seeds suffice for a verdict."""
    return seeds >= SEEDS_NEEDED
