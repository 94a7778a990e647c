"""Feature maps in numbers: dead channels, sparsity, and how much of the image's edges they keep (C1e)."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, Self

import numpy as np
from scipy import ndimage

from cnnatlas.interpretation.arrays import Arrays, layers
from cnnatlas.wording import counted, decimal, listing, part_of, percent

GREY = np.array([0.299, 0.587, 0.114])  # luminance of ITU-R BT.601


def describe(arrays: Arrays) -> list[dict]:
    """One row per layer of the feature maps' arrays.npz, in the order of execution that the file has.

    layer, channels, size [h, w]; `dead`: channels that are zero everywhere on all images; `zeros` (N,): share of zeros
    of each image; `detail` (N,): correlation over the pixels between the edges of each image and those of its maps.
    """
    images = arrays["images"]
    rows = []
    for name in layers(arrays):
        maps = arrays[name]
        rows.append({
            "layer": name,
            "channels": maps.shape[1],
            "size": list(maps.shape[2:]),
            "dead": int((maps == 0).all(axis=(0, 2, 3)).sum()),
            "zeros": (maps == 0).mean(axis=(1, 2, 3)).tolist(),
            "detail": [_detail(image, m) for image, m in zip(images, maps, strict=True)],
        })  # fmt: skip
    return rows


def sentences(rows: Sequence[Mapping]) -> list[str]:
    """What `describe` found in words: each layer, then how the last differs from the first on the same images."""
    found = [_layer(row) for row in rows]
    return [*found, *_change(rows[0], rows[-1])] if len(rows) > 1 else found


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    """Pearson's correlation over all pixels; 0 where one of the two is the same everywhere and so has no detail."""
    a, b = a - a.mean(), b - b.mean()
    norm = np.sqrt((a**2).sum() * (b**2).sum())
    return float((a * b).sum() / norm) if norm > 1e-12 else 0.0


def edges(maps: np.ndarray) -> np.ndarray:
    """Where maps (C, h, w) change: the root of the summed squares of all channels' Sobel gradients, (h, w)."""
    maps = maps.astype(float)
    squares = ndimage.sobel(maps, axis=1, mode="nearest") ** 2 + ndimage.sobel(maps, axis=2, mode="nearest") ** 2
    return np.sqrt(squares.sum(axis=0))


def _detail(image: np.ndarray, maps: np.ndarray) -> float:
    """How well the edges of maps (C, h, w), interpolated to the image's size, lie on those of its luminance.

    The maps are spread over the whole image; what a convolution without padding lost at the border is not made up for.
    """
    changes = edges(maps)
    scale = [size / own for size, own in zip(image.shape, changes.shape, strict=False)]
    spread = ndimage.zoom(changes, scale, order=1, mode="nearest", grid_mode=True)
    return correlation(edges((image @ GREY)[None]), spread)


def _layer(row: Mapping) -> str:
    height, width = row["size"]
    dead = f"{row['dead']} of them dead on every image" if row["dead"] else "none of them dead on all images"
    return (
        f"{row['layer']} has {counted(row['channels'], 'map')} of {height}×{width}, {dead}; "
        f"{percent(np.mean(row['zeros']), 0)} of their values are zero, and their edges correlate with the image's by "
        f"{decimal(np.mean(row['detail']))} (means over {counted(len(row['zeros']), 'image')})."
    )


def _change(first: Mapping, last: Mapping) -> list[str]:
    """The change from the first to the last layer, and the conclusion that these images allow."""
    zeros, detail = (Change.of(first[key], last[key]) for key in ("zeros", "detail"))
    shares = f"the share of zeros {zeros.words()}, the correlation of the edges" if _sparse(first, last) else (
        "the share of zeros tells nothing, as there are none to speak of; the correlation of the edges")  # fmt: skip
    return [
        f"From {first['layer']} to {last['layer']} {shares} {detail.words()}.",
        f"Conclusion on feature maps: {_conclusion(first, last)}.",
    ]


FEWEST = 0.005  # of the values zero, less is printed as 0 %; after a GELU hardly any is
VERBS = ("rises", "falls", "is the same")


def _sparse(*layers: Mapping) -> bool:
    """Whether any of some layers has zeros to speak of."""
    return max(np.mean(row["zeros"]) for row in layers) >= FEWEST


