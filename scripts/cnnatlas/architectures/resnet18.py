"""ResNet-18 in the form that assignment E (assignment 2, 2024) lists, item 3."""

from collections.abc import Callable

from torch import Tensor, nn

from cnnatlas.architectures.layers import BasicBlock, GlobalAveragePooling, conv_norm_relu
from cnnatlas.errors import AtlasError

STEMS: dict[str, Callable[[], list[nn.Module]]] = {
    "imagenet": lambda: [*conv_norm_relu(3, 64, 7, 2, batch_norm=True), nn.MaxPool2d(3, stride=2, padding=1)],
    "small": lambda: conv_norm_relu(3, 64, batch_norm=True),
}


class ResNet18(nn.Module):
    """Two basic blocks each of 64, 128, 256 and 512 channels, average pooling, one dense layer. He et al. (1512.03385).

    `stem`: imagenet is the paper's and the assignment's, a 7x7 convolution of stride 2 and 3x3 max pooling of stride 2,
    which leaves 2 x 2 values of a 64-pixel image to average; small is the usual one for small images, a 3x3
    convolution of stride 1 without pooling. The assignment writes "stride 2 x 2" at the end of conv_2's line, which
    may mean the pooling or its convolutions; it is read as the pooling's, as in the paper's table 1, where the
    convolutions of conv_2 have stride 1 and the first one of each later stage has stride 2.
    """

    def __init__(self, classes: int, size: int, *, stem: str = "imagenet"):
        super().__init__()
        if stem not in STEMS:
            raise AtlasError(f"stem: `{stem}` is not one of {', '.join(STEMS)}")
        self.stem = nn.Sequential(*STEMS[stem]())
        self.stages = nn.Sequential(
            *(
                nn.Sequential(BasicBlock(inputs, outputs, stride), BasicBlock(outputs, outputs))
                for inputs, outputs, stride in ((64, 64, 1), (64, 128, 2), (128, 256, 2), (256, 512, 2))
            )
        )
        self.pool = GlobalAveragePooling()
        self.fc = nn.Linear(512, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.fc(self.pool(self.stages(self.stem(x))))


NETWORKS = {"resnet18": ResNet18}
