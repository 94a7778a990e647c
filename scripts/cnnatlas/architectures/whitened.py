"""Networks for short trainings: a whitening first convolution, then few wide stages.

After Page, "How to train your ResNet" (2018), and Jordan, "94% on CIFAR-10 in 3.29 seconds on a single GPU"
(2404.00498).
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from cnnatlas.architectures import layers
from cnnatlas.architectures.layers import GlobalAveragePooling, convolution, dense_layers, output_side

PATCH = 2  # side of the whitened patches
LEAST_VARIANCE = 5e-4  # added to the variances before division, or noise would be amplified
MOMENTUM = 0.4  # of running statistics: they must keep up with weights that change within a few hundred steps


class WhitenedNetwork(nn.Module):
    """Whitening, stages of two 3x3 convolutions with 2x2 max pooling after the first, and a head.

    `widths`: channels of each stage; `residual`: whether the second convolution of each stage has a shortcut;
    `dense`: neurons of hidden dense layers, or null for global average pooling and one dense layer; `dropout`: before
    every dense layer. `activation` of the convolutions: relu, or gelu, which is smooth (Hendrycks and Gimpel,
    1606.08415).

    `whitening`: the first convolution's filters are not trained (its biases are); they are the principal components of
    2x2 patches of the training images, each with its negative, divided by the standard deviation along it, so that its
    outputs are uncorrelated on centred images (section 3.2 of 2404.00498). Without it, the same convolution is trained
    from random weights.
    `identity`: each convolution starts by copying its input, as far as it has as many outputs (3.3). Normalisation has
    a shift and no scale, since the convolution after it has one.
    """

    def __init__(
        self,
        classes: int,
        size: int,
        *,
        widths: Sequence[int] = (64, 256, 256),
        residual: bool = True,
        dense: Sequence[int] | None = None,
        dropout: float = 0.0,
        activation: str = "relu",
        whitening: bool = True,
        identity: bool = True,
        scale: float = 0.25,
    ):
        super().__init__()
        side = output_side(size, (PATCH, 1, 0), *[(2, 2, 0)] * len(widths))
        channels = 2 * 3 * PATCH**2
        self.whitening = whitening
        options = {"residual": residual, "identity": identity, "activation": activation}
        stages = [Stage(*pair, **options) for pair in zip((channels, *widths), widths, strict=False)]
        first = nn.Sequential(nn.Conv2d(3, channels, PATCH), layers.activation(activation))
        self.features = nn.Sequential(first, *stages, Scale(scale))
        if dense is None:
            self.pool, hidden = GlobalAveragePooling(), ()
        else:
            self.pool, hidden = nn.Flatten(), dense
        inputs = widths[-1] * (1 if dense is None else side**2)
        self.head = nn.Sequential(*dense_layers(inputs, hidden, classes, dropout))

    @torch.no_grad()
    def initialise_from(self, images: Tensor) -> None:
        """Set and freeze the whitening filters from normalised training images (N, 3, H, W)."""
        if not self.whitening:
            return
        convolution = self.features[0][0]
        patches = images.unfold(2, PATCH, PATCH).unfold(3, PATCH, PATCH)  # (N, 3, rows, columns, PATCH, PATCH)
        flat = patches.permute(0, 2, 3, 1, 4, 5).reshape(-1, 3 * PATCH**2).double()
        variances, components = torch.linalg.eigh(flat.T @ flat / len(flat))  # components are the columns
        filters = (components / (variances + LEAST_VARIANCE).sqrt()).T.float().reshape(-1, 3, PATCH, PATCH)
        convolution.weight.copy_(torch.cat([filters, -filters]))
        convolution.bias.zero_()
        convolution.weight.requires_grad_(False)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.head(self.pool(self.features(x)))


class Stage(nn.Module):
    """Convolution, pooling, normalisation, activation; convolution, normalisation, optional shortcut, activation.

    (N, inputs, H, W) to (N, outputs, H / 2, W / 2).
    """

    def __init__(self, inputs: int, outputs: int, *, residual: bool, identity: bool, activation: str = "relu"):
        super().__init__()
        self.conv1 = convolution(inputs, outputs, bias=False)
        self.pool = nn.MaxPool2d(2)
        self.norm1 = shift_only(outputs)
        self.activation1 = layers.activation(activation)
        self.conv2 = convolution(outputs, outputs, bias=False)
        self.norm2 = shift_only(outputs)
        self.activation2 = layers.activation(activation)
        self.residual = residual
        if identity:
            copy_inputs(self.conv1)
            copy_inputs(self.conv2)

    def forward(self, x: Tensor) -> Tensor:
        """The stage's output."""
        x = self.activation1(self.norm1(self.pool(self.conv1(x))))
        change = self.norm2(self.conv2(x))
        return self.activation2(x + change if self.residual else change)


class Scale(nn.Module):
    """Multiply by a constant."""

    def __init__(self, factor: float):
        super().__init__()
        self.factor = factor

    def forward(self, x: Tensor) -> Tensor:
        """The scaled input."""
        return x * self.factor


def shift_only(channels: int) -> nn.BatchNorm2d:
    """Batch normalisation with a trained shift and a fixed scale of 1."""
    layer = nn.BatchNorm2d(channels, momentum=MOMENTUM)
    layer.weight.requires_grad_(False)
    return layer


@torch.no_grad()
def copy_inputs(layer: nn.Conv2d) -> None:
    """Let the first filters of a convolution copy one input channel each; the others stay as they are."""
    count = min(layer.in_channels, layer.out_channels)
    nn.init.dirac_(layer.weight[:count])


NETWORKS = {"whitened": WhitenedNetwork}
