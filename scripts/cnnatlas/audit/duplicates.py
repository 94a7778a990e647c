"""Exact and near duplicates in a data set, and the accuracy that they add to a network.

Barz and Denzler, "Do we train on test data?" (1902.00423), inspected each test image beside its nearest training image
in the space of a network's features. Here no person decides: a duplicate is nearest in features or similar as a
thumbnail, and then the same in fine detail: the same photograph, or nearly the same picture.
"""

import hashlib
from collections.abc import Mapping, Sequence
from itertools import combinations

import numpy as np

from cnnatlas.audit import similarity
from cnnatlas.audit.composition import sides
from cnnatlas.evaluation.metrics import wilson
from cnnatlas.evaluation.scores import Scored

# Similar thumbnails: of the real CIFAR-10's pairs with the same detail, 99 in 100 reach it
THUMBNAIL = 0.92
# What the nearest image in features must reach as a thumbnail, so that not every pair of dogs is compared closely
NEAREST = 0.7
# The same detail. Labels tell where: on the real CIFAR-10 all 1,390 pairs above it that thumbnails find have one label,
# as copies must; below LITTLE six in ten have two, as merely similar pictures may. The report shows both for its data
DETAIL = 0.4
LITTLE = 0.2  # detail that merely similar pictures have in common
BINS = 40
FEW = 30  # duplicates, below which neither an accuracy nor their labels say anything
DRAWS = 9999  # of as many images of the same classes
COLUMNS = (
    "first", "second", "first_id", "second_id", "first_class", "second_class", "first_split", "second_split",
    "thumbnail", "detail", "exact", "found_by",
)  # fmt: skip


def exact_pairs(images: np.ndarray) -> np.ndarray:
    """All pairs (m, 2) of images with the same pixels, by SHA-256; first < second, sorted."""
    same: dict[bytes, list[int]] = {}
    for index, image in enumerate(images):
        same.setdefault(hashlib.sha256(np.ascontiguousarray(image)).digest(), []).append(index)
    pairs = [pair for members in same.values() for pair in combinations(members, 2)]
    return np.array(sorted(pairs), dtype=np.int64).reshape(-1, 2)


class Duplicates:
    """Every pair of images that was compared closely, and what was found.

    pairs (m, 2): indices, first < second, sorted. thumbnail, detail (m,): similarities in [-1, 1]. exact, by_pixels,
    by_features (m,) bool. nearest (n,): similarity of each image to its most similar thumbnail.
    """

    def __init__(self, images: np.ndarray, features: np.ndarray | None = None):
        """Search images (n, H, W, 3) uint8; features (n, d) of unit length add each image's nearest by them."""
        small = similarity.thumbnails(images)
        similar = similarity.search(similarity.flip_parts(small), THUMBNAIL)
        near = np.empty((0, 2), np.int64) if features is None else _nearest(small, features)
        same = exact_pairs(images)
        self.pairs = np.unique(np.concatenate([similar.pairs, near, same]), axis=0)
        self.exact, self.by_pixels, self.by_features = (
            _member(self.pairs, found, len(images)) for found in (same, similar.pairs, near)
        )
        self.thumbnail = similarity.cosine(small, self.pairs)
        self.detail = np.where(self.exact, 1, similarity.detail(images, self.pairs).clip(-1, 1))
        self.nearest = similar.similarity

    @property
    def found(self) -> np.ndarray:
        """(m,) bool: which pairs are duplicates."""
        return self.detail >= DETAIL


def _nearest(small: np.ndarray, features: np.ndarray) -> np.ndarray:
    """Each image with its nearest by features, where the two are similar enough as thumbnails."""
    nearest = similarity.search([features.astype(np.float32)], threshold=2).nearest
    pairs = np.unique(np.sort(np.stack([np.arange(len(nearest)), nearest], axis=1), axis=1), axis=0)
    return pairs[similarity.cosine(small, pairs) >= NEAREST]


