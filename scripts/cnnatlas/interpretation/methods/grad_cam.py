"""Grad-CAM: which positions of a layer's maps are evidence for a class, in any network with maps."""

from collections.abc import Sequence
from itertools import takewhile

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, executed, hooked, named_module, prepared, untouched
from cnnatlas.interpretation.methods.gradient import BATCH, target_indices, target_logits

POOLING = nn.MaxPool2d | nn.AvgPool2d | nn.AdaptiveAvgPool2d | nn.AdaptiveMaxPool2d


def grad_cam(
    network: nn.Module, images: Images, targets: Sequence[int], *, layer: str | None = None
) -> dict[str, np.ndarray]:
    """Rectified sum of a layer's maps, each weighted by the mean gradient of the target logit with respect to it.

    Selvaraju et al., "Grad-CAM" (1610.02391), equations 1 and 2. `layer`: name of a module that gives (N, C, h, w);
    without one, the last maps before the head, or before the pooling between them: the paper's last convolutional
    layer. Gives {"attribution": (N, 1, H, W), bilinearly enlarged, "map": (N, h, w)}. Raises AtlasError on unusable
    images or targets, and where the layer is absent, does not run or has no maps.
    """
    x = prepared(network, images)
    with untouched(network):
        indices = target_indices(network, x, targets)
        module, entering = (named_module(network, layer), False) if layer else _last_maps(network, x[:1])
        batches = zip(x.split(BATCH), indices.split(BATCH), strict=True)
        maps = torch.cat([_weighted(network, module, entering, *batch) for batch in batches])
    return {"attribution": enlarged(maps, x).cpu().numpy(), "map": maps.cpu().numpy()}


def enlarged(maps: Tensor, x: Tensor) -> Tensor:
    """Maps (N, h, w) as (N, 1, H, W) at the size of the images `x`, by bilinear interpolation."""
    return nn.functional.interpolate(maps[:, None], x.shape[2:], mode="bilinear", align_corners=False)


def _last_maps(network: nn.Module, x: Tensor) -> tuple[nn.Module, bool]:
    """The module next to the last maps, and whether they enter it (a pooling before the head) or leave it."""
    layers = [module for _, module, output in executed(network, x) if output.ndim == 4]
    if not layers:
        raise AtlasError("grad_cam: no layer of the network gives maps (N, C, h, w); use gradient instead")
    pooling = list(takewhile(lambda module: isinstance(module, POOLING), reversed(layers)))
    return (pooling[-1], True) if pooling else (layers[-1], False)


def _weighted(network: nn.Module, module: nn.Module, entering: bool, x: Tensor, indices: Tensor) -> Tensor:
    """The rectified weighted sum (N, h, w) of the maps that enter or leave `module`."""
    seen: list[Tensor] = []

    def keep(_: nn.Module, inputs: tuple, output: Tensor) -> Tensor:
        seen[:] = [inputs[0] if entering else output]
        return output.clone()  # a module that works in place comes next in some networks

    with torch.enable_grad(), hooked([module], keep):
        logits = target_logits(network, x.detach().requires_grad_(), indices)
        if not seen or seen[0].ndim != 4:
            raise AtlasError("grad_cam: the layer does not give maps (N, C, h, w) for these images; name another one")
        (gradients,) = torch.autograd.grad(logits.sum(), seen)
    weights = gradients.mean((2, 3), keepdim=True)
    return (weights * seen[0]).sum(1).relu().detach()
