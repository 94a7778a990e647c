"""Class activation maps: the exact share of each spatial position of the last maps in a class's logit."""

from collections.abc import Sequence
from contextlib import ExitStack

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.architectures.layers import GlobalAveragePooling
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import Images, class_indices, hooked, prepared, untouched
from cnnatlas.interpretation.methods.grad_cam import enlarged
from cnnatlas.interpretation.methods.gradient import BATCH

AVERAGING = GlobalAveragePooling | nn.AdaptiveAvgPool2d | nn.AvgPool2d
TOLERANCE = 1e-4  # of the parts of a logit: what rounding in float32 may leave between it and their sum


def cam(network: nn.Module, images: Images, targets: Sequence[int]) -> dict[str, np.ndarray]:
    """The target class's activation map: its mean over positions, plus the bias, is the class's logit.

    Zhou et al., "Learning deep features for discriminative localization" (1512.04150). Exact for networks that end in
    global average pooling and one dense layer: the sum of the last maps, weighted by the class's row of that layer. A
    network that, as SqueezeNet, averages one map per class has these already; its bias is then 0. Gives {"attribution":
    (N, 1, H, W), bilinearly enlarged, "map": (N, h, w), "bias": (N,)} in logits, signed. Raises AtlasError on unusable
    images or targets, and for networks with another head.
    """
    x = prepared(network, images)
    with untouched(network):
        maps, bias = class_maps(network, x, targets)
    return {"attribution": enlarged(maps, x).cpu().numpy(), "map": maps.cpu().numpy(), "bias": bias.cpu().numpy()}


def class_maps(network: nn.Module, x: Tensor, targets: Sequence[int]) -> tuple[Tensor, Tensor]:
    """Map (N, h, w) and bias (N,) of each image's target class, for images of any size that the network takes.

    Raises AtlasError where mean of the map plus bias is not the logit, that is, where the network has another head.
    """
    dense = [module for module in network.modules() if isinstance(module, nn.Linear)]
    if len(dense) > 1:
        raise AtlasError(_another_head(f"{len(dense)} dense layers"))
    layer = dense[0] if dense else None
    maps, logits = zip(*(_last_maps(network, part, layer) for part in x.split(BATCH)), strict=True)
    logits = torch.cat(logits)
    indices = class_indices(targets, len(x), logits.shape[1]).to(x.device)
    weights = torch.eye(logits.shape[1], device=x.device) if layer is None else layer.weight
    chosen = torch.einsum("nchw,nc->nhw", torch.cat(maps), weights[indices])
    bias = torch.zeros(len(x), device=x.device) if layer is None or layer.bias is None else layer.bias[indices]
    size = chosen.abs().mean((1, 2)) + bias.abs()
    if ((chosen.mean((1, 2)) + bias - logits.gather(1, indices[:, None])[:, 0]).abs() > TOLERANCE * size).any():
        raise AtlasError(_another_head("something other than the mean of its last maps"))
    return chosen, bias


def _last_maps(network: nn.Module, x: Tensor, dense: nn.Linear | None) -> tuple[Tensor, Tensor]:
    """The last maps (N, C, h, w) before they are averaged, one per input of `dense` or per class; and the logits."""
    layers = [module for module in network.modules() if not list(module.children())]
    seen: list[Tensor] = []

    def keep(module: nn.Module, _: tuple, output: Tensor) -> None:
        if output.ndim == 4 and not isinstance(module, AVERAGING):
            seen[:] = [output]

    def check(*_: object) -> None:
        if not seen or seen[0].shape[1] != dense.in_features:
            raise AtlasError(_another_head("a dense layer on every position of its maps"))

    with torch.no_grad(), hooked(layers, keep), ExitStack() as stack:
        if dense:  # before it runs: on larger images than those of its training it could not
            stack.callback(dense.register_forward_pre_hook(check).remove)
        logits = network(x)
    if not seen or (dense is None and seen[0].shape[1] != logits.shape[1]):
        raise AtlasError(_another_head("something other than one map per class"))
    return seen[0], logits


def _another_head(found: str) -> str:
    return f"cam: the network ends in {found}, not in global average pooling and one dense layer; use grad_cam instead"
