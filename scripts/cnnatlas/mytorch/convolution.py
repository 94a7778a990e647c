"""Two-dimensional convolution without bias, forward and backward, by one matrix product per tap of the kernel.

The padded input is split into as many *phases* as the stride has steps: phase (a, b) holds rows a, a + s, a + 2s, ...
and columns b, b + s, ... of every channel, as one long line per channel. The inputs of a tap (i, j) of the kernel are
then a contiguous piece of one phase's lines, so that the tap's part of all outputs is one product of matrices, weights
(out, in) times pieces (in, positions), and nothing has to be gathered. A line spans the phase's full width, so each row
of output has a few columns that belong to no window position; they are cut off, and their gradient is 0.

Backward uses the same pieces: pieces times gradient, transposed, is the tap's weight gradient. Transposed weights times
gradient is what the tap adds to its phase; with zeros above the gradient's lines that sum, too, is over contiguous
lines. It starts from zeros, so that rows and columns that the stride does not reach have a zero gradient.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from cnnatlas.mytorch import checks
from cnnatlas.mytorch.layers import Layer, Parameter

CACHE = 2**19  # bytes of the largest working array: as many images at a time as fit into a core's cache
Pair = tuple[int, int]


@dataclass(frozen=True)
class Grid:
    """Where the taps of a kernel find their inputs; all pairs are (height, width)."""

    size: Pair  # of the input
    kernel: Pair
    stride: Pair
    padding: Pair
    dilation: Pair

    @cached_property
    def output(self) -> Pair:
        """Size of the output: floor((size + 2 padding - dilation (kernel - 1) - 1) / stride) + 1."""
        sides = zip(self.size, self.kernel, self.stride, self.padding, self.dilation, strict=True)
        return tuple((n + 2 * p - d * (k - 1) - 1) // s + 1 for n, k, s, p, d in sides)

    @cached_property
    def phase(self) -> Pair:
        """Rows and columns of a phase, with one extra row of zeros for the lines to end in."""
        rows, columns = (-(-(n + 2 * p) // s) for n, p, s in zip(self.size, self.padding, self.stride, strict=True))
        return rows + 1, columns

    @cached_property
    def run(self) -> int:
        """Length of a tap's piece of a line."""
        return self.output[0] * self.phase[1]

    @cached_property
    def taps(self) -> list[tuple[int, slice]]:
        """For each tap, row by row, its phase and its piece of that phase's lines."""
        (s, t), (d, e), width = self.stride, self.dilation, self.phase[1]
        positions = [(i * d, j * e) for i in range(self.kernel[0]) for j in range(self.kernel[1])]
        starts = [y // s * width + x // t for y, x in positions]
        phases = [y % s * t + x % t for y, x in positions]
        return [(phase, slice(start, start + self.run)) for phase, start in zip(phases, starts, strict=True)]

    def split(self, x: np.ndarray, groups: int) -> np.ndarray:
        """Phases (N, phases, groups, channels of a group, line) of x (N, C, H, W), which is padded first."""
        n, channels = x.shape[:2]
        (rows, columns), (s, t) = self.phase, self.stride
        padded = np.zeros((n, channels, rows * s, columns * t), x.dtype)
        padded[self._inside()] = x
        phases = padded.reshape(n, groups, channels // groups, rows, s, columns, t).transpose(0, 4, 6, 1, 2, 3, 5)
        return phases.reshape(n, s * t, groups, channels // groups, rows * columns)

    def join(self, phases: np.ndarray) -> np.ndarray:
        """The inverse of `split`: (N, C, H, W) without padding."""
        n, _, groups, channels, _ = phases.shape
        (rows, columns), (s, t) = self.phase, self.stride
        apart = phases.reshape(n, s, t, groups, channels, rows, columns).transpose(0, 3, 4, 5, 1, 6, 2)
        return apart.reshape(n, groups * channels, rows * s, columns * t)[self._inside()]

    @cached_property
    def above(self) -> int:
        """Rows of zeros above a gradient's lines: as many as the last piece starts below its line's beginning."""
        return -(-self.taps[-1][1].start // self.phase[1])

    def spread(self, gradient: np.ndarray, groups: int) -> np.ndarray:
        """Gradient (N, C, *output) as lines (N, groups, channels of a group, line), 0 where no window is."""
        n, channels = gradient.shape[:2]
        rows, columns = self.phase
        lines = np.zeros((n, channels, self.above + rows, columns), gradient.dtype)
        lines[:, :, self.above : self.above + self.output[0], : self.output[1]] = gradient
        return lines.reshape(n, groups, channels // groups, -1)

    def crop(self, lines: np.ndarray) -> np.ndarray:
        """The outputs (N, C, *output) in lines (N, groups, channels of a group, run)."""
        n, groups, channels, _ = lines.shape
        return lines.reshape(n, groups * channels, self.output[0], self.phase[1])[..., : self.output[1]]

    def _inside(self) -> tuple:
        return (..., *(slice(p, p + n) for p, n in zip(self.padding, self.size, strict=True)))


class Conv2d(Layer):
    """Convolution as in torch (cross-correlation), without bias: (N, in, H, W) to (N, out, H', W').

    `weight` has shape (out_channels, in_channels / groups, kernel height, kernel width). kernel_size, stride, padding
    and dilation are integers or pairs (height, width). Initial weights: He et al. 2015, "Delving deep into rectifiers",
    normal with variance 2 / fan-in. Raises ValueError on arguments and inputs that do not fit, naming both sides.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | Sequence[int],
        stride: int | Sequence[int] = 1,
        padding: int | Sequence[int] = 0,
        dilation: int | Sequence[int] = 1,
        groups: int = 1,
        *,
        rng: np.random.Generator,
        dtype=np.float32,
    ):
        self.in_channels = checks.count("Conv2d: in_channels", in_channels)
        self.out_channels = checks.count("Conv2d: out_channels", out_channels)
        self.groups = checks.count("Conv2d: groups", groups)
        for name, channels in (("in_channels", in_channels), ("out_channels", out_channels)):
            if channels % groups:
                checks.refuse(f"Conv2d: {name}", f"a multiple of groups = {groups}", channels)
        self.kernel_size = checks.pair("Conv2d: kernel_size", kernel_size, 1)
        self.stride = checks.pair("Conv2d: stride", stride, 1)
        self.padding = checks.pair("Conv2d: padding", padding, 0)
        self.dilation = checks.pair("Conv2d: dilation", dilation, 1)
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        deviation = (2 / np.prod(shape[1:])) ** 0.5
        self.weight = Parameter((rng.standard_normal(shape) * deviation).astype(dtype))

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Output (N, out, H', W') of x (N, in, H, W), in x's dtype, which must be the weight's."""
        grid, taps = self._grid(x), self._taps()
        output = np.empty((len(x), self.out_channels, *grid.output), x.dtype)
        for images in self._portions(x, grid):
            output[images] = self._outputs(grid, taps, grid.split(x[images], self.groups))
        self.saved = (output.shape, output.dtype, grid, x)
        return output

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """Gradient (N, in, H, W) with respect to the input, of one (N, out, H', W'); sets the weight's gradient."""
        grid, x = self.recall(gradient)
        taps, result = self._taps(), np.empty(x.shape, x.dtype)
        found = np.zeros_like(taps.swapaxes(-1, -2))
        for images in self._portions(x, grid):
            phases, lines = grid.split(x[images], self.groups), grid.spread(gradient[images], self.groups)
            result[images] = self._gradients(grid, taps, phases, lines, found)
        self.weight.gradient = np.ascontiguousarray(found.transpose(1, 3, 2, 0)).reshape(self._shape())
        return result

    def _outputs(self, grid: Grid, taps: np.ndarray, phases: np.ndarray) -> np.ndarray:
        """The outputs of some images: the sum over taps of weights times pieces."""
        (phase, piece), part = grid.taps[0], None
        lines = np.matmul(taps[0], phases[:, phase, ..., piece])
        for weight, (phase, piece) in zip(taps[1:], grid.taps[1:], strict=True):
            part = np.matmul(weight, phases[:, phase, ..., piece], out=part)
            lines += part
        return grid.crop(lines)

    def _gradients(
        self, grid: Grid, taps: np.ndarray, phases: np.ndarray, lines: np.ndarray, found: np.ndarray
    ) -> np.ndarray:
        """Gradient with respect to some images, of that of their outputs; the weight's is added to `found`, per tap."""
        origin, length = grid.above * grid.phase[1], phases.shape[-1]
        # BLAS is faster on a transposed copy than on the transposed view
        columns = np.ascontiguousarray(lines[..., origin : origin + grid.run].swapaxes(-1, -2))
        changes, part = np.zeros_like(phases), None
        for tap, (phase, piece) in enumerate(grid.taps):
            found[tap] += np.matmul(phases[:, phase, ..., piece], columns).sum(axis=0)
            start = origin - piece.start
            part = np.matmul(taps[tap].swapaxes(-1, -2), lines[..., start : start + length], out=part)
            changes[:, phase] += part
        return grid.join(changes)

    def _grid(self, x: np.ndarray) -> Grid:
        """The grid for an input; checks its rank, dtype, channels and size."""
        checks.floats("Conv2d: input", x, 4, "images, channels, height, width")
        checks.like("Conv2d: weight", self.weight.value, self._shape(), x.dtype)
        if x.shape[1] != self.in_channels:
            checks.refuse("Conv2d: input channels", self.in_channels, f"{x.shape[1]}, shape {x.shape}")
        grid = Grid(x.shape[2:], self.kernel_size, self.stride, self.padding, self.dilation)
        reach = tuple(d * (k - 1) + 1 for d, k in zip(self.dilation, self.kernel_size, strict=True))
        padded = tuple(n + 2 * p for n, p in zip(grid.size, grid.padding, strict=True))
        if padded[0] < reach[0] or padded[1] < reach[1]:
            checks.refuse("Conv2d: padded input size", f"at least that of the dilated kernel, {reach}", padded)
        return grid

    def _shape(self) -> tuple[int, ...]:
        return (self.out_channels, self.in_channels // self.groups, *self.kernel_size)

    def _taps(self) -> np.ndarray:
        """The weight as one matrix per tap and group: (taps, groups, out of a group, in of a group)."""
        out, channels, height, width = self._shape()
        apart = self.weight.value.reshape(self.groups, out // self.groups, channels, height * width)
        return np.ascontiguousarray(np.moveaxis(apart, -1, 0))

    def _portions(self, x: np.ndarray, grid: Grid) -> Iterator[slice]:
        """Slices of as many images as keep one tap's products in the cache."""
        of_one = max(self.in_channels, self.out_channels) * grid.run * x.itemsize
        step = max(1, CACHE // of_one)
        return (slice(start, start + step) for start in range(0, len(x), step))