class Change(NamedTuple):
    """On how many images a value is larger in the last layer than in the first, or smaller, or the same."""

    rises: int
    falls: int
    same: int

    @classmethod
    def of(cls, first: Sequence[float], last: Sequence[float]) -> Self:
        """The change from the first to the last layer's values, one for each image."""
        difference = np.subtract(last, first)
        return cls(*(int(where.sum()) for where in (difference > 0, difference < 0, difference == 0)))

    def direction(self, mean: float) -> int:
        """1 or -1 where the value rises or falls on most images, and in the `mean` over them; else 0."""
        most = 1 if self.rises > self.falls else -1
        return most if 2 * max(self.rises, self.falls) > sum(self) and most * mean > 0 else 0

    def words(self) -> str:
        """What it does on how many images: "rises on one image and falls on the other"."""
        if sum(self) == 2 and max(self) == 1:
            one, other = (verb for verb, number in zip(VERBS, self, strict=True) if number)
            return f"{one} on one image and {other} on the other"
        first, *rest = [(verb, number) for verb, number in zip(VERBS, self, strict=True) if number]
        further = [f"{verb} on {number}" for verb, number in rest]
        return listing([f"{first[0]} on {part_of(first[1], sum(self), 'image')}", *further])


def _conclusion(first: Mapping, last: Mapping) -> str:
    """What two changes say together, with means over the images; one that has no direction on most, what it does."""
    zeros, detail = (Change.of(first[key], last[key]) for key in ("zeros", "detail"))
    means = {key: float(np.mean(last[key]) - np.mean(first[key])) for key in ("zeros", "detail")}
    ways = [zeros.direction(means["zeros"]), detail.direction(means["detail"])]
    found = [
        (
            "the share of zeros",
            zeros,
            ("responds more sparsely", "responds more widely"),
            f"{percent(np.mean(last['zeros']), 0)} against {percent(np.mean(first['zeros']), 0)} zeros",
        ),
        (
            "the correlation of the edges",
            detail,
            ("keeps more of the image's edges", "keeps less of the image's edges"),
            f"correlation {decimal(np.mean(last['detail']))} against {decimal(np.mean(first['detail']))}",
        ),
    ]
    if not _sparse(first, last):
        del found[0], ways[0]
    seen: dict[str, list[str]] = {}
    for way, (_, change, (more, less), values) in zip(ways, found, strict=True):
        if way:
            words = f"{more if way > 0 else less} ({values})"
            seen.setdefault(part_of(max(change.rises, change.falls), sum(change), "image"), []).append(words)
    clear = [f"{' and '.join(words)} on {images}" for images, words in seen.items()]
    sizes = " against ".join("×".join(map(str, row["size"])) for row in (last, first))
    parts = (
        [
            f"the last layer shown, {last['layer']}, {' and '.join(clear)}, compared with the first layer shown, "
            f"{first['layer']} (maps of {sizes})"
        ]
        if clear
        else []
    )
    unclear = [f"{name} {change.words()}" for way, (name, change, *_) in zip(ways, found, strict=True) if not way]
    dead = (
        f"{part_of(last['dead'], last['channels'], 'map')} of {last['layer']} {_are(last['dead'])} dead on every image"
    )
    return "; ".join([*parts, *unclear, *([dead] if last["dead"] else [])])


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def splits(record: Mapping) -> str:
    """Which images of a record are in the training split, and which are not."""
    found: dict[str, list[str]] = {}
    for entry in record["images"]:
        found.setdefault(entry["split"], []).append(entry["id"])
    parts = [
        f"{listing(names)} {'is' if len(names) == 1 else 'are'} in the {split} split" for split, names in found.items()
    ]
    unseen = "" if "train" in found else ", on which no network of this run is trained"
    return f"Of these images, {listing(parts)}{unseen}.".replace("the train split", "the training split")


def misclassified(record: Mapping) -> str:
    """Which images of a record the network misclassifies, so that its maps show what it saw in vain; "" for none."""
    images = {entry["id"]: entry for entry in record["images"] if entry["class"] in record["classes"]}
    wrong = [
        f"{name} as {found['prediction']}" for name, found in images.items() if found["prediction"] != found["class"]
    ]
    if not wrong:
        return ""
    return f"The network misclassifies {part_of(len(wrong), len(images), 'image')} ({listing(wrong)})."


def summarise(arrays: Arrays, record: Mapping) -> dict:
    """The report's text on feature maps: {sentences}, and {shown: [names of the layers, in their figures' order]}."""
    texts = [splits(record), misclassified(record), *sentences(describe(arrays))]
    return {"sentences": [text for text in texts if text], "shown": layers(arrays)}
