"""What a data set holds: images by class and split, how even its classes are, grey images, lost files."""

from collections.abc import Mapping, Sequence

import numpy as np

Rows = Sequence[Mapping[str, str]]


def composition(items: Rows, record: Mapping, split: Mapping[str, np.ndarray]) -> dict:
    """Counts and shares of one data set, from the rows of items.csv, the record of dataset.json and the split.

    `size` is that of the prepared images, [H, W] in pixels, `stored` says how large they were before, and `origin`
    where they are from: a mirror may have made them smaller. mean and std are of each channel, of values in [0, 1].
    """
    labels = np.array([int(item["label"]) for item in items])
    grey = np.array([item["grey"] == "1" for item in items])
    classes = record["classes"]
    return {
        "images": len(items),
        "per_class": {
            name: {part: int((labels[index] == k).sum()) for part, index in split.items()}
            for k, name in enumerate(classes)
        },
        "balance": balance(np.bincount(labels, minlength=len(classes))),
        "size": record["size"],
        "origin": record["provenance"]["origin"],
        "stored": {side: spread([int(item[side]) for item in items]) for side in ("width", "height")},
        "grey": {
            "images": int(grey.sum()),
            "share": float(grey.mean()),
            "per_class": {name: int(grey[labels == k].sum()) for k, name in enumerate(classes)},
        },
        "skipped": len(record["skipped"]),
        "mean": record["mean"],
        "std": record["std"],
        "photographs": photographs(items, split),
    }


def spread(sides: Sequence[int]) -> dict:
    """Smallest, median and largest of a number of pixels."""
    return {"smallest": min(sides), "median": float(np.median(sides)), "largest": max(sides)}


def balance(counts: np.ndarray) -> dict:
    """How even K classes are: sizes of the smallest and largest, their ratio, and entropy over its maximum, log K."""
    shares = counts[counts > 0] / counts.sum()
    return {
        "smallest": int(counts.min()),
        "largest": int(counts.max()),
        "ratio": float(counts.max() / counts.min()),
        "entropy": float(-(shares * np.log(shares)).sum() / np.log(len(counts))),
    }


def photographs(items: Rows, split: Mapping[str, np.ndarray]) -> dict:
    """Photographs that upstream ships more than once: how many, between which classes, and whether a split parts any.

    Groups are those that the preparation knows: equal names in sister classes, and equal pixels.
    """
    groups = np.array([int(item["group"]) for item in items])
    side = sides(len(items), split)
    shared = np.flatnonzero(np.bincount(groups) > 1)
    members = [np.flatnonzero(groups == group) for group in shared]
    names = [" / ".join(sorted({items[i]["class"] for i in found})) for found in members]
    return {
        "shared": len(shared),
        "between": {name: names.count(name) for name in sorted(set(names))},
        "parted": sum(len(set(side[found].tolist())) > 1 for found in members),
    }


def sides(n: int, split: Mapping[str, np.ndarray]) -> np.ndarray:
    """The name of the split that each of n images is in: (n,) of text."""
    side = np.full(n, "", dtype="<U10")
    for name, index in split.items():
        side[index] = name
    return side
