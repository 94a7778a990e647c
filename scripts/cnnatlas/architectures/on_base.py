"""A new head on the convolutions of a trained network: transfer learning (assignment C, 1g to 1i)."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from cnnatlas.architectures import registry
from cnnatlas.architectures.layers import GlobalAveragePooling, dense_layers, make_relus_inspectable
from cnnatlas.errors import AtlasError


class OnBase(nn.Module):
    """The `features` of a base, global average pooling, then dense layers. After Chollet (2018), section 5.3.

    `base`: {name: a network of torchvision's with `features`} or the architecture of one of this project's; `dense`:
    neurons of the hidden dense layers; `dropout`: before each dense layer. The maps are averaged instead of flattened,
    so that the head's size does not depend on that of the images.
    """

    def __init__(self, classes: int, size: int, *, base: Mapping, dense: Sequence[int] = (256,), dropout: float = 0.5):
        super().__init__()
        self.features = _features(base, size)
        self.pool = GlobalAveragePooling()
        self.head = nn.Sequential(*dense_layers(_channels(self.features, size), dense, classes, dropout))

    def represent(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to the vectors (N, channels) that are the head's input."""
        return self.pool(self.features(x))

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.head(self.represent(x))


def _features(base: Mapping, size: int) -> nn.Module:
    own = base["name"] in registry.families()
    network = registry.build(dict(base), classes=2, size=size) if own else _torchvision(base["name"])
    if not hasattr(network, "features"):
        raise AtlasError(f"base: {base['name']} has no `features` apart from its head; name another network")
    return network.features


def _torchvision(name: str) -> nn.Module:
    from torchvision import models  # takes seconds, and only these networks need it

    network = models.get_model(name, weights=None)
    make_relus_inspectable(network)
    return network


def _channels(features: nn.Module, size: int) -> int:
    """The number of feature maps that `features` computes."""
    with torch.inference_mode():
        return features.eval()(torch.zeros(1, 3, size, size)).shape[1]


NETWORKS = {"on_base": OnBase}
