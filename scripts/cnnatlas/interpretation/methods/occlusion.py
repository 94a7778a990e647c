"""Occlusion sensitivity: how much a network's score drops when a patch of the image is hidden."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, class_indices, prepared, untouched
from cnnatlas.interpretation.incremental import Changed

PIXELS = 2**21  # of the occluded copies that are computed at once: 25 MB where a network needs them whole
MOST = 128  # copies at once: more gain nothing


def occlusion(
    network: nn.Module,
    images: Images,
    targets: Sequence[int],
    *,
    patch: int = 12,
    stride: int = 4,
    fill: float = 0.5,
) -> dict[str, np.ndarray]:
    """Occlusion sensitivity of the target's softmax score. Zeiler and Fergus (1311.2901), section 4.2.

    A square of `patch` pixels filled with grey (`fill` in all channels, in [0, 1]) moves over the image in steps of
    `stride`; the last step of each row and column is shorter where needed, so that the square ends at the border and
    every pixel is covered. Gives "drop" (N, rows, columns), the score without less that with the square at each
    position, and "attribution" (N, 1, H, W), the mean drop of the squares that cover each pixel.

    Raises AtlasError where the square does not fit into the image, or where steps leave pixels out.
    """
    x = prepared(network, images)
    rows, columns = (_starts(side, patch, stride) for side in x.shape[2:])
    corners = np.stack(np.meshgrid(rows, columns, indexing="ij"), -1).reshape(-1, 2)
    with untouched(network), torch.inference_mode():
        whole = torch.cat([network(x[n : n + 1]).softmax(1) for n in range(len(x))])
        indices = class_indices(targets, len(x), whole.shape[1])
        scores = [_scores(network, x[n : n + 1], int(indices[n]), corners, patch, fill) for n in range(len(x))]
    drop = (whole.cpu()[range(len(x)), indices][:, None] - torch.stack(scores)).numpy()
    drop = drop.reshape(len(x), len(rows), len(columns))
    return {"attribution": _spread(drop, rows, columns, patch, x.shape[2:]), "drop": drop}


def _starts(side: int, patch: int, stride: int) -> np.ndarray:
    if not 1 <= patch <= side:
        raise AtlasError(f"patch: {patch} pixels do not fit into {side}; choose 1 to {side}")
    if not 1 <= stride <= patch:
        raise AtlasError(f"stride: steps of {stride} with a patch of {patch} leave pixels out; choose 1 to {patch}")
    return np.append(np.arange(0, side - patch, stride), side - patch)


def _scores(network: nn.Module, image: Tensor, target: int, corners: np.ndarray, patch: int, fill: float) -> Tensor:
    """The target's score with the patch at each corner, (positions,)."""
    parts = [
        network(Changed(image, np.zeros(len(some), int), image.new_full((len(some), 3, patch, patch), fill), some))
        for some in _batches(corners, image.shape[2] * image.shape[3])
    ]
    return torch.cat(parts).softmax(1)[:, target].cpu()


def _batches(corners: np.ndarray, pixels: int) -> Iterator[np.ndarray]:
    """The corners in as few batches of about one size as MOST and PIXELS allow."""
    most = max(1, min(MOST, PIXELS // pixels))
    return iter(np.array_split(corners, -(-len(corners) // most)))


def _spread(drop: np.ndarray, rows: np.ndarray, columns: np.ndarray, patch: int, shape: Sequence[int]) -> np.ndarray:
    """The mean drop of the patches over each pixel: (N, rows, columns) to (N, 1, H, W)."""
    total, count = np.zeros((len(drop), 1, *shape), np.float32), np.zeros(tuple(shape), np.float32)
    for i, r in enumerate(rows):
        for j, c in enumerate(columns):
            total[:, :, r : r + patch, c : c + patch] += drop[:, i, j, None, None, None]
            count[r : r + patch, c : c + patch] += 1
    return total / count
