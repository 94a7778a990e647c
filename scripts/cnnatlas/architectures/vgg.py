"""VGG-style networks: 3x3 convolutions in blocks, and dense layers at the end."""

from collections.abc import Sequence

from torch import Tensor, nn

from cnnatlas.architectures.layers import conv_norm_relu, dense_layers, initialise, output_side


class Vgg(nn.Module):
    """Blocks of 3x3 convolutions, each ending in 2x2 pooling, then dense layers. Simonyan and Zisserman (1409.1556).

    `widths`: channels of each block; `blocks`: convolutions in each; `dense`: neurons of the hidden dense layers;
    `batch_norm`: after every convolution; `dropout`: before every dense layer; `initialisation`: default (torch's), he
    or xavier. The default is a small network for CIFAR-10; VGG16 is widths 64, 128, 256, 512, 512 with blocks
    2, 2, 3, 3, 3. Without batch normalisation and with torch's initialisation a deep one hardly learns, hence he.
    """

    def __init__(
        self,
        classes: int,
        size: int,
        *,
        widths: Sequence[int] = (32, 64, 128),
        blocks: Sequence[int] = (2, 2, 2),
        dense: Sequence[int] = (256,),
        batch_norm: bool = False,
        dropout: float = 0.0,
        initialisation: str = "he",
    ):
        super().__init__()
        if len(widths) != len(blocks):
            raise ValueError(
                f"`widths` and `blocks` need one number per block each, not {len(widths)} and {len(blocks)}"
            )
        side = output_side(size, *[(2, 2, 0)] * len(widths))
        self.features = nn.Sequential()
        for inputs, outputs, depth in zip((3, *widths), widths, blocks, strict=False):
            layers = [
                m
                for d in range(depth)
                for m in conv_norm_relu(outputs if d else inputs, outputs, batch_norm=batch_norm)
            ]
            self.features.append(nn.Sequential(*layers, nn.MaxPool2d(2)))
        self.flatten = nn.Flatten()
        self.head = nn.Sequential(*dense_layers(widths[-1] * side**2, dense, classes, dropout))
        initialise(self, initialisation)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.head(self.flatten(self.features(x)))


NETWORKS = {"vgg": Vgg}
