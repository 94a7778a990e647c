"""Does the network use what a heat map marks? Insertion and deletion curves: Petsiuk, Das and Saenko (1806.07421).

Deletion paints the hottest pixels first with the image's mean colour and watches the target's softmax score fall: a
small area under the curve is good. Insertion starts from the blurred image and puts the hottest pixels back first: a
large area is good. Pixels in random order show how far the score falls anyway.
"""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import torch
from scipy import ndimage
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, class_indices, prepared, untouched
from cnnatlas.interpretation.reliability.intervals import difference, mean

PIXELS = 2**18  # of the images that are computed at once, 3 MB: more is slower on a CPU, for its caches
BLUR = 0.05  # standard deviation of the blur, as a share of the image's shorter side
GAMES = ("deletion", "insertion")


def random_curves(
    network: nn.Module, images: Images, targets: Sequence[int], *, steps: int = 8, orders: int = 2, seed: int = 0
) -> dict[str, np.ndarray]:
    """By game, each image's scores (N, steps + 1) in random order, in equal steps from no pixel to all of them.

    The mean of `orders` orders. It is the same for all methods, and costs more than one of them: computed once.
    """
    x = prepared(network, images)
    rng = np.random.default_rng(seed)
    ranks = [_ranks(np.zeros((len(x), *x.shape[2:])), rng) for _ in range(orders)]
    fractions, found = np.linspace(0, 1, steps + 1), {}
    with untouched(network), torch.inference_mode():
        indices = class_indices(targets, len(x), network(x[:1]).shape[1]).to(x.device)
        for game in GAMES:
            start, end = _ends(x, game)
            first, last = (_scores(network, part, indices) for part in (start, end))  # the same in any order
            between = [_curves(network, start, end, rank, indices, fractions[1:-1]) for rank in ranks]
            found[game] = np.column_stack([first, np.mean(between, axis=0), last])
    return found


def faithfulness(
    network: nn.Module,
    images: Images,
    targets: Sequence[int],
    heats: np.ndarray,
    random: Mapping[str, np.ndarray],
    *,
    seed: int = 0,
) -> dict:
    """Both curves of heat maps (N, H, W), beside and in the steps of `random`, the same images' `random_curves`.

    Pixels of equal heat come in random order. Gives images: N, steps, fractions: the share of pixels at each point,
    and by game {curve: mean score, area: {value, low, high}, random: {curve, area}, than: {difference, low, high} of
    the areas, paired by image}.
    """
    x = prepared(network, images)
    ranks = _ranks(heats, np.random.default_rng(seed))
    steps = random[GAMES[0]].shape[1] - 1
    fractions = np.linspace(0, 1, steps + 1)
    result = {"images": len(x), "steps": steps, "fractions": fractions.tolist()}
    with untouched(network), torch.inference_mode():
        indices = class_indices(targets, len(x), network(x[:1]).shape[1]).to(x.device)
        for game in GAMES:
            between = _curves(network, *_ends(x, game), ranks, indices, fractions[1:-1])
            curves = np.column_stack([random[game][:, 0], between, random[game][:, -1]])
            result[game] = _summary(curves, random[game], fractions)
    return result


def _ranks(heats: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The position of each pixel in its image's order, hottest first, (N, H, W); ties are broken at random."""
    flat = heats.reshape(len(heats), -1)
    order = np.lexsort((rng.random(flat.shape), -flat), axis=1)
    ranks = np.empty(flat.shape, np.int32)
    np.put_along_axis(ranks, order, np.arange(flat.shape[1], dtype=np.int32)[None], axis=1)
    return ranks.reshape(heats.shape)


def _ends(x: Tensor, game: str) -> tuple[Tensor, Tensor]:
    """The images that a game starts from and those that it ends with."""
    if game == "deletion":
        return x, x.mean((2, 3), keepdim=True).expand_as(x)
    sigma = BLUR * min(x.shape[2:])
    blurred = ndimage.gaussian_filter(x.cpu().numpy(), (0, 0, sigma, sigma), mode="nearest")
    return torch.from_numpy(blurred).to(x.device), x


def _scores(network: nn.Module, x: Tensor, indices: Tensor) -> np.ndarray:
    """The target's score of each image, (N,)."""
    most = max(1, PIXELS // (x.shape[2] * x.shape[3]))
    scores = torch.cat([network(part).softmax(1) for part in x.split(most)])
    return scores.gather(1, indices[:, None])[:, 0].cpu().numpy().astype(np.float64)


def _curves(
    network: nn.Module, start: Tensor, end: Tensor, ranks: np.ndarray, indices: Tensor, fractions: np.ndarray
) -> np.ndarray:
    """The target's score of each image after each share of its pixels, (N, points)."""
    order = torch.from_numpy(ranks).to(start.device)[:, None]
    counts = torch.from_numpy(np.rint(fractions * ranks[0].size)).to(start.device)
    scores = torch.empty(len(start), len(counts), device=start.device)
    for n, k in _batches(len(start), len(counts), ranks[0].size):
        mixed = torch.where(order[n] < counts[k, None, None, None], end[n], start[n])
        scores[n, k] = network(mixed).softmax(1).gather(1, indices[n][:, None])[:, 0]
    return scores.cpu().numpy().astype(np.float64)


def _batches(images: int, points: int, pixels: int) -> Iterator[tuple[Tensor, Tensor]]:
    """Numbers of images and of points on their curves, as many at once as PIXELS allows."""
    pairs = torch.cartesian_prod(torch.arange(images), torch.arange(points))
    for batch in pairs.split(max(1, PIXELS // pixels)):
        yield batch[:, 0], batch[:, 1]


def _summary(curves: np.ndarray, random: np.ndarray, fractions: np.ndarray) -> dict:
    areas, others = (np.trapezoid(values, fractions, axis=1) for values in (curves, random))
    return {
        "curve": curves.mean(0).tolist(),
        "area": mean(areas),
        "random": {"curve": random.mean(0).tolist(), "area": mean(others)},
        "than": difference(areas, others),
    }
