"""Max pooling."""

from collections.abc import Iterator, Sequence

import numpy as np

from cnnatlas.mytorch import checks
from cnnatlas.mytorch.layers import Layer


class MaxPool2d(Layer):
    """The largest value of each window, per channel: (N, C, H, W) to (N, C, H', W'); no padding.

    Windows are kernel_size apart unless `stride` says otherwise. Of equal largest values the first one, row by row,
    gets the gradient, as in torch; values outside all windows get 0.
    """

    def __init__(self, kernel_size: int | Sequence[int], stride: int | Sequence[int] | None = None):
        self.kernel_size = checks.pair("MaxPool2d: kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else checks.pair("MaxPool2d: stride", stride, 1)

    def forward(self, x: np.ndarray) -> np.ndarray:
        """Output (N, C, H', W') of x (N, C, H, W); raises ValueError where a window does not fit into x."""
        checks.floats("MaxPool2d: input", x, 4, "images, channels, height, width")
        size = x.shape[2:]
        if any(n < k for n, k in zip(size, self.kernel_size, strict=True)):
            checks.refuse("MaxPool2d: input size", f"at least the kernel's, {self.kernel_size}", size)
        taps = np.stack([x[piece] for piece in self._pieces(size)])
        first = taps.argmax(axis=0)
        output = np.take_along_axis(taps, first[None], axis=0)[0]
        self.saved = (output.shape, output.dtype, first, x.shape)
        return output

    def backward(self, gradient: np.ndarray) -> np.ndarray:
        """Gradient (N, C, H, W) with respect to the input."""
        first, shape = self.recall(gradient)
        result = np.zeros(shape, gradient.dtype)
        for tap, piece in enumerate(self._pieces(shape[2:])):
            result[piece] += np.where(first == tap, gradient, gradient.dtype.type(0))
        return result

    def _pieces(self, size: tuple[int, int]) -> Iterator[tuple]:
        """For each position in the window, row by row, the inputs at that position: as many as there are windows."""
        (height, width), (s, t) = self.kernel_size, self.stride
        rows, columns = (size[0] - height) // s + 1, (size[1] - width) // t + 1
        for i in range(height):
            for j in range(width):
                yield ..., slice(i, i + s * (rows - 1) + 1, s), slice(j, j + t * (columns - 1) + 1, t)
