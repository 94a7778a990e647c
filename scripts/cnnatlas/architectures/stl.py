"""The two networks that assignment D (ECE4179, assignment 3, 2021) specifies for STL-10 at 96 x 96 pixels."""

from collections.abc import Sequence

from torch import Tensor, nn

from cnnatlas.architectures.layers import GlobalAveragePooling, conv_norm_relu, initialise, output_side
from cnnatlas.errors import AtlasError


class StlShallow(nn.Module):
    """The shallow network of assignment D, table 1: three strided convolutions, one pooling, two dense layers.

    At 96 pixels the flattened map has 1152 values, as the table says; other sizes change that number.
    """

    def __init__(self, classes: int, size: int):
        super().__init__()
        side = output_side(size, (7, 2, 0), (5, 2, 0), (3, 2, 0), (3, 3, 0))
        self.conv1 = nn.Conv2d(3, 96, 7, stride=2)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(96, 64, 5, stride=2)
        self.relu2 = nn.ReLU()
        self.conv3 = nn.Conv2d(64, 128, 3, stride=2)
        self.relu3 = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=3)
        self.flatten = nn.Flatten()
        self.fc1 = nn.Linear(128 * side**2, 128)
        self.relu4 = nn.ReLU()
        self.fc2 = nn.Linear(128, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        x = self.relu1(self.conv1(x))
        x = self.relu2(self.conv2(x))
        x = self.relu3(self.conv3(x))
        x = self.flatten(self.maxpool(x))
        return self.fc2(self.relu4(self.fc1(x)))


class StlDeep(nn.Module):
    """The deep network of assignment D, tables 2 and 3: blocks of three convolutions, global average pooling, dense.

    A block halves the map with a 3x3 convolution of stride 2, then mixes channels (1x1) and neighbours (3x3), a ReLU
    after each. `widths`: channels of the blocks; `normalisation`: none (as specified) or batch; `initialisation`:
    default (torch's), he or xavier.
    """

    def __init__(
        self,
        classes: int,
        size: int,
        *,
        widths: Sequence[int] = (32, 64, 128, 192),
        normalisation: str = "none",
        initialisation: str = "default",
    ):
        super().__init__()
        if normalisation not in ("none", "batch"):
            raise AtlasError(f"normalisation: `{normalisation}` is not one of none, batch")
        output_side(size, *[(3, 2, 1)] * len(widths))
        batch_norm = normalisation == "batch"
        self.blocks = nn.Sequential()
        for inputs, outputs in zip((3, *widths), widths, strict=False):
            first = conv_norm_relu(inputs, outputs, 3, 2, batch_norm=batch_norm)
            second = conv_norm_relu(outputs, outputs, 1, batch_norm=batch_norm)
            third = conv_norm_relu(outputs, outputs, 3, batch_norm=batch_norm)
            self.blocks.append(nn.Sequential(*first, *second, *third))
        self.pool = GlobalAveragePooling()
        self.fc = nn.Linear(widths[-1], classes)
        initialise(self, initialisation)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.fc(self.pool(self.blocks(x)))


NETWORKS = {"stl_deep": StlDeep, "stl_shallow": StlShallow}
