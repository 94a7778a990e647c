"""The convolution against torch's, case by case: the tester required by A1."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch.nn import functional

from cnnatlas.errors import AtlasError
from cnnatlas.mytorch.convolution import Conv2d

# name, shape of the input, output channels, and the arguments that differ from torch's defaults
CASES = (
    ("1 × 1 kernel", (2, 8, 7, 7), 6, {"kernel_size": 1}),
    ("no padding", (2, 3, 9, 8), 4, {"kernel_size": 3}),
    ("padding 1", (2, 16, 16, 16), 32, {"kernel_size": 3, "padding": 1}),
    ("even kernel, padding (2, 0)", (3, 2, 7, 10), 5, {"kernel_size": (4, 2), "padding": (2, 0)}),
    ("stride 2", (2, 4, 11, 11), 6, {"kernel_size": 3, "stride": 2, "padding": 1}),
    ("stride beyond the kernel", (2, 3, 13, 14), 4, {"kernel_size": 2, "stride": (3, 4)}),
    ("rows unreached by the stride", (2, 3, 12, 9), 4, {"kernel_size": 3, "stride": 4}),
    ("dilation (2, 3)", (2, 4, 12, 15), 3, {"kernel_size": 3, "padding": 2, "dilation": (2, 3)}),
    ("dilation 2 at stride 3", (2, 3, 14, 13), 5, {"kernel_size": 3, "stride": 3, "padding": 1, "dilation": 2}),
    ("2 groups", (2, 6, 9, 9), 8, {"kernel_size": 3, "padding": 1, "groups": 2}),
    ("depthwise, stride 2", (2, 8, 10, 10), 16, {"kernel_size": 3, "stride": 2, "padding": 1, "groups": 8}),
    ("11 × 11 kernel, stride 4", (2, 3, 35, 35), 8, {"kernel_size": 11, "stride": 4, "padding": 2}),
    ("one output position", (4, 5, 5, 4), 7, {"kernel_size": (5, 4)}),
)
QUANTITIES = ("output", "input_gradient", "weight_gradient")
COLUMNS = ("case", "input", "arguments", "dtype", *QUANTITIES, "adjoint")
TOLERANCE = 1e-12  # largest absolute difference from torch in float64


def examine() -> Iterator[dict]:
    """For each case in float64 and float32 the largest absolute differences from torch, and the adjoint's error.

    Inputs, weights and gradients are standard normal. Raises AtlasError where one in float64 exceeds TOLERANCE.
    """
    for name, shape, channels, arguments in CASES:
        for dtype in (np.float64, np.float32):
            layer, x, gradient = problem(shape, channels, arguments, dtype)
            row = {
                "case": name,
                "input": " × ".join(map(str, shape)),
                "arguments": ", ".join(f"{key} {value}" for key, value in [("out", channels), *arguments.items()]),
                "dtype": np.dtype(dtype).name,
                **differences(ours(layer, x, gradient), torchs(layer, x, gradient)),
                "adjoint": adjoint(layer, x, gradient),
            }
            if dtype == np.float64 and not max(row[key] for key in (*QUANTITIES, "adjoint")) <= TOLERANCE:
                raise AtlasError(f"MyTorch, case {name!r}: differs from torch by more than {TOLERANCE}: {row}")
            yield row


def problem(shape: Sequence[int], channels: int, arguments: dict, dtype) -> tuple[Conv2d, np.ndarray, np.ndarray]:
    """A layer with standard normal weights, an input for it, and a gradient of its output."""
    rng = np.random.default_rng(0)
    layer = Conv2d(shape[1], channels, **arguments, rng=rng, dtype=dtype)
    layer.weight.value[:] = rng.standard_normal(layer.weight.value.shape)
    x = rng.standard_normal(shape).astype(dtype)
    return layer, x, rng.standard_normal(layer.forward(x).shape).astype(dtype)


def ours(layer: Conv2d, x: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, ...]:
    """Output, gradient with respect to the input, and with respect to the weight."""
    output = layer.forward(x)
    return output, layer.backward(gradient), layer.weight.gradient


def torchs(layer: Conv2d, x: np.ndarray, gradient: np.ndarray) -> tuple[np.ndarray, ...]:
    """The same three by torch."""
    inputs = [torch.from_numpy(array).requires_grad_() for array in (x, layer.weight.value)]
    settings = {key: getattr(layer, key) for key in ("stride", "padding", "dilation", "groups")}
    output = functional.conv2d(*inputs, **settings)
    gradients = torch.autograd.grad(output, inputs, torch.from_numpy(gradient))
    return output.detach().numpy(), *(array.numpy() for array in gradients)


def differences(a: Sequence[np.ndarray], b: Sequence[np.ndarray]) -> dict[str, float]:
    """The largest absolute difference of each quantity."""
    return {key: float(np.abs(x - y).max()) for key, x, y in zip(QUANTITIES, a, b, strict=True)}


def adjoint(layer: Conv2d, x: np.ndarray, y: np.ndarray) -> float:
    """|<conv x, y> - <x, conv^T y>| / (|conv x| |y|), where backward is conv^T: 0 except for rounding."""
    output = layer.forward(x)
    transposed = layer.backward(y)
    products = np.vdot(output.astype(np.float64), y), np.vdot(x.astype(np.float64), transposed)
    return float(abs(products[0] - products[1]) / (np.linalg.norm(output) * np.linalg.norm(y)))