def _member(pairs: np.ndarray, some: np.ndarray, n: int) -> np.ndarray:
    return np.isin(pairs @ [n, 1], some @ [n, 1])


def rows(duplicates: Duplicates, items: Sequence[Mapping[str, str]], split: Mapping[str, np.ndarray]) -> list[dict]:
    """A row of COLUMNS for each duplicate pair, the most similar in detail first."""
    side = sides(len(items), split)
    found = np.flatnonzero(duplicates.found)
    order = found[np.argsort(-duplicates.detail[found], kind="stable")]
    return [_row(duplicates, k, items, side) for k in order]


def _row(duplicates: Duplicates, k: int, items: Sequence[Mapping[str, str]], side: np.ndarray) -> dict:
    pair = duplicates.pairs[k].tolist()
    ways = {"pixels": duplicates.by_pixels[k] or duplicates.exact[k], "features": duplicates.by_features[k]}
    row: dict[str, object] = {}
    for which, index in zip(("first", "second"), pair, strict=True):
        row |= {which: index, f"{which}_id": items[index]["id"], f"{which}_class": items[index]["class"]}
        row[f"{which}_split"] = str(side[index])
    return row | {
        "thumbnail": float(duplicates.thumbnail[k]),
        "detail": float(duplicates.detail[k]),
        "exact": int(duplicates.exact[k]),
        "found_by": " and ".join(name for name, hit in ways.items() if hit),
    }


def leaked(pairs: Sequence[Mapping], split: str, trained: np.ndarray | None = None) -> np.ndarray:
    """Indices of a split's images that have a duplicate among the training images; sorted. `pairs` are of `rows`.

    `trained` are the indices of the training images that count; without it all do.
    """
    seen = None if trained is None else set(trained.tolist())
    found = set()
    for one, other in (("first", "second"), ("second", "first")):
        across = [p for p in pairs if p[f"{one}_split"] == split and p[f"{other}_split"] == "train"]
        found |= {p[one] for p in across if seen is None or p[other] in seen}
    return np.array(sorted(found), dtype=np.int64)


def upstream(pairs: Sequence[Mapping], partition: Sequence[str]) -> dict:
    """The images of upstream's own test part that have a duplicate in upstream's training part, as ciFAIR counts."""
    ends = [(p["first"], p["second"]) for p in pairs] + [(p["second"], p["first"]) for p in pairs]
    found = {one for one, other in ends if (partition[one], partition[other]) == ("test", "train")}
    return _leak(len(found), partition.count("test"))


def summary(duplicates: Duplicates, pairs: Sequence[Mapping], labels: np.ndarray, split: Mapping) -> dict:
    """Counts of duplicate pairs within and across splits, the images that leak, and what the thresholds rest on."""
    same = labels[duplicates.pairs[:, 0]] == labels[duplicates.pairs[:, 1]]
    edges = np.linspace(-1, 1, BINS + 1)
    near, lesser = duplicates.found & ~duplicates.exact, duplicates.detail < LITTLE
    return {
        "thresholds": {"thumbnail": THUMBNAIL, "nearest": NEAREST, "detail": DETAIL},
        "compared": len(duplicates.pairs),
        "exact": int(duplicates.exact.sum()),
        "near": int(near.sum()),
        "only_by_features": int((duplicates.found & ~duplicates.by_pixels & ~duplicates.exact).sum()),
        "one_label": _one_label(_share(same, duplicates.found), _share(same, lesser)),
        "between": _between(pairs, list(split)),
        "leaked": {name: _leak(len(leaked(pairs, name)), len(split[name])) for name in split if name != "train"},
        "histogram": {
            "edges": edges.tolist(),
            "nearest": np.histogram(duplicates.nearest.clip(-1, 1), edges)[0].tolist(),
            "one_label": np.histogram(duplicates.detail[same].clip(-1, 1), edges)[0].tolist(),
            "two_labels": np.histogram(duplicates.detail[~same].clip(-1, 1), edges)[0].tolist(),
        },
    }


