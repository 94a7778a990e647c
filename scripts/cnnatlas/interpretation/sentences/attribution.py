"""What attributions show in numbers: where their mass lies, how concentrated they are, what they follow (A4, A5).

The mass of a pixel is its relevance as `heat` defines it.
"""

from collections.abc import Callable, Mapping

import numpy as np
from scipy import ndimage, stats

from cnnatlas.data.prepared_masks import resized_masks
from cnnatlas.interpretation.arrays import Arrays
from cnnatlas.interpretation.heat import heat
from cnnatlas.interpretation.reliability.intervals import difference, mean, unpaired
from cnnatlas.wording import counted, decimal, limit, part_of, percent, points

EVEN_CENTRE, EVEN_AREA = 0.25, 0.5  # what a map of equal values has
BLUR = 2.0  # pixels
FEWEST = 5  # images of a group: below, no interval is given
FAMILY = 8  # comparisons of right with wrong predictions, at most, in a chapter: two of two methods and two networks
FAMILIES = f"corrected for {FAMILY} such comparisons"
ALONE = "not corrected"  # each holds for itself: there is one for each method and network
UNITS = (percent, limit, " points"), (decimal, decimal, "")  # of shares, and of correlations


def measures(
    arrays: Arrays,
    record: Mapping,
    sign: str,
    masks: Mapping[int, np.ndarray] | None = None,
    maps: str = "attribution",
) -> dict[str, np.ndarray]:
    """Per image: "centre", "object", "covered", "area", "edges" and "correct" (N,), from arrays.npz and record.json.

    centre: share of the mass in the central quarter of the image; object: share of the mass on the object, of which
    `masks` has the pixels (H, W) bool by image index, and covered: the share of the image that the object covers, both
    NaN where the pixels are not known; area: smallest share of the image that holds half of
    the mass; edges: Spearman correlation of the mass with the Sobel gradient of the image's brightness, both blurred;
    all but covered are NaN where a map has no mass, and edges also where an image has no edge. correct: whether the
    prediction is the true class. `sign` as in `heat`; `maps` is the array that holds the maps.
    """
    masses = heat(arrays[maps], sign)
    known = [(masks or {}).get(entry.get("index")) for entry in record["images"]]
    objects = np.array([_object(mass, mask) for mass, mask in zip(masses, known, strict=True)]).reshape(-1, 2)
    return {
        "centre": np.array([_centre(mass) for mass in masses]),
        "object": objects[:, 0],
        "covered": objects[:, 1],
        "area": np.array([_area(mass) for mass in masses]),
        "edges": np.array([_edges(mass, image) for mass, image in zip(masses, arrays["images"], strict=True)]),
        "correct": np.array([entry["prediction"] == entry["class"] for entry in record["images"]]),
    }


def interpretation(arrays: Arrays, record: Mapping, sign: str, masks: Mapping[int, np.ndarray] | None = None) -> str:
    """The brief interpretation of one method's attributions in words, each chosen by its number and interval.

    Where `arrays` has "permuted", the same images' maps by networks with permuted weights, each mean is compared with
    that of these maps.
    """
    values = measures(arrays, record, sign, masks)
    others = measures(arrays, record, sign, masks, "permuted") if "permuted" in arrays else None
    found = np.isfinite(values["centre"])
    if not found.any():
        return "No map has any mass: there is no evidence for the classes."

    def beside(key: str) -> str:
        return "" if others is None else _permuted(values[key], others[key], *UNITS[key == "edges"])

    known = np.isfinite(values["object"])
    outlined = bool(np.isfinite(values["covered"]).any())
    texts = [_missing(found), _centred(values["centre"][found], outlined, beside("centre"))]
    if known.any():
        excess = values["object"] - values["covered"]
        texts.append(_on_object(values["object"][known], values["covered"][known], beside("object")))
        texts.append(_errors_on_object(excess[known], values["correct"][known]))
    texts.append(_concentrated(values["area"][found], beside("area")))
    texts.append(_compared(values["area"][found], values["correct"][found]))
    edges = values["edges"][np.isfinite(values["edges"])]
    if arrays["attribution"].shape[1] == 3 and len(edges):
        texts.append(_following(edges, beside("edges")))
    return " ".join(sentence for sentence in texts if sentence)


