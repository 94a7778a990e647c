"""Does a map depend on what the network has learned? Model randomisation: Adebayo et al. (1810.03292), section 3.

Layers are randomised from the last to the first (cascading) or one at a time (independent), and the new map is compared
with the original one. A map that stays the same shows the image, not the decision.

What similarity is small? It depends on its measure and on how noisy or smooth a method's maps are (Hedström et al.,
2405.02383). So each similarity is compared with a null from the same method: the original map of one image against
the fully randomised network's map of another. With the upper half of the layers randomised, the decision is random; a
map that has then kept most of its similarity, from the null to identity, does not explain it, and the method fails.
With all layers randomised the first filters are gone too, and also maps that only show edges change.
"""

import copy
from collections.abc import Callable, Mapping, Sequence
from functools import partial

import numpy as np
from scipy import stats
from skimage.metrics import structural_similarity
from torch import Tensor, nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, prepared
from cnnatlas.interpretation.permuted import layers, randomised
from cnnatlas.interpretation.reliability.intervals import difference, kept, mean
from cnnatlas.interpretation.reliability.localisation import scaled

MEASURES = ("rank", "ssim")
WINDOW = 7  # pixels: the side of the windows in which SSIM compares; scikit-image's default


def randomisation(
    network: nn.Module,
    images: Images,
    maps: Callable[[nn.Module, Tensor], np.ndarray],
    *,
    depths: int = 4,
    seed: int = 0,
) -> dict:
    """Similarity to the original of the heat maps (N, H, W) that `maps(network, images)` gives.

    Gives images: N, layers: names in order of execution, counts: how many are randomised at each of up to `depths`
    points, half: the point with the upper half, verdict (of `verdict`), and by measure, rank (Spearman's) and ssim,
    {cascading, independent: one mean over images per point with its interval, null, kept: share of the similarity at
    `half`, end: all layers randomised, less the null}. The independent point of a count randomises that layer alone,
    counted from the last. Raises AtlasError on one image.
    """
    x = prepared(network, images)
    if len(x) < 2:
        raise AtlasError("images: the null needs another image's map; give at least 2")
    names = layers(network, x)
    counts = sorted({-(-len(names) * k // depths) for k in range(1, depths + 1)})
    half = next(i for i, count in enumerate(counts) if 2 * count >= len(names))

    def drawn(chosen: Sequence[str], draw: int = 0) -> Maps:
        return Maps(maps(randomised(network, chosen, x, seed + draw), x))

    original, other = Maps(maps(network, x)), drawn(names, draw=1)
    cascade = [drawn(names[-count:]) for count in counts]
    alone = [drawn([names[-count]]) for count in counts]
    result = {"images": len(x), "layers": names, "counts": counts, "half": half}
    for measure in MEASURES:
        like = partial(similarity, measure)
        null = (like(original, cascade[-1].moved()) + like(original, other.moved())) / 2
        cascading = [like(original, changed) for changed in cascade]
        result[measure] = {
            "cascading": [mean(values) for values in cascading],
            "independent": [mean(like(original, changed)) for changed in alone],
            "null": mean(null),
            "kept": kept(cascading[half], null),
            "end": difference(cascading[-1], null),
        }
    return result | {"verdict": verdict([result[measure]["kept"] for measure in MEASURES])}


def verdict(shares: Sequence[Mapping[str, float]]) -> str:
    """fails where more than half of the similarity is kept by all measures, passes where less than half is."""
    if all(share["low"] > 0.5 for share in shares):
        return "fails"
    return "passes" if all(share["high"] < 0.5 for share in shares) else "undecided"


class Maps:
    """Heat maps (N, H, W) scaled to [0, 1], with their ranks, computed once for all comparisons."""

    def __init__(self, heats: np.ndarray):
        self.scaled = scaled(heats)
        ranks = stats.rankdata(heats.reshape(len(heats), -1), axis=1)
        ranks -= ranks.mean(1, keepdims=True)
        self.ranks = ranks / np.maximum(np.linalg.norm(ranks, axis=1, keepdims=True), 1e-12)  # 0 of a constant map

    def moved(self) -> "Maps":
        """The same maps, each assigned to another image."""
        other = copy.copy(self)
        other.scaled, other.ranks = np.roll(self.scaled, 1, axis=0), np.roll(self.ranks, 1, axis=0)
        return other


def similarity(measure: str, a: Maps, b: Maps) -> np.ndarray:
    """How similar the maps are, pair by pair, (N,): Spearman's rank correlation ("rank") or mean SSIM ("ssim")."""
    if measure == "rank":
        return (a.ranks * b.ranks).sum(1)
    return np.array([
        structural_similarity(one, other, win_size=WINDOW, data_range=1.0)
        for one, other in zip(a.scaled, b.scaled, strict=True)
    ])  # fmt: skip
