"""Networks with permuted weights: what their maps show, no training has put there.

The comparison is that of Adebayo et al. (1810.03292), who show how much of a map remains without what was learned.
"""

import copy
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.interpretation.hooks import Images, executed, prepared, untouched


def attributions(
    method: Callable[..., Mapping], network: nn.Module, images: Images, targets: Sequence[int], options: Mapping
) -> np.ndarray:
    """The method's attribution (N, C, H, W) of each image, by the network with the weights of all layers permuted.

    Anew for each image, so that intervals over images are over permutations too.
    """
    x = prepared(network, images)
    names = layers(network, x)
    return np.concatenate([
        method(randomised(network, names, x, seed=n), images[n : n + 1], targets[n : n + 1], **options)["attribution"]
        for n in range(len(x))
    ])  # fmt: skip


def layers(network: nn.Module, x: Tensor) -> list[str]:
    """Names of the convolutions and dense layers, in the order in which they first run."""
    with untouched(network):
        names = [name for name, module, _ in executed(network, x[:1]) if isinstance(module, (nn.Conv2d, nn.Linear))]
    return list(dict.fromkeys(names))


def randomised(network: nn.Module, names: Sequence[str], x: Tensor, seed: int) -> nn.Module:
    """A copy of the network in which the values of each named layer's weights, and of its biases, are permuted.

    Permuted, not drawn: such a layer is random and yet has the trained one's scale. Batch normalisation keeps its
    trained scale and shift; its statistics are estimated again on `x`, since those of other features would drive all
    that follows out of its range.
    """
    changed = copy.deepcopy(network)
    generator = torch.Generator().manual_seed(seed)
    modules = dict(changed.named_modules())
    with torch.no_grad():
        for parameter in (p for name in names for p in modules[name].parameters()):
            order = torch.randperm(parameter.numel(), generator=generator).to(parameter.device)
            parameter.copy_(parameter.flatten()[order].reshape(parameter.shape))
    _estimate_statistics(changed, x)
    return changed


def _estimate_statistics(network: nn.Module, x: Tensor) -> None:
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    network.eval()
    for module in norms:
        module.reset_running_stats()
        module.momentum = None  # the mean of what it sees, here of one batch
        module.train()
    if norms and (x == x[:1]).all():  # one image, whose maps may have one value a channel: its mirror image joins it
        x = torch.cat([x, x.flip(3)])
    if norms:
        with torch.no_grad():
            network(x)
    network.eval()
