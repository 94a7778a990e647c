"""ShallowNet: one convolution and one dense layer, the smallest convolutional network."""

from torch import Tensor, nn

from cnnatlas.architectures.layers import convolution


class ShallowNet(nn.Module):
    """One 3x3 convolution with 32 filters that keeps the map's size, ReLU, one dense layer; no pooling.

    Rosebrock, "Deep Learning for Computer Vision with Python" (2017). Assignment B, item 2.2.
    """

    def __init__(self, classes: int, size: int):
        super().__init__()
        self.conv = convolution(3, 32)
        self.relu = nn.ReLU()
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(32 * size**2, classes)

    def forward(self, x: Tensor) -> Tensor:
        """Normalised images (N, 3, H, W) to logits (N, classes)."""
        return self.fc(self.flatten(self.relu(self.conv(x))))


NETWORKS = {"shallownet": ShallowNet}
