"""The gradient of a class's logit with respect to the image: how a small change of each pixel would move it."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, class_indices, prepared, untouched

BATCH = 32  # images at a time: bounds the memory of what backpropagation keeps


def gradient(network: nn.Module, images: Images, targets: Sequence[int]) -> dict[str, np.ndarray]:
    """Gradient of each image's target logit with respect to the image in [0, 1], with its sign.

    Simonyan, Vedaldi and Zisserman, "Deep inside convolutional networks" (1312.6034), section 3; they show its absolute
    value. The logit and not the softmax score, whose gradient vanishes where the network is sure. Gives {"attribution":
    (N, 3, H, W)} in logits per unit of intensity. Raises AtlasError on unusable images or targets.
    """
    x = prepared(network, images)
    with untouched(network):
        attribution = logit_gradient(network, x, target_indices(network, x, targets))
    return {"attribution": attribution.cpu().numpy()}


def target_indices(network: nn.Module, x: Tensor, targets: Sequence[int]) -> Tensor:
    """Targets as int64 (N,) on the device of `x`, checked against the number of logits that `network` gives."""
    with torch.no_grad():
        classes = network(x[:1]).shape[1]
    return class_indices(targets, len(x), classes).to(x.device)


def target_logits(network: nn.Module, x: Tensor, indices: Tensor) -> Tensor:
    """The logit (N,) of each image's own class."""
    return network(x).gather(1, indices[:, None])[:, 0]


def logit_gradient(network: nn.Module, x: Tensor, indices: Tensor) -> Tensor:
    """The gradient (N, 3, H, W) of `target_logits` with respect to `x`; no other tensor's `.grad` is touched."""
    parts = []
    for images, classes in zip(x.split(BATCH), indices.split(BATCH), strict=True):
        with torch.enable_grad():
            leaf = images.detach().requires_grad_()
            parts += torch.autograd.grad(target_logits(network, leaf, classes).sum(), leaf)
    return torch.cat(parts)