def _one_label(found: dict, unlike: dict) -> dict:
    """How often both images have one label; `tells`: whether that tells duplicates from pairs of little detail.

    It is None where fewer than FEW are known of either.
    """
    known = min(found["pairs"], unlike["pairs"]) >= FEW
    return {"found": found, "unlike": unlike, "tells": found["wilson"][0] > unlike["share"] if known else None}


def _share(same: np.ndarray, chosen: np.ndarray) -> dict:
    pairs, hits = int(chosen.sum()), int(same[chosen].sum())
    return {"pairs": pairs} | (
        {"share": hits / pairs, "wilson": list(wilson(hits, pairs))} if pairs else {"share": None}
    )


def _between(pairs: Sequence[Mapping], names: Sequence[str]) -> list[dict]:
    """For each two splits, and each split with itself: exact and near pairs."""
    counts = []
    for k, one in enumerate(names):
        for other in names[k:]:
            chosen = [p for p in pairs if {p["first_split"], p["second_split"]} == {one, other}]
            exact = sum(p["exact"] for p in chosen)
            counts.append({"splits": [one, other], "exact": exact, "near": len(chosen) - exact})
    return counts


def _leak(count: int, n: int) -> dict:
    return {"images": count, "of": n, "share": count / n, "wilson": list(wilson(count, n))}


def accuracies(scored: Mapping[str, Scored], split: str, pairs: Sequence[Mapping]) -> dict:
    """A network's accuracy on a split, and what its images with a duplicate among those of training add to it.

    `copies` are those whose duplicate is among the images that the network was trained on, which may be a part of the
    training split: the others cannot have helped it. all, without, copies: each with n, correct, accuracy and Wilson's
    95 % interval; None where n is 0. `leaked` counts the images with a duplicate anywhere in the training split,
    `trained` the images of training; `decided` is whether there are copies enough.
    """
    trained = scored["train"].indices
    of, copies = scored[split], leaked(pairs, split, trained)
    is_copy = np.isin(of.indices, copies)
    chosen = {"all": np.ones_like(is_copy), "without": ~is_copy, "copies": is_copy}
    return {
        "split": split,
        **{name: _accuracy(of.correct[mask]) for name, mask in chosen.items()},
        "trained": len(trained),
        "leaked": len(leaked(pairs, split)),
        "decided": len(copies) >= FEW,
        "same_classes": same_classes(of, is_copy),
    }


def same_classes(scored: Scored, is_copy: np.ndarray) -> dict | None:
    """The accuracy on copies, beside that on other images of the same classes: duplicates are of few classes.

    In `others` each class weighs as it does among the copies; classes without another image are left out. `drawn` are
    the bounds of 95 % of the accuracies of as many images of the same classes, drawn at random from copies and others.
    None where fewer than FEW copies are left.
    """
    classes = scored.scores.shape[1]
    n, rest = (np.bincount(scored.labels[mask], minlength=classes) for mask in (is_copy, ~is_copy))
    right, rest_right = (
        np.bincount(scored.labels[mask & scored.correct], minlength=classes) for mask in (is_copy, ~is_copy)
    )
    both = (n > 0) & (rest > 0)
    if n[both].sum() < FEW:
        return None
    n, rest, right, rest_right = (counts[both] for counts in (n, rest, right, rest_right))
    hits, misses = right + rest_right, n + rest - right - rest_right
    drawn = np.random.default_rng(0).hypergeometric(hits, misses, n, size=(DRAWS, len(n))).sum(axis=1) / n.sum()
    return {
        "n": int(n.sum()),
        "accuracy": float(right.sum() / n.sum()),
        "others": float((n * rest_right / rest).sum() / n.sum()),
        "drawn": np.quantile(drawn, [0.025, 0.975]).tolist(),
    }


def _accuracy(correct: np.ndarray) -> dict | None:
    if not len(correct):
        return None
    n, hits = len(correct), int(correct.sum())
    return {"n": n, "correct": hits, "accuracy": hits / n, "wilson": list(wilson(hits, n))}