def _permuted(values: np.ndarray, others: np.ndarray, shown: Callable, end: Callable, unit: str) -> str:
    """How the mean with permuted weights compares: what both have, no training has put into the maps."""
    both = np.isfinite(values) & np.isfinite(others)
    if not both.any():
        return ""
    average = f"; with permuted weights it is {shown(others[both].mean())}"
    if both.sum() < np.isfinite(values).sum():  # a map that has no mass has no mean to stand beside
        average = (
            f"; for the {counted(int(both.sum()), 'image')} whose map has any mass with permuted weights too it is "
            f"{shown(values[both].mean())}, and {shown(others[both].mean())} with permuted weights"
        )
    if both.sum() < FEWEST:
        return average
    found = difference(others[both], values[both])
    word = "less" if found["high"] < 0 else "more" if found["low"] > 0 else ""
    told = f"clearly {word}" if word else "not clearly different"
    limits = f"{end(found['low'])} to {end(found['high'])}{unit}"
    return f"{average}, {told} (95 % interval of the difference, {ALONE}, {limits})"


def completeness(arrays: Arrays) -> str:
    """How far the attributions of integrated gradients are from adding up to the rise of the logit they explain."""
    shares = np.abs(arrays["residual"]) / np.maximum(np.abs(arrays["rise"]), np.finfo(np.float32).tiny)
    tolerance, used = arrays["tolerance"].max(), arrays["points"]
    complete = int((shares <= tolerance).sum())
    between = f"{used.min()}" if used.min() == used.max() else f"{used.min()} to {used.max()}"
    return (
        f"Attributions should add up to the rise of the logit above that of a black image. They miss it by "
        f"{percent(np.median(shares))} of the rise in the median and {percent(shares.max())} at most; by up to "
        f"{percent(tolerance, 0)} for {part_of(complete, len(shares), 'image')}, with {between} points of the "
        "quadrature for an image."
    )


def _centre(mass: np.ndarray) -> float:
    rows, columns = (_middle(side) for side in mass.shape)
    return float(rows @ mass @ columns / mass.sum()) if mass.any() else np.nan


def _object(mass: np.ndarray, mask: np.ndarray | None) -> tuple[float, float]:
    """The share of the mass on the object, and that of the image which the object covers."""
    if mask is None:
        return np.nan, np.nan
    covered = resized_masks(mask[None], mass.shape[0])[0]
    return float(mass[covered].sum() / mass.sum()) if mass.any() else np.nan, float(covered.mean())


def _middle(side: int) -> np.ndarray:
    """How much of each pixel lies in the middle half of a side: parts of pixels where it is no multiple of four."""
    starts = np.arange(side)
    return (np.minimum(starts + 1, 0.75 * side) - np.maximum(starts, 0.25 * side)).clip(0, 1)


def _area(mass: np.ndarray) -> float:
    """The share of the pixels, largest first, that holds half of the mass, the last of them in part."""
    if not mass.any():
        return np.nan
    held = np.cumsum(np.sort(mass, axis=None)[::-1], dtype=float)
    return float(np.interp(held[-1] / 2, np.append(0, held), np.arange(mass.size + 1)) / mass.size)


def _edges(mass: np.ndarray, image: np.ndarray) -> float:
    """Both are blurred, since strides and pooling make gradients chequered: single pixels would mean little."""
    brightness = image.mean(2)
    strength = np.hypot(ndimage.sobel(brightness, 0), ndimage.sobel(brightness, 1))
    mass, strength = (ndimage.gaussian_filter(values, BLUR, mode="nearest") for values in (mass, strength))
    if np.ptp(mass) == 0 or np.ptp(strength) == 0:
        return np.nan
    return float(stats.spearmanr(mass, strength, axis=None).statistic)


def _missing(found: np.ndarray) -> str:
    missing = int((~found).sum())
    if not missing:
        return ""
    return (
        f"{counted(missing, 'map has', 'maps have')} no mass, for want of evidence for the class, and "
        f"{'is' if missing == 1 else 'are'} left out."
    )


def _on_object(shares: np.ndarray, covered: np.ndarray, permuted: str) -> str:
    """Whether maps lie on objects or on the background, against a map that is even over the image."""
    share = (
        f"Of {counted(len(shares), 'image')} the object’s pixels are known: {percent(shares.mean())} of the mass lies "
        f"on the object, which covers {percent(covered.mean())} of the image"
    )
    if len(shares) < FEWEST:
        return f"{share}{permuted}."
    excess = mean(shares - covered)
    interval = f"95 % interval of the difference, {ALONE}, {points(excess['low'])} to {points(excess['high'])} points"
    told = "whether the maps are about the object or the background is open"
    if excess["low"] > 0:
        told = "the maps are about the object more than about the background"
    if excess["high"] < 0:
        told = "the maps are about the background more than about the object"
    return f"{share}: {told} ({interval}){permuted}."


