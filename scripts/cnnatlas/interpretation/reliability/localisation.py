"""Do heat maps point at the object? Three measures against known masks, beside maps independent of the network.

Pointing game: whether the hottest pixel lies on the object (Zhang et al., 1608.00507, without their tolerance). Energy:
the share of the heat that does (Wang et al., 1910.01279). IoU: intersection over union of the object and the pixels
above a threshold, which no method may choose by the images it is judged on (Choe et al., 2001.07437): each half of the
images is judged at the threshold that is best for the other half.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import ndimage

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.reliability.intervals import difference, mean

THRESHOLDS = np.linspace(0, 1, 101)  # of a map scaled to [0, 1]
MEASURES = ("pointing", "energy", "iou")
ENDS = {"pointing": (0.0, 1.0)}  # measures that mostly are a miss or a hit
BASELINES = ("centre_box", "edges")


def localisation(heats: np.ndarray, masks: np.ndarray, images: np.ndarray) -> dict:
    """Localisation of heat maps (N, H, W), not negative, by masks (N, H, W) bool; images (N, 3, H, W) or (N, H, W, 3).

    Gives images: N, thresholds: of the two halves, and by measure {value, low, high, and by baseline {value, than:
    {difference, low, high}}}: means over images, 95 % t intervals, and how much better the method is than a baseline,
    paired by image. The centre box has the mean area of the other half's masks; the edges are Sobel's. Raises
    AtlasError on fewer than two images or an empty mask.
    """
    _check(masks)
    measured, thresholds = _measured(heats, masks)
    baselines = {"centre_box": _measured(centre_boxes(masks), masks)[0], "edges": _measured(edges(images), masks)[0]}
    return {
        "images": len(masks),
        "thresholds": thresholds,
        **{key: _compared(measured[key], {b: v[key] for b, v in baselines.items()}, ENDS.get(key)) for key in MEASURES},
    }


def pointing(heats: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """Whether the hottest pixel lies on the object, (N,); of several hottest pixels, the share that does."""
    hottest = heats == heats.max((1, 2), keepdims=True)
    return (hottest & masks).sum((1, 2)) / hottest.sum((1, 2))


def energy(heats: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """The share of the heat that lies on the object, (N,); of a map without heat, that of a constant one."""
    heats = np.where(heats.max((1, 2), keepdims=True) > 0, heats, 1.0)
    return (heats * masks).sum((1, 2)) / heats.sum((1, 2))


def overlaps(heats: np.ndarray, masks: np.ndarray) -> np.ndarray:
    """IoU of the object and the pixels at or above each of THRESHOLDS, maps scaled to [0, 1]: (N, thresholds)."""
    found = np.empty((len(heats), len(THRESHOLDS)))
    for i, (heat, mask) in enumerate(zip(scaled(heats), masks, strict=True)):
        above = np.searchsorted(THRESHOLDS, heat + 1e-9, side="right")  # how many thresholds a pixel reaches
        counts = [np.bincount(above[part], minlength=len(THRESHOLDS) + 1) for part in (mask, ~mask)]
        inside, outside = (count.sum() - np.cumsum(count)[:-1] for count in counts)
        found[i] = inside / (mask.sum() + outside)
    return found


def scaled(heats: np.ndarray) -> np.ndarray:
    """Each map's values moved and stretched to [0, 1]; a constant map becomes 1."""
    low, high = heats.min((1, 2), keepdims=True), heats.max((1, 2), keepdims=True)
    return np.where(high > low, (heats - low) / np.where(high > low, high - low, 1), 1.0)


def centre_boxes(masks: np.ndarray) -> np.ndarray:
    """For each half of the images a centred box of the mean mask area of the other half: (N, H, W).

    The very centre is a little hotter, so that the pointing game has one hottest position.
    """
    height, width = masks.shape[1:]
    away = [np.abs(np.arange(side) - (side - 1) / 2) for side in (height, width)]
    out = np.maximum(away[0][:, None] / height, away[1][None] / width)  # half the side of the box that reaches here
    centre = 1e-6 * (out == out.min())
    boxes = np.empty(masks.shape)
    for judged, tuned in halves(len(masks)):
        boxes[judged] = (out <= max(np.sqrt(masks[tuned].mean()) / 2, out.min())) + centre
    return boxes


def edges(images: np.ndarray) -> np.ndarray:
    """Sobel's gradient magnitude of the grey image, (N, H, W), of images (N, 3, H, W) or (N, H, W, 3)."""
    images = np.asarray(images, np.float64)
    grey = images.mean(3 if images.shape[3] == 3 else 1)
    return np.hypot(*(ndimage.sobel(grey, axis, mode="nearest") for axis in (1, 2)))


def halves(n: int) -> list[tuple[np.ndarray, np.ndarray]]:
    """Twice: which images are judged, and which ones tune; every second image, then the others."""
    even = np.arange(n) % 2 == 0
    return [(even, ~even), (~even, even)]


def _measured(heats: np.ndarray, masks: np.ndarray) -> tuple[dict[str, np.ndarray], list[float]]:
    """Each measure's value per image, (N,), and the thresholds of the two halves."""
    all_of_them, thresholds, iou = overlaps(heats, masks), [], np.empty(len(heats))
    for judged, tuned in halves(len(heats)):
        best = int(all_of_them[tuned].mean(0).argmax())
        thresholds.append(float(THRESHOLDS[best]))
        iou[judged] = all_of_them[judged, best]
    measures: dict[str, Callable] = {"pointing": pointing, "energy": energy}
    return {key: measure(heats, masks) for key, measure in measures.items()} | {"iou": iou}, thresholds


def _compared(values: np.ndarray, baselines: Mapping[str, np.ndarray], ends: tuple[float, float] | None) -> dict:
    between = None if ends is None else (ends[0] - ends[1], ends[1] - ends[0])
    beside = {
        name: {"value": float(np.mean(others)), "than": difference(values, others, between)}
        for name, others in baselines.items()
    }
    return mean(values, ends) | beside


def _check(masks: np.ndarray) -> None:
    if len(masks) < 2:
        raise AtlasError(f"masks: {len(masks)} image cannot both tune and judge a threshold; give at least 2")
    empty = np.flatnonzero(~masks.any((1, 2)))
    if len(empty):
        raise AtlasError(f"masks: that of image {empty[0]} is empty; leave the image out")
