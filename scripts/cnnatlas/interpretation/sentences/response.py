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
    `covered`, the mean share of the positions whose centres it covers, which is the chance of a random position; `p`
    and `p_fewer`, of so many hits or more and of so many or fewer under these chances (exact); `centre`: in how many of
    them the middle of the image lies on the object, and `p_centre` of a sign test against it, two-sided.
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
    on_object = [_at_centres(masks[index[i]], responses[i].shape) for i in known]
    on = [bool(at.flat[responses[i].argmax()]) for at, i in zip(on_object, known, strict=True)]
    chances = np.array([at.mean() for at in on_object])
    counts = _distribution(chances)
    p, fewer = (min(1.0, float(part.sum())) for part in (counts[sum(on) :], counts[: sum(on) + 1]))
    middle = [bool(at[at.shape[0] // 2, at.shape[1] // 2]) for at in (masks[index[i]] for i in known)]
    return {
        **{**found, "n": len(known), "pointing": sum(on), "covered": float(chances.mean()), "p": p, "p_fewer": fewer},
        **{"centre": sum(middle), "p_centre": _sign_test(on, middle)},
    }


def _sign_test(ours: Sequence[bool], others: Sequence[bool]) -> float:
    """The two-sided exact p of hits on the same images (McNemar, 1947): of those that only one of both hits."""
    differ = [one for one, other in zip(ours, others, strict=True) if one != other]
    return float(stats.binomtest(sum(differ), len(differ)).pvalue) if differ else 1.0


def _at_centres(mask: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """The values of a mask (H, W) at the centres of positions (h, w), which divide the image evenly."""
    rows, columns = (
        ((np.arange(count) + 0.5) * side / count).astype(int) for count, side in zip(shape, mask.shape, strict=True)
    )
    return mask[np.ix_(rows, columns)]


def _distribution(chances: np.ndarray) -> np.ndarray:
    """The probability of 0, 1, ..., n hits (n + 1,) where each of n images has a chance of its own."""
    counts = np.ones(1)
    for chance in chances:
        counts = np.convolve(counts, [1 - chance, chance])
    return counts


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
    unclear = "less often than" if scale["p_fewer"] < 0.05 else "not clearly more often than"
    verdict = "more often than" if scale["p"] < 0.05 else unclear
    return (
        f"{start}. The strongest response lies on the object in {part_of(scale['pointing'], scale['n'], 'image')} "
        f"[{percent(low)}, {percent(high)}], {verdict} a random position would ("
        f"{percent(scale['covered'])}; one-sided {p}); the middle of the image does in {scale['centre']} of them "
        f"(sign test p = {decimal(scale['p_centre'], 3)})."
    )
