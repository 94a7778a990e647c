"""The gradient averaged over noisy copies of the image."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, prepared, untouched
from cnnatlas.interpretation.methods.gradient import BATCH, target_indices


def smooth_grad(
    network: nn.Module,
    images: Images,
    targets: Sequence[int],
    *,
    samples: int = 50,
    noise: float = 0.15,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Mean gradient of the target logit over `samples` copies of the image with Gaussian noise, with its sign.

    Smilkov et al., "SmoothGrad" (1706.03825), who advise 50 samples; `noise` is the standard deviation as a share of
    the image's own range of values, 0.1 to 0.2 in the paper. Computed by captum. Every image sees the same noise, so
    that its map does not depend on its company. Gives {"attribution": (N, 3, H, W)} in logits per unit of intensity.
    Raises AtlasError on unusable images or targets.
    """
    x = prepared(network, images)
    with untouched(network):
        indices = target_indices(network, x, targets)
        chosen = zip(x, indices.tolist(), strict=True)
        parts = [_smoothed(network, image, index, samples, noise, seed) for image, index in chosen]
    return {"attribution": torch.stack(parts).cpu().numpy()}


def _smoothed(network: nn.Module, image: Tensor, index: int, samples: int, noise: float, seed: int) -> Tensor:
    from captum.attr import NoiseTunnel, Saliency  # takes seconds, and only a run needs it

    spread = noise * (image.max() - image.min()).item()
    with torch.random.fork_rng(devices=[image.device] if image.is_cuda else []):
        torch.manual_seed(seed)  # captum draws from the global generator, which is as before afterwards
        smoothed = NoiseTunnel(Saliency(network)).attribute(
            image[None],
            nt_samples=samples,
            nt_samples_batch_size=BATCH,
            stdevs=spread,
            target=index,
            abs=False,
        )
    return smoothed[0].detach()
