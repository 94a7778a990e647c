"""Blocks shared by several families.

Every non-linearity is a separate module of one of ACTIVATIONS, neither reused nor in-place: guided backpropagation,
Grad-CAM and feature visualisation hook modules, and would be silently wrong where an activation is a function call, is
called twice, or overwrites its input.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise

from torch import Tensor, nn

from cnnatlas.errors import AtlasError

ACTIVATIONS = {"relu": nn.ReLU, "gelu": nn.GELU}
INITIALISATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    # He et al. (1502.01852) and Glorot and Bengio (2010)
    "he": lambda weight: nn.init.kaiming_normal_(weight, nonlinearity="relu"),
    "xavier": nn.init.xavier_uniform_,
}


def initialise(network: nn.Module, initialisation: str) -> None:
    """Redraw the weights of all convolutions and dense layers, biases zero; "default" keeps torch's initialisation.

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


def activation(name: str) -> nn.Module:
    """A new module of an activation; raises AtlasError on an unknown name."""
    if name not in ACTIVATIONS:
        raise AtlasError(f"activation: `{name}` is not one of {', '.join(ACTIVATIONS)}")
    return ACTIVATIONS[name]()


def make_relus_inspectable(network: nn.Module) -> None:
    """Let no ReLU of a network of torchvision's overwrite its input, which interpretation methods read."""
    for module in network.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False


def output_side(side: int, *layers: tuple[int, int, int]) -> int:
    """The side of a square map after layers of (kernel, stride, padding) each.

    Raises AtlasError where the map becomes empty.
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
    """Convolution, optional batch normalisation (the convolution then has no bias), ReLU."""
    norm = [nn.BatchNorm2d(outputs)] if batch_norm else []
    return [convolution(inputs, outputs, kernel, stride, bias=not batch_norm), *norm, nn.ReLU()]


class GlobalAveragePooling(nn.Module):
    """The mean of each map: (N, C, H, W) to (N, C). Lin, Chen and Yan, "Network in network" (1312.4400)."""

    def forward(self, x: Tensor) -> Tensor:
        """Average over height and width."""
        return x.mean((2, 3))


def normalisation(channels: int, *, batch_norm: bool) -> nn.Module:
    """Batch normalisation, or the identity."""
    return nn.BatchNorm2d(channels) if batch_norm else nn.Identity()


def optional_dropout(dropout: float) -> nn.Module:
    """Dropout with this probability; the identity at zero."""
    return nn.Dropout(dropout) if dropout else nn.Identity()


def dense_layers(inputs: int, hidden: Sequence[int], classes: int, dropout: float) -> list[nn.Module]:
    """Hidden dense layers with a ReLU each, then the output layer for the logits; dropout before each of them."""
    layers: list[nn.Module] = []
    for before, after in pairwise([inputs, *hidden]):
        layers += [nn.Dropout(dropout), nn.Linear(before, after), nn.ReLU()]
    return [*layers, nn.Dropout(dropout), nn.Linear([inputs, *hidden][-1], classes)]


class BasicBlock(nn.Module):
    """Two 3x3 convolutions and a shortcut, the ReLU after the sum. He et al. (1512.03385), figure 2.

    The shortcut is the identity, or a 1x1 convolution with normalisation where shape changes (their option B).
    Without `batch_norm` the convolutions have biases instead; `dropout` acts between the two convolutions, after the
    ReLU, as in wide residual networks (1605.07146).
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1, *, batch_norm: bool = True, dropout: float = 0.0):
        super().__init__()
        self.conv1 = convolution(inputs, outputs, 3, stride, bias=not batch_norm)
        self.norm1 = normalisation(outputs, batch_norm=batch_norm)
        self.relu1 = nn.ReLU()
        self.dropout = optional_dropout(dropout)
        self.conv2 = convolution(outputs, outputs, bias=not batch_norm)
        self.norm2 = normalisation(outputs, batch_norm=batch_norm)
        self.shortcut = nn.Sequential()
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(
                convolution(inputs, outputs, 1, stride, bias=not batch_norm),
                normalisation(outputs, batch_norm=batch_norm),
            )
        self.relu2 = nn.ReLU()

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        active = self.dropout(self.relu1(self.norm1(self.conv1(x))))
        return self.relu2(self.norm2(self.conv2(active)) + self.shortcut(x))


class PreActivationBlock(nn.Module):
    """Normalisation and ReLU before each of two 3x3 convolutions, nothing after the sum. He et al. (1603.05027).

    Where the shape changes, the shortcut is a 1x1 convolution of the already activated input. `batch_norm` and
    `dropout` as in BasicBlock.
    """

    def __init__(self, inputs: int, outputs: int, stride: int = 1, *, batch_norm: bool = True, dropout: float = 0.0):
        super().__init__()
        self.norm1 = normalisation(inputs, batch_norm=batch_norm)
        self.relu1 = nn.ReLU()
        self.conv1 = convolution(inputs, outputs, 3, stride, bias=not batch_norm)
        self.norm2 = normalisation(outputs, batch_norm=batch_norm)
        self.relu2 = nn.ReLU()
        self.dropout = optional_dropout(dropout)
        self.conv2 = convolution(outputs, outputs, bias=not batch_norm)
        changes = stride != 1 or inputs != outputs
        self.shortcut = convolution(inputs, outputs, 1, stride, bias=not batch_norm) if changes else None

    def forward(self, x: Tensor) -> Tensor:
        """(N, inputs, H, W) to (N, outputs, H / stride, W / stride)."""
        active = self.relu1(self.norm1(x))
        residual = self.conv2(self.dropout(self.relu2(self.norm2(self.conv1(active)))))
        return residual + (x if self.shortcut is None else self.shortcut(active))


def initialise_without_normalisation(network: nn.Module, classifier: nn.Linear) -> None:
    """Draw all weights as in He et al. (1502.01852), then reduce those of residual blocks and of `classifier`.

    Without normalisation, sums and first steps would grow with the number of blocks L; so each block starts as its
    shortcut, with the other convolution divided by the root of L, and all classes equally probable: rules 1 and 2 of
    Zhang, Dauphin and Ma, "Fixup" (1901.09321).
    """
    initialise(network, "he")
    blocks = [module for module in network.modules() if isinstance(module, BasicBlock | PreActivationBlock)]
    for block in blocks:
        block.conv1.weight.data /= len(blocks) ** 0.5
        nn.init.zeros_(block.conv2.weight)
    nn.init.zeros_(classifier.weight)
