"""Gradients summed on the way from a black image to the image."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, prepared, untouched
from cnnatlas.interpretation.methods.gradient import BATCH, target_indices

COMPLETE = 0.05  # of the rise: how large a residual may be


def integrated_gradients(
    network: nn.Module, images: Images, targets: Sequence[int], *, steps: int = 64, most: int = 256
) -> dict[str, np.ndarray]:
    """Share of each pixel in the target logit's rise from a black image to this one, with its sign.

    Sundararajan, Taly and Yan, "Axiomatic attribution for deep networks" (1703.01365), by captum with the
    Gauss-Legendre rule of `steps` points, doubled for an image until its residual is at most COMPLETE of the rise, or
    no further doubling is within `most` points. The baseline is black, the paper's own: it is the same for every image,
    so that maps of different images count from one level, whereas a blurred image would keep the object's coarse shape
    and credit edges alone. Its price: black pixels get nothing, even where they matter.

    Gives {"attribution": (N, 3, H, W), "residual": (N,), "rise": (N,), "points": int64 (N,), "tolerance": (N,)}, the
    first three in logits; residual is the sum of the attributions less the rise that they explain, zero but for the
    quadrature ("completeness"); points are those of the rule, tolerance is COMPLETE. Raises AtlasError on unusable
    images or targets.
    """
    x = prepared(network, images)
    with untouched(network):
        indices = target_indices(network, x, targets)
        found = [
            _completed(network, image, index, steps, most) for image, index in zip(x, indices.tolist(), strict=True)
        ]
    attributions, residuals, points = zip(*found, strict=True)
    attribution, residual = (torch.cat(each).cpu().numpy() for each in (attributions, residuals))
    rise = attribution.sum((1, 2, 3), dtype=np.float64) - residual
    return {
        "attribution": attribution,
        "residual": residual,
        "rise": rise.astype(np.float32),
        "points": np.array(points),
        "tolerance": np.full(len(points), COMPLETE, np.float32),
    }


def _completed(network: nn.Module, image: Tensor, index: int, steps: int, most: int) -> tuple[Tensor, Tensor, int]:
    """Attribution (1, 3, H, W), residual (1,) and the points of the rule, doubled while the residual is too large."""
    while True:
        attribution, residual = _integrated(network, image, index, steps)
        rise = (attribution.sum() - residual).abs()
        if residual.abs() <= COMPLETE * rise or 2 * steps > most:
            return attribution, residual, steps
        steps *= 2


def _integrated(network: nn.Module, image: Tensor, index: int, steps: int) -> tuple[Tensor, Tensor]:
    from captum.attr import IntegratedGradients  # takes seconds, and only a run needs it

    attribution, residual = IntegratedGradients(network).attribute(
        image[None],
        baselines=0.0,
        target=index,
        n_steps=steps,
        internal_batch_size=BATCH,
        return_convergence_delta=True,
    )
    return attribution.detach().float(), residual.detach().float()
