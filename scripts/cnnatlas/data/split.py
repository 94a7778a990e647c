"""Dividing images into training, validation and test: every class in the same ratio, a photograph in one split only.

Upstream's own test split, where it is kept, is left as it is: the audit counts what it shares with the others.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from cnnatlas import tables
from cnnatlas.errors import AtlasError

SPLITS = ("train", "validation", "test")


def divide_table(table: Path | str, spec: Mapping) -> dict[str, np.ndarray]:
    """Divide the images that items.csv lists, as `split` does. Raises AtlasError, naming the file, where that does."""
    items = tables.read(table)
    labels, groups, partition = ([row[key] for row in items] for key in ("class", "group", "partition"))
    try:
        return split(labels, np.array(groups, dtype=np.int64), partition, **spec)
    except AtlasError as error:
        raise AtlasError(f"{table}: {error}") from error


def split(
    labels: Sequence,
    groups: Sequence[int],
    partition: Sequence[str],
    shares: Mapping[str, float],
    seed: int,
    upstream_test: bool,
) -> dict[str, np.ndarray]:
    """Divide N images: for each split the sorted indices, int64; disjoint, and together all of them.

    labels (N,): numbers or names. groups (N,): equal numbers stay together. shares: a ratio, such as
    {"train": 8, "validation": 2, "test": 3}. With upstream_test, the images of partition "test" are the test split
    and the others are divided. Each class is divided by its own shares, rounded by largest remainders, at least one
    image to each split; only groups that span several images can move a class off these numbers.

    (scikit-learn's StratifiedGroupKFold makes equal folds and no exact counts, hence our own.)
    Raises AtlasError for impossible shares, and for a class with fewer photographs than there are splits.
    """
    names = _names(shares, upstream_test)
    classes = np.unique(np.asarray(labels), return_inverse=True)
    is_test = np.asarray(partition) == "test" if upstream_test else np.zeros(len(groups), dtype=bool)
    if upstream_test and not is_test.any():
        raise AtlasError(
            "split.upstream_test is true, but upstream marks no image as test; set it to false and add a test share"
        )
    pool = np.flatnonzero(~is_test)
    code, photograph = classes[1][pool], np.asarray(groups)[pool]
    _check_classes(classes[0], code, photograph, names)
    side = _assign(code, photograph, np.array([shares[name] for name in names], dtype=float), seed)
    parts = {name: pool[side == k] for k, name in enumerate(names)}
    return {**parts, "test": np.flatnonzero(is_test)} if upstream_test else parts


def largest_remainder(count: int, weights: np.ndarray) -> np.ndarray:
    """Divide `count` things by weights into whole numbers that add up; the largest remainders are rounded up."""
    exact = count * weights / weights.sum()
    whole = np.floor(exact + 1e-9).astype(np.int64)  # so that 0.9 x 10 is nine
    order = np.argsort(-(exact - whole), kind="stable")
    whole[order[: count - whole.sum()]] += 1
    return whole


def _names(shares: Mapping[str, float], upstream_test: bool) -> list[str]:
    for name, share in shares.items():
        if name not in SPLITS or not share > 0:
            raise AtlasError(
                f"split.shares.{name}: {share}: should be a positive number for one of {', '.join(SPLITS)}"
            )
    if missing := {"train", "validation"} - set(shares):
        raise AtlasError(f"split.shares: {min(missing)} is missing; add its share")
    if upstream_test and "test" in shares:
        raise AtlasError("split.shares.test: has no effect beside upstream_test: true; remove one of them")
    return [name for name in SPLITS if name in shares]  # one order, whatever the configuration's


def _check_classes(values: np.ndarray, code: np.ndarray, photograph: np.ndarray, names: list[str]) -> None:
    for k, value in enumerate(values):
        count = len(np.unique(photograph[code == k]))
        if count < len(names):
            raise AtlasError(
                f"class {value}: {count} photograph{'s' * (count != 1)} cannot be divided into {', '.join(names)}; "
                f"check the data, or provide more images of each class"
            )


def _assign(code: np.ndarray, photograph: np.ndarray, shares: np.ndarray, seed: int) -> np.ndarray:
    """The split, by number, of each image. Groups choose first, lone images then fill each class's numbers exactly."""
    generator = np.random.Generator(np.random.PCG64(seed))
    quota = np.stack([_quota(count, shares) for count in np.bincount(code)])
    left = quota.copy()
    waiting = np.ones_like(quota, dtype=bool)  # for the first photograph of a class
    unplaced = np.array([len(np.unique(photograph[code == k])) for k in range(len(quota))])
    side = np.full(len(code), -1)
    for members in _groups(photograph, generator):
        counts = np.bincount(code[members], minlength=len(quota))
        due = waiting & ((counts > 0) & (unplaced <= waiting.sum(1)))[:, None]  # no photograph of the class to spare
        side[members] = choice = _roomiest(counts, quota, left, due.any(0))
        left[:, choice] -= counts
        waiting[counts > 0, choice] = False
        unplaced -= counts > 0
    order = generator.permutation(np.flatnonzero(side < 0))
    for k in range(len(quota)):
        lone = order[code[order] == k]
        if len(lone):
            amounts = _served(largest_remainder(len(lone), left[k].clip(min=0)), waiting[k])
            side[lone] = np.repeat(np.arange(len(shares)), amounts)
    return side


def _served(amounts: np.ndarray, waiting: np.ndarray) -> np.ndarray:
    """The amounts, with one at least for each split that waits, taken from the largest."""
    for k in np.flatnonzero(waiting & (amounts == 0)):
        amounts[amounts.argmax()] -= 1
        amounts[k] = 1
    return amounts


def _quota(count: int, shares: np.ndarray) -> np.ndarray:
    quota = largest_remainder(count, shares)
    while not quota.all():
        quota[quota.argmin()] += 1
        quota[quota.argmax()] -= 1
    return quota


def _groups(photograph: np.ndarray, generator: np.random.Generator) -> list[np.ndarray]:
    """The members of each group of two or more: the largest first, those of one size in random order."""
    order = np.argsort(photograph, kind="stable")
    found = np.split(order, np.flatnonzero(np.diff(photograph[order])) + 1)
    several = [members for members in found if len(members) > 1]
    shuffled = [several[k] for k in generator.permutation(len(several))]
    return sorted(shuffled, key=len, reverse=True)


def _roomiest(counts: np.ndarray, quota: np.ndarray, left: np.ndarray, due: np.ndarray) -> int:
    """The split with room for a group's images that has filled the least of its quota; without room, the least over.

    Where any split is `due`, one of these.
    """
    touched = counts > 0
    room = (left[touched] - counts[touched, None]).min(axis=0)
    unfilled = (left[touched] / quota[touched]).min(axis=0)
    preference = np.where(room >= 0, unfilled, room - 1.0)
    return int(np.where(due, preference, -np.inf).argmax() if due.any() else preference.argmax())
