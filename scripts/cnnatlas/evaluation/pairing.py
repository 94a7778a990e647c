"""Comparing variants: their common seeds and images, and the verdicts that the differences of a study support."""

from collections.abc import Iterable, Sequence

import numpy as np

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import statistics, verdicts
from cnnatlas.evaluation.scores import SPLITS
from cnnatlas.evaluation.study import Variant


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


def difference(hits: np.ndarray, seeds: Sequence[int]) -> dict:
    """What statistics.mean_difference gives of `hits` (seeds, images), differences or contrasts, and `by_seed`."""
    return statistics.mean_difference(hits) | {"by_seed": dict(zip(seeds, _means(hits), strict=True))}


def _means(hits: np.ndarray) -> list[float]:
    """Means over images, of which equal ones are equal to the last bit: ties count in a test over seeds."""
    return (hits.sum(axis=1, dtype=np.float64) / hits.shape[1]).tolist()


def paired_difference(a: np.ndarray, b: np.ndarray, seeds: Sequence[int]) -> dict:
    """The accuracy of `b` minus that of `a`: hits (seeds, images) on the same images, seeds paired by row."""
    return difference(b.astype(np.int8) - a.astype(np.int8), seeds)


def judge(comparisons: Iterable[dict]) -> None:
    """Add `p` and `verdict` to the differences {split: ...} of one study's comparisons: one family over all splits.

    `comparisons` is the family's size. `p` and `verdict` are None for a void comparison, for one of too few seeds, and
    on validation in favour of a side that was selected there, `selected` ("a", "b") of it: with 30 trials that do not
    differ, and 8 seeds, 19 % of the tests would be in the best one's favour.
    """
    comparisons = list(comparisons)
    family = [d for each in comparisons if not each["void"] for d in each["splits"].values()]
    family = [d for d in family if verdicts.enough(d["seeds"])]
    for each in comparisons:
        for found in each["splits"].values():
            found |= {"p": None, "verdict": None, "comparisons": len(family)}
    seeds = sorted({seed for found in family for seed in found["by_seed"]})
    values = [[found["by_seed"].get(seed, np.nan) for seed in seeds] for found in family]
    for found, p in zip(family, statistics.max_sign_flip(np.array(values)) if family else [], strict=True):
        found |= {"p": p, "verdict": verdicts.verdict(p, found["low"], found["high"])}
    for each in comparisons:
        found = each["splits"]["validation"]
        if ("b" if found["difference"] > 0 else "a") in each.get("selected", ()):
            found |= {"p": None, "verdict": None}