def _errors_on_object(excess: np.ndarray, correct: np.ndarray) -> str:
    """Whether maps of misclassified images lie more or less on the object than those of correctly classified ones."""
    hits, misses = excess[correct], excess[~correct]
    if min(len(hits), len(misses)) < FEWEST:
        return ""
    low, high = unpaired(hits, misses, FAMILY)
    means = (
        f"The object’s share of the mass minus its share of the image is {points(hits.mean())} points for "
        f"{counted(len(hits), 'correctly classified image')} and {points(misses.mean())} for "
        f"{counted(len(misses), 'misclassified one')}"
    )
    interval = f"95 % interval of the difference, {FAMILIES}, {points(low)} to {points(high)} points"
    if low <= 0 <= high:
        return f"{means}; the difference is not significant ({interval})."
    word = "more" if low > 0 else "less"
    return f"{means}: where the network errs, its maps are {word} about the object ({interval})."


def _centred(shares: np.ndarray, objects_known: bool, permuted: str) -> str:
    """The mass in the centre; it has to stand for the object where the object's pixels are not known."""
    instead = "" if objects_known else "The objects’ pixels are not known here; the centre box stands for them. "
    return f"{instead}{_centre_sentence(shares)}{permuted}."


def _centre_sentence(shares: np.ndarray) -> str:
    images = counted(len(shares), "image")
    share = f"{percent(shares.mean())} of the mass of a map lies in the central quarter of the image"
    if len(shares) < FEWEST:
        return f"On average over {images}, {share}; an even map would have {percent(EVEN_CENTRE, 0)} there"
    interval = mean(shares)
    low, high = interval["low"], interval["high"]
    word = "more than" if low > EVEN_CENTRE else "less than" if high < EVEN_CENTRE else "not clearly different from"
    return (
        f"On average over {images}, {share} (95 % interval, {ALONE}, {percent(low)} to {percent(high)}), {word} the "
        f"{percent(EVEN_CENTRE, 0)} of an even map"
    )


def _concentrated(areas: np.ndarray, permuted: str) -> str:
    return (
        f"Half of the mass fits into {percent(areas.mean())} of the area on average, where an even map needs "
        f"{percent(EVEN_AREA, 0)}{permuted}."
    )


def _compared(areas: np.ndarray, correct: np.ndarray) -> str:
    """Whether maps of misclassified images are more or less concentrated than those of correctly classified ones."""
    hits, misses = areas[correct], areas[~correct]
    if not len(hits) or not len(misses):
        return ""
    means = (
        f"Half of the mass takes {percent(hits.mean())} of the area for "
        f"{counted(len(hits), 'correctly classified image')} and {percent(misses.mean())} for "
        f"{counted(len(misses), 'misclassified one')}"
    )
    if min(len(hits), len(misses)) < FEWEST:
        return f"{means}, too few to compare."
    low, high = unpaired(hits, misses, FAMILY)
    interval = f"95 % interval of the difference, {FAMILIES}, {points(low)} to {points(high)} points"
    if low <= 0 <= high:
        return f"{means}; the difference is not significant ({interval})."
    word = "more spread out" if low > 0 else "more concentrated"
    return f"{means}: where the network errs, its maps are {word} ({interval})."


def _following(edges: np.ndarray, permuted: str) -> str:
    """Whether the map follows the image's own edges, which an edge detector without a network finds as well."""
    average = f"the rank correlation is {decimal(edges.mean())} on average"
    if len(edges) < FEWEST:
        return f"Of the maps and the edges of their images, {average}{permuted}."
    interval = mean(edges)
    limits = f"{decimal(interval['low'])} to {decimal(interval['high'])}"
    text = f"{average} (95 % interval, {ALONE}, {limits}){permuted}."
    if interval["low"] <= 0 <= interval["high"]:
        return f"Whether the maps follow the edges of their images is open: {text}"
    return f"The maps {'follow' if interval['low'] > 0 else 'avoid'} the edges of their images: {text}"


def summarise(arrays: Arrays, record: Mapping, *, sign: str, masks: Mapping[int, np.ndarray] | None = None) -> dict:
    """The report's text on a method's attributions, read as `heat` with this `sign` does: {sentences}.

    `masks`: the object's pixels (H, W) bool by image index, where they are known.
    """
    texts = [interpretation(arrays, record, sign, masks), *([completeness(arrays)] if "residual" in arrays else [])]
    return {"sentences": [*texts, misclassified(record), *_patch(record["options"])]}


def misclassified(record: Mapping) -> str:
    """How many of the images of a record the network misclassifies, where it knows their classes."""
    images = record["images"]
    if not {entry["class"] for entry in images} & set(record["classes"]):
        return "The network has other classes than the images, and which of its predictions are right is not told."
    wrong = sum(entry["prediction"] != entry["class"] for entry in images)
    return f"The network misclassifies {part_of(wrong, len(images), 'image')}."


def _patch(options: Mapping) -> list[str]:
    """Of occlusion, what slides over the image."""
    if "patch" not in options:
        return []
    return [f"The patch has {options['patch']} × {options['patch']} pixels, and moves by {options['stride']}."]
