"""Blocks that several families share.

Every non-linearity is an `nn.ReLU` module of its own, neither reused nor in-place: guided backpropagation, Grad-CAM
and activation pictures hook modules, and each of them goes silently wrong where a ReLU is a function call, serves
two places, or overwrites its input.
"""

from collections.abc import Callable

from torch import Tensor, nn

from cnnatlas.errors import AtlasError

INITIALISATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    # He et al. (1502.01852) and Glorot and Bengio (2010)
    "he": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "xavier": nn.init.xavier_uniform_,
}


def initialise(network: nn.Module, initialisation: str) -> None:
    """Draw the weights of all convolutions and dense layers anew, biases zero; "default" keeps torch's own.

    Raises AtlasError on an unknown name.
    """
    if initialisation == "default":
        return
    if initialisation not in INITIALISATIONS:
        raise AtlasError(f"initialisation: `{initialisation}` is not one of default, {', '.join(INITIALISATIONS)}")
    for module in network.modules():
        if isinstance(module, nn.Conv2d | nn.Linear):
            INITIALISATIONS[initialisation](module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)


def output_side(side: int, *layers: tuple[int, int, int]) -> int:
    """The side of a square map after layers of (kernel, stride, padding) each.

    Raises AtlasError where nothing is left of the map.
    """
    left = side
    for kernel, stride, padding in layers:
        left = (left + 2 * padding - kernel) // stride + 1
        if left < 1:
            raise AtlasError(f"images of {side} x {side} pixels are too small; name another architecture or data set")
    return left


def convolution(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, *, bias: bool = True) -> nn.Conv2d:
    """A square convolution that keeps the map's size at stride 1 (odd kernels)."""
    return nn.Conv2d(inputs, outputs, kernel, stride, padding=kernel // 2, bias=bias)


def conv_norm_relu(inputs: int, outputs: int, kernel: int = 3, stride: int = 1, *, batch_norm: bool) -> list[nn.Module]:
    """Convolution, batch normalisation if wanted (the convolution then has no bias), ReLU."""
    norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
    return [convolution(inputs, outputs, kernel, stride, bias=not batch_norm), *norm, nn.ReLU()]


class GlobalAveragePooling(nn.Module):
    """The mean of each map: (N, C, H, W) to (N, C). Lin, Chen and Yan, "Network in network" (1312.4400)."""

    def forward(self, x: Tensor) -> Tensor:
        """Average over height and width."""
        return x.mean((2, 3))


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, the ReLU after the sum. He et al. (1512.03385), figure 2.

    The shortcut is the identity, or a 1x1 convolution with normalisation where shape changes (their option B).
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.conv1 = convolution(inputs, outputs, 3, stride, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.relu1 = nn.ReLU()
        self.conv2 = convolution(outputs, outputs, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        residual = self.norm2(self.conv2(self.relu1(self.norm1(self.conv1(x)))))
        return self.relu2(residual + self.shortcut(x))


class PreActivationBlock(nn.Module):
    """Normalisation and ReLU before each of two 3x3 convolutions, nothing after the sum. He et al. (1603.05027).

    Where the shape changes, the shortcut is a 1x1 convolution of the already activated input.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1):
        super().__init__()
        self.norm1 = nn.BatchNorm2d(inputs)
        self.relu1 = nn.ReLU()
        self.conv1 = convolution(inputs, outputs, 3, stride, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.relu2 = nn.ReLU()
        self.conv2 = convolution(outputs, outputs, bias=False)
        changes = stride != 1 or inputs != outputs
        self.shortcut = convolution(inputs, outputs, 1, stride, bias=False) if changes else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        active = self.relu1(self.norm1(x))
        residual = self.conv2(self.relu2(self.norm2(self.conv1(active))))
        return residual + (x if self.shortcut is None else self.shortcut(active))
