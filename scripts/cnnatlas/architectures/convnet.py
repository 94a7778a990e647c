"""A basic convolutional network, plain or with inception or residual blocks. Assignment C, items 1(c) and 2(b)-(e)."""

from collections.abc import Callable, Sequence
from functools import partial

import torch
from torch import Tensor, nn

from cnnatlas.architectures.layers import (
    BasicBlock,
    conv_norm_relu,
    dense_layers,
    initialise_without_normalisation,
    output_side,
)
from cnnatlas.errors import AtlasError


class InceptionBlock(nn.Module):
    """Four parallel branches: 1x1; 1x1, 3x3; 1x1, 5x5; 3x3 max pooling, 1x1. Szegedy et al. (1409.4842), figure 2b.

    A ReLU after every convolution, with optional batch normalisation before it (1502.03167). The channels keep the
    proportions of GoogLeNet's block 3a: of C, in and out, the branches produce C/4, C/2, C/8 and C/8, and the 1x1
    convolutions before 3x3 and 5x5 reduce to 3C/8 and C/16. Raises AtlasError where C is no multiple of 16.
    """

    def __init__(self, channels: int, *, batch_norm: bool):
        super().__init__()
        if channels % 16:
            raise AtlasError(f"an inception block divides its channels by 16; it cannot have {channels}")
        c, layers = channels // 16, partial(conv_norm_relu, batch_norm=batch_norm)
        self.branch1 = nn.Sequential(*layers(channels, 4 * c, 1))
        self.branch3 = nn.Sequential(*layers(channels, 6 * c, 1), *layers(6 * c, 8 * c, 3))
        self.branch5 = nn.Sequential(*layers(channels, c, 1), *layers(c, 2 * c, 5))
        self.branch_pool = nn.Sequential(nn.MaxPool2d(3, stride=1, padding=1), *layers(channels, 2 * c, 1))

    def forward(self, x: Tensor) -> Tensor:
        """(N, C, H, W) to the same shape."""
        return torch.cat([self.branch1(x), self.branch3(x), self.branch5(x), self.branch_pool(x)], dim=1)


def _residual(channels: int, *, batch_norm: bool) -> nn.Module:
    return BasicBlock(channels, channels, batch_norm=batch_norm)


EXTRAS: dict[str, Callable[..., nn.Module]] = {"inception": InceptionBlock, "residual": _residual}


class ConvNet(nn.Module):
    """Blocks of a 3x3 convolution and 2x2 max pooling, flattened into dense layers.

    `widths`: channels of each block; `extra`: further blocks, each inception or residual, in the last block between
    convolution and pooling, so that all other layers stay the same; `dense`: neurons of hidden dense layers, empty
    for the output layer alone; `batch_norm`: after every convolution; `dropout`: before every dense layer.
    """

    def __init__(
        self,
        classes: int,
        size: int,
        *,
        widths: Sequence[int] = (32, 64, 128),
        extra: Sequence[str] = (),
        dense: Sequence[int] = (),
        batch_norm: bool = True,
        dropout: float = 0.0,
    ):
        super().__init__()
        if not set(extra) <= set(EXTRAS):
            raise AtlasError(f"extra: `{extra}` is not a list of {', '.join(EXTRAS)}")
        side = output_side(size, *[(2, 2, 0)] * len(widths))
        self.features = nn.Sequential()
        for inputs, outputs in zip((3, *widths), widths, strict=False):
            self.features.append(nn.Sequential(*conv_norm_relu(inputs, outputs, batch_norm=batch_norm)))
            self.features.append(nn.MaxPool2d(2))
        for name in extra:
            self.features.insert(len(self.features) - 1, EXTRAS[name](widths[-1], batch_norm=batch_norm))
        self.flatten = nn.Flatten()
        self.head = nn.Sequential(*dense_layers(widths[-1] * side**2, dense, classes, dropout))
        if not batch_norm:
            initialise_without_normalisation(self, self.head[-1])

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.head(self.flatten(self.features(x)))


NETWORKS = {"convnet": ConvNet}
