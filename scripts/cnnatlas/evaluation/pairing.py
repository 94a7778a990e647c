"""Comparing variants: their common seeds and images, the correction for multiple tests, and claims of significance."""

from collections.abc import Iterable, Sequence

import numpy as np

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import statistics
from cnnatlas.evaluation.scores import SPLITS
from cnnatlas.evaluation.study import Variant
from cnnatlas.wording import decimal


def common_seeds(variants: Sequence[Variant]) -> list[int]:
    """The seeds that all `variants` were trained with; raises AtlasError without one, or on different images."""
    first = variants[0]
    for other in variants[1:]:
        shared = sorted(set(first.runs) & set(other.runs))
        if not shared:
            raise AtlasError(
                f"`{first.name}` and `{other.name}` are compared but share no seed; give both the same `seeds`"
            )
        one, two = (v.runs[shared[0]].splits["validation"] for v in (first, other))
        if first.dataset != other.dataset or not np.array_equal(one.indices, two.indices):
            raise AtlasError(
                f"`{first.name}` ({first.dataset}) and `{other.name}` ({other.dataset}) are compared but were "
                "evaluated on different images; remove them from `compare` and `factorial`"
            )
    seeds = set.intersection(*(set(variant.runs) for variant in variants))
    if not seeds:
        names = ", ".join(f"`{variant.name}`" for variant in variants)
        raise AtlasError(f"{names} are compared but share no seed; give all the same `seeds`")
    return sorted(seeds)


def common_splits(variants: Sequence[Variant]) -> list[str]:
    """The held-out splits that all `variants` were evaluated on."""
    return [split for split in SPLITS[1:] if all(split in variant.splits for variant in variants)]


def hits(variant: Variant, split: str, seeds: Sequence[int]) -> np.ndarray:
    """Whether each image was classified correctly: (seeds, images)."""
    return np.stack([variant.runs[seed].splits[split].correct for seed in seeds])


def correct_for_number(comparisons: Iterable[dict]) -> None:
    """Add `p_holm`, Holm's adjusted p over one study's comparisons, to their differences {split: ...}, by split."""
    for split in SPLITS[1:]:
        family = [each["splits"][split] for each in comparisons if split in each["splits"]]
        tested = [difference for difference in family if difference["p"] is not None]
        corrected = statistics.holm([difference["p"] for difference in tested])
        for difference in family:
            difference["p_holm"] = None
        for difference, p in zip(tested, corrected, strict=True):
            difference["p_holm"] = p


def claim(splits: dict[str, dict]) -> str:
    """The claim of significance that the differences by split support."""
    seeds = next(iter(splits.values()))["seeds"]
    if seeds == 1:
        return "One seed: no claim of significance is possible."
    if seeds < statistics.SEEDS_NEEDED:
        return f"With {seeds} seeds no claim of significance is possible."
    results = [
        f"p = {decimal(d['p'], 3)} on {split}, {decimal(d['p_holm'], 3)} after Holm’s correction "
        f"({'significant' if d['p_holm'] <= statistics.LEVEL else 'not significant'} at 5 %)"
        for split, d in splits.items()
    ]
    return f"Sign-flip test over {seeds} seeds: {'; '.join(results)}."
