"""Sizes, parameters and operations of layers by formula, and operations counted one by one (B1c, C0.6, C0.9, C0.17)."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Cost:
    """The cost of a linear layer without bias for one input; `products` are multiplications."""

    outputs: int
    parameters: int
    products: int
    additions: int

    @property
    def operations(self) -> int:
        """Multiplications and additions."""
        return self.products + self.additions


def dense(inputs: int, outputs: int) -> Cost:
    """A matrix of `outputs` rows: each output is `inputs` products and one addition fewer."""
    return Cost(outputs, inputs * outputs, inputs * outputs, (inputs - 1) * outputs)


def convolution(channels: int, filters: int, kernel: int, positions: int) -> Cost:
    """A convolution whose filters have `kernel` taps per channel, at `positions` spatial positions.

    Products with padded zeros count, as in every library that does them.
    """
    taps = channels * kernel
    outputs = filters * positions
    return Cost(outputs, filters * taps, outputs * taps, outputs * (taps - 1))


@dataclass
class Tally:
    """The operations of `Counted` numbers."""

    products: int = 0
    additions: int = 0


@dataclass
class Counted:
    """A number that counts its products and additions in `tally`."""

    value: float
    tally: Tally = field(repr=False)

    def __mul__(self, other: "Counted") -> "Counted":
        self.tally.products += 1
        return Counted(self.value * other.value, self.tally)

    def __add__(self, other: "Counted") -> "Counted":
        self.tally.additions += 1
        return Counted(self.value + other.value, self.tally)


def dot(a: Sequence, b: Sequence):
    """Inner product without a needless addition of zero."""
    total = a[0] * b[0]
    for x, y in zip(a[1:], b[1:], strict=True):
        total = total + x * y
    return total


def counted_dense(inputs: int, outputs: int) -> Cost:
    """The cost of `dense`, counted while a product of a matrix of ones and a vector of ones is computed."""
    tally = Tally()
    one = Counted(1.0, tally)
    rows = [[one] * inputs for _ in range(outputs)]
    values = [dot(row, [one] * inputs) for row in rows]
    return Cost(len(values), sum(map(len, rows)), tally.products, tally.additions)


def counted_convolution(filters: int, kernel: int, length: int) -> Cost:
    """The cost of filters of `kernel` taps over one signal, padded to equal length, counted while it is computed."""
    tally = Tally()
    one, zero = Counted(1.0, tally), Counted(0.0, tally)
    pad = [zero] * (kernel // 2)
    signal = [*pad, *[one] * length, *pad]
    weights = [[one] * kernel for _ in range(filters)]
    values = [dot(w, signal[i : i + kernel]) for w in weights for i in range(length)]
    return Cost(len(values), sum(map(len, weights)), tally.products, tally.additions)


# Inception (3a) of GoogLeNet (Szegedy et al. 2015, table 1): channels in; (channels out, kernel) along each branch
INCEPTION_INPUT = 192
INCEPTION = {
    "1×1": [(64, 1)],
    "3×3": [(96, 1), (128, 3)],
    "5×5": [(16, 1), (32, 5)],
    "pooling": [(32, 1)],
}
# The same kernels without the 1x1 convolutions that reduce channels; pooling passes its input on
NAIVE = {"1×1": [(64, 1)], "3×3": [(128, 3)], "5×5": [(32, 5)], "pooling": []}


def weights_of_branch(channels: int, layers: Sequence[tuple[int, int]]) -> int:
    """Weights of successive convolutions (channels out, kernel), without biases."""
    total = 0
    for filters, kernel in layers:
        total += channels * filters * kernel**2
        channels = filters
    return total
