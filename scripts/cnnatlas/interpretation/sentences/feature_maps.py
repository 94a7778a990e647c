"""Feature maps in numbers: dead channels, sparsity, and how much of the image's edges they keep (C1e)."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import ndimage

from cnnatlas.interpretation.arrays import Arrays, layers
from cnnatlas.wording import counted, decimal, listing, percent

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
    zeros, zeros_words = _compared(first["zeros"], last["zeros"])
    detail, detail_words = _compared(first["detail"], last["detail"])
    return [
        f"From {first['layer']} to {last['layer']} the share of zeros is {zeros_words}, the correlation of the "
        f"edges {detail_words}.",
        f"Conclusion on these images: {_conclusion(zeros, detail)}.",
    ]


def _conclusion(zeros: str, detail: str) -> str:
    """What two directions of change say together; one without a direction is said to have none."""
    found = {
        "the share of zeros": {"more": "responds more sparsely", "less": "responds more widely"}.get(zeros),
        "the correlation of the edges": {
            "more": "keeps more of the image's edges",
            "less": "keeps less of the image's edges",
        }.get(detail),
    }
    seen = [words for words in found.values() if words]
    unclear = [name for name, words in found.items() if not words]
    parts = [f"the later layer {' and '.join(seen)}"] if seen else []
    parts += (
        [f"{' and '.join(unclear)} {'shows' if len(unclear) == 1 else 'show'} no common direction"] if unclear else []
    )
    return "; ".join(parts)


def _compared(first: Sequence[float], last: Sequence[float]) -> tuple[str, str]:
    """Direction (more, less, or mixed where it does not hold on most images) of a change, and its words."""
    difference = np.subtract(last, first)
    counts = {"larger": int((difference > 0).sum()), "smaller": int((difference < 0).sum())}
    n = len(difference)
    word = max(counts, key=lambda key: counts[key])
    direction = {"larger": "more", "smaller": "less"}[word] if 2 * counts[word] > n else "mixed"
    return direction, f"{word} on {counts[word]} of {counted(n, 'image')}"


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


def summarise(arrays: Arrays, record: Mapping) -> dict:
    """The report's text on feature maps: {sentences}."""
    return {"sentences": [splits(record), *sentences(describe(arrays))]}
