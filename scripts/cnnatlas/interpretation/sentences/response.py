"""Does a network trained on small images localise objects in larger ones? Its responses in numbers (B4)."""

from collections.abc import Mapping, Sequence

import numpy as np
from scipy import stats

from cnnatlas.evaluation.metrics import wilson
from cnnatlas.interpretation.arrays import Arrays, scales
from cnnatlas.wording import counted, decimal, part_of, percent


def summarise(arrays: Arrays, record: Mapping, *, masks: Mapping[int, np.ndarray] | None = None) -> dict:
    """Numbers and sentences of the arrays of `response`, scale by scale.

    `masks`: the object's pixels (H, W) bool by image index, where they are known. Gives {scales: [...], sentences}.
    Only the top-1 class of each image counts, so that no image counts twice. For each scale: `factor`; `size` of the
    response; number of `images`; of the `compared` ones, which have another class as well, in how many the class is
    `ahead` of the most probable other one on the whole image, and `positions`, the mean share of the positions where it
    is; and, with masks, `pointing`: in how many of `n` images the highest response lies on the object, beside
    `covered`, the mean share of the image that it covers, which is the chance of a random position; `p`, one-sided, of
    the former under the latter (normal approximation of the sum of unequal chances).
    """
    rows = _predicted(record["images"])
    index = [record["images"][i]["index"] for i in rows]
    pairs = _pairs(record["images"], rows)
    found = [
        {"factor": factor, **_scale(arrays[f"response_{k}"][rows], index, masks)}
        | _against(arrays[f"response_{k}"] + arrays["bias"][:, None, None], pairs)
        for k, factor in enumerate(scales(record))
    ]
    return {"scales": found, "sentences": [sentence(scale) for scale in found]}


def _predicted(entries: Sequence[Mapping]) -> list[int]:
    """Rows whose target is the image's prediction: at most one of each image."""
    return [i for i, entry in enumerate(entries) if entry["target"] == entry["prediction"]]


def _pairs(entries: Sequence[Mapping], rows: Sequence[int]) -> list[tuple[int, int]]:
    """Each of the rows with that of its image's most probable other class, where there is one."""
    pairs = []
    for row in rows:
        others = [i for i, entry in enumerate(entries) if entry["index"] == entries[row]["index"] and i != row]
        if others:
            pairs.append((row, max(others, key=lambda i: entries[i]["target_score"])))
    return pairs


def _against(logits: np.ndarray, pairs: Sequence[tuple[int, int]]) -> dict:
    """How often the first class of a pair has the higher logit (rows, h, w): on the whole image, and by position.

    A response above 0 alone says little: SqueezeNet's maps end in a ReLU, so that nothing is against any class.
    """
    if not pairs:
        return {"compared": 0}
    leads = np.stack([logits[row] - logits[other] for row, other in pairs])
    return {
        "compared": len(pairs),
        "ahead": int((leads.mean(axis=(1, 2)) > 0).sum()),
        "positions": float((leads > 0).mean()),
    }


def _scale(responses: np.ndarray, index: Sequence[int], masks: Mapping[int, np.ndarray] | None) -> dict:
    found = {"size": list(responses.shape[1:]), "images": len(responses)}
    known = [i for i, image in enumerate(index) if masks and image in masks]
    if not known:
        return found
    hits = [_points(responses[i], masks[index[i]]) for i in known]
    covered = np.array([masks[index[i]].mean() for i in known])
    deviation = np.sqrt((covered * (1 - covered)).sum())
    p = float(stats.norm.sf((sum(hits) - covered.sum()) / deviation)) if deviation else 1.0
    return {**found, "n": len(known), "pointing": int(sum(hits)), "covered": float(covered.mean()), "p": p}


def _points(response: np.ndarray, mask: np.ndarray) -> bool:
    """Whether the centre of the position of the highest response lies on the object."""
    row, column = np.unravel_index(response.argmax(), response.shape)
    y = int((row + 0.5) * mask.shape[0] / response.shape[0])
    x = int((column + 0.5) * mask.shape[1] / response.shape[1])
    return bool(mask[y, x])


def sentence(scale: Mapping) -> str:
    """One scale in words."""
    height, width = scale["size"]
    factor = decimal(scale["factor"], 1).removesuffix(".0")
    enlarged = "At its own size" if factor == "1" else f"Enlarged {factor} times"
    start = f"{enlarged}, an image has {height} × {width} spatial positions ({counted(scale['images'], 'image')})"
    if scale["compared"]:
        start += (
            "; the class predicted at its own size has a higher logit than the most probable other class shown in "
            f"{part_of(scale['ahead'], scale['compared'], 'image')} as a whole, and at {percent(scale['positions'])} "
            "of the positions on average"
        )
    if "pointing" not in scale:
        return start + "."
    low, high = wilson(scale["pointing"], scale["n"])
    p = f"p = {decimal(scale['p'], 3)}" if scale["p"] >= 0.0005 else "p < 0.001"
    less = scale["p"] > 0.95 and scale["pointing"] < scale["n"] * scale["covered"]
    unclear = "less often than" if less else "not clearly more often than"
    verdict = "more often than" if scale["p"] < 0.05 else unclear
    return (
        f"{start}. The strongest response lies on the object in {part_of(scale['pointing'], scale['n'], 'image')} "
        f"[{percent(low)}, {percent(high)}], {verdict} a random position would ("
        f"{percent(scale['covered'])}; one-sided {p})."
    )
