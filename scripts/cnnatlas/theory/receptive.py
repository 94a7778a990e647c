"""Receptive fields: how much of the input one output depends on."""

from collections.abc import Sequence

import numpy as np

Layers = Sequence[tuple[int, int, int]]  # (kernel, stride, dilation), from the input on

STACKS: dict[str, Layers] = {
    "one 3×3": [(3, 1, 1)],
    "two 3×3": [(3, 1, 1)] * 2,
    "three 3×3": [(3, 1, 1)] * 3,
    "3×3, stride 2, then two 3×3": [(3, 2, 1), (3, 1, 1), (3, 1, 1)],
    "3×3 dilated 1, 2, 4": [(3, 1, 1), (3, 1, 2), (3, 1, 4)],
}


def size(layers: Layers) -> int:
    """Receptive field in pixels along one axis: each layer adds dilation (kernel - 1) times the strides before it."""
    field, jump = 1, 1
    for kernel, stride, dilation in layers:
        field += dilation * (kernel - 1) * jump
        jump *= stride
    return field


def paths(layers: Layers) -> np.ndarray:
    """(r, r) numbers of paths from each pixel of the receptive field to the output.

    They are the gradient of an output with respect to the input where all weights are one.
    """
    line = np.ones(1, int)
    for kernel, stride, dilation in reversed(layers):
        spread = np.zeros(stride * (len(line) - 1) + 1, int)
        spread[::stride] = line
        taps = np.zeros(dilation * (kernel - 1) + 1, int)
        taps[::dilation] = 1
        line = np.convolve(spread, taps)
    return np.outer(line, line)
