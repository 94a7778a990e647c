"""Small residual networks that end in global average pooling."""

from collections.abc import Sequence
from functools import partial

from torch import Tensor, nn

from cnnatlas.architectures.layers import (
    BasicBlock,
    GlobalAveragePooling,
    PreActivationBlock,
    conv_norm_relu,
    convolution,
    initialise_without_normalisation,
    normalisation,
    output_side,
)
from cnnatlas.errors import AtlasError


class ResidualNetwork(nn.Module):
    """A 3x3 stem, stages of residual blocks, average pooling, one dense layer. He et al. (1512.03385, 1603.05027).

    `stem`: channels of the first convolution, and `stem_stride` its stride (2 halves large images at once); `widths`:
    channels of each stage, the first at the stem's resolution and each later one at half of that before; `blocks`:
    blocks in each stage; `activation`: post (2015) or pre (2016).

    `dropout`: between the convolutions of each block, as in Zagoruyko and Komodakis (1605.07146), since nearly
    all parameters are there; the dense layer after the average pooling has few. Without `batch_norm` the convolutions
    have biases, and other initial weights (`initialise_without_normalisation`).
    """

    def __init__(
        self,
        classes: int,
        size: int,
        *,
        stem: int = 32,
        stem_stride: int = 2,
        widths: Sequence[int] = (32, 64, 128),
        blocks: Sequence[int] = (1, 2, 2),
        activation: str = "post",
        batch_norm: bool = True,
        dropout: float = 0.0,
    ):
        super().__init__()
        if activation not in ("post", "pre"):
            raise AtlasError(f"activation: `{activation}` is not one of post, pre")
        if len(widths) != len(blocks):
            raise ValueError(
                f"`widths` and `blocks` need one number per stage each, not {len(widths)} and {len(blocks)}"
            )
        strides = [stem_stride, 1, *[2] * (len(widths) - 1)]
        output_side(size, *[(3, stride, 1) for stride in strides])
        kind = BasicBlock if activation == "post" else PreActivationBlock
        block = partial(kind, batch_norm=batch_norm, dropout=dropout)
        # A pre-activation block normalises its own input
        self.stem = nn.Sequential(
            *conv_norm_relu(3, stem, 3, stem_stride, batch_norm=batch_norm)
            if activation == "post"
            else [convolution(3, stem, 3, stem_stride, bias=not batch_norm)]
        )
        self.stages = nn.Sequential()
        for inputs, outputs, depth, stride in zip((stem, *widths), widths, blocks, strides[1:], strict=False):
            first = block(inputs, outputs, stride)
            self.stages.append(nn.Sequential(first, *[block(outputs, outputs) for _ in range(depth - 1)]))
        last = [normalisation(widths[-1], batch_norm=batch_norm), nn.ReLU()]
        self.final = nn.Sequential(*last) if activation == "pre" else nn.Identity()
        self.pool = GlobalAveragePooling()
        self.fc = nn.Linear(widths[-1], classes)
        if not batch_norm:
            initialise_without_normalisation(self, self.fc)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.fc(self.pool(self.final(self.stages(self.stem(x)))))


NETWORKS = {"resnet": ResidualNetwork}
