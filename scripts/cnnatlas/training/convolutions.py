"""Gradients of convolutions' weights as one matrix product, on processors with bfloat16 arithmetic.

There oneDNN (of torch 2.15) multiplies matrices faster than it computes these gradients where maps are small: for 512
channels of 2 x 2 positions fifteen times with AMX, three times with AMD's AVX512-BF16. On larger maps, or with few
channels, unfolding costs what it saves (`benchmarks/convolutions.py`).
"""

from functools import partial

import torch
from torch import Tensor, nn
from torch.autograd.function import FunctionCtx
from torch.nn.functional import conv2d, pad

# Up to so many positions of the output the product was faster beside another training (docs/results.md)
POSITIONS = 4 * 4
POSITIONS_WIDE = 8 * 8  # of convolutions with WIDE pairs of channels or more
WIDE = 256 * 256


def use_products(network: nn.Module) -> None:
    """Let the convolutions of a network compute their weights' gradients as products where this is faster.

    Weights, their names and the forward pass stay as they are; convolutions in groups, dilated ones and those of 1x1
    are left alone.
    """
    for module in network.modules():
        if isinstance(module, nn.Conv2d) and _plain(module):
            module.forward = partial(_forward, module)


def weight_gradient(inputs: Tensor, gradient: Tensor, kernel: tuple[int, int], stride: tuple[int, int],
                    padding: tuple[int, int]) -> Tensor:  # fmt: skip
    """The gradient (O, C, *kernel) of a convolution's weights.

    `inputs` (N, C, H, W), `gradient` (N, O, rows, columns) of its output. Each row of one matrix is the patch that an
    output position sees, each row of the other the gradient there.
    """
    padded = pad(inputs.permute(0, 2, 3, 1), (0, 0, padding[1], padding[1], padding[0], padding[0])).contiguous()
    images, row, column, channel = padded.stride()
    shape = len(inputs), *gradient.shape[2:], *kernel, inputs.shape[1]
    strides = images, row * stride[0], column * stride[1], row, column, channel
    patches = padded.as_strided(shape, strides).reshape(shape[0] * shape[1] * shape[2], -1)
    outputs = gradient.shape[1]
    product = gradient.permute(0, 2, 3, 1).reshape(-1, outputs).t() @ patches
    return product.reshape(outputs, *kernel, -1).permute(0, 3, 1, 2)


def _plain(module: nn.Conv2d) -> bool:
    given = isinstance(module.padding, tuple) and module.padding_mode == "zeros"
    return given and module.groups == 1 and module.dilation == (1, 1) and module.kernel_size != (1, 1)


def _forward(module: nn.Conv2d, x: Tensor) -> Tensor:
    """As nn.Conv2d; in training, and under autocast, through `_Convolution` where the output is small."""
    rows, columns = [
        (size + 2 * padding - kernel) // stride + 1
        for size, padding, kernel, stride in zip(
            x.shape[2:], module.padding, module.kernel_size, module.stride, strict=True
        )
    ]
    wide = module.in_channels * module.out_channels >= WIDE
    wanted = torch.is_grad_enabled() and module.weight.requires_grad and torch.is_autocast_enabled(x.device.type)
    if not wanted or rows * columns > (POSITIONS_WIDE if wide else POSITIONS):
        return conv2d(x, module.weight, module.bias, module.stride, module.padding)
    kind = torch.get_autocast_dtype(x.device.type)
    bias = None if module.bias is None else module.bias.to(kind)
    return _Convolution.apply(x.to(kind), module.weight.to(kind), bias, module.stride, module.padding)


class _Convolution(torch.autograd.Function):
    """`conv2d` whose backward pass takes `weight_gradient`."""

    @staticmethod
    def forward(
        ctx: FunctionCtx, x: Tensor, weight: Tensor, bias: Tensor | None, stride: tuple, padding: tuple
    ) -> Tensor:
        ctx.save_for_backward(x, weight)
        ctx.geometry = stride, padding
        return conv2d(x, weight, bias, stride, padding)

    @staticmethod
    def backward(ctx: FunctionCtx, gradient: Tensor) -> tuple[Tensor | None, ...]:
        x, weight = ctx.saved_tensors
        stride, padding = ctx.geometry
        to_input = _input_gradient(x, weight, gradient, stride, padding) if ctx.needs_input_grad[0] else None
        to_bias = gradient.sum((0, 2, 3)) if ctx.needs_input_grad[2] else None
        return to_input, weight_gradient(x, gradient, weight.shape[2:], stride, padding), to_bias, None, None


def _input_gradient(x: Tensor, weight: Tensor, gradient: Tensor, stride: tuple, padding: tuple) -> Tensor:
    wanted = True, False, False  # of input, weight, bias
    geometry = stride, padding, (1, 1), False, (0, 0), 1  # no dilation, not transposed, one group
    return torch.ops.aten.convolution_backward(gradient, x, weight, None, *geometry, wanted)[0]
