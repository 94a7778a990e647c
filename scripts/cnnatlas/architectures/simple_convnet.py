"""SimpleConvnet: a small network with global average pooling, which assignment B extends by one component at a time."""

from torch import Tensor, nn

from cnnatlas.architectures.layers import BasicBlock, GlobalAveragePooling, conv_norm_relu, initialise


class SimpleConvnet(nn.Module):
    """A 3x3 stem of 16 filters, stages of 32 and 64, average pooling, one dense layer. Assignment B, items 2.4 to 2.7.

    A stage is two 3x3 convolutions, the first with stride 2. `batch_norm`: after every convolution; `residual`: a
    shortcut over each stage, a 1x1 convolution of stride 2 since the shape changes (He et al., 1512.03385, option B),
    nothing else differs. `features` ends in the map of size / 4 that item 4 inspects. `initialisation`: he, xavier or
    default (torch's).
    """

    def __init__(
        self,
        classes: int,
        size: int,
        *,
        batch_norm: bool = False,
        residual: bool = False,
        initialisation: str = "he",
    ):
        super().__init__()
        self.features = nn.Sequential(
            nn.Sequential(*conv_norm_relu(3, 16, batch_norm=batch_norm)),
            _stage(16, 32, batch_norm=batch_norm, residual=residual),
            _stage(32, 64, batch_norm=batch_norm, residual=residual),
        )
        self.pool = GlobalAveragePooling()
        self.fc = nn.Linear(64, classes)
        initialise(self, initialisation)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.fc(self.pool(self.features(x)))


def _stage(inputs: int, outputs: int, *, batch_norm: bool, residual: bool) -> nn.Module:
    if residual:
        return BasicBlock(inputs, outputs, 2, batch_norm=batch_norm)
    first = conv_norm_relu(inputs, outputs, 3, 2, batch_norm=batch_norm)
    return nn.Sequential(*first, *conv_norm_relu(outputs, outputs, batch_norm=batch_norm))


NETWORKS = {"simple_convnet": SimpleConvnet}
