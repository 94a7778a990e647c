"""The second computation of the answers: by torch's modules, its autograd and `describe`."""

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnatlas.architectures.describe import describe
from cnnatlas.theory.receptive import Layers

DEPTHS = (1, 2, 4, 8, 16, 32)
CHANNELS = 8
STEPS = 200  # of gradient ascent


class Spread(nn.Module):
    """The first values of an image as a tensor of another shape, since `describe` feeds images."""

    def __init__(self, shape: Sequence[int]):
        super().__init__()
        self.shape = tuple(shape)

    def forward(self, image: Tensor) -> Tensor:
        """(1, *shape)."""
        return image.flatten()[: math.prod(self.shape)].reshape(1, *self.shape)


def described(layer: nn.Module, shape: Sequence[int]) -> tuple[int, int, int]:
    """Output values, parameters and multiply-adds of a layer on an input (C, H, W) or (N,), as `describe` counts."""
    size = math.isqrt(math.ceil(math.prod(shape) / 3) - 1) + 1
    network = nn.Sequential(Spread(shape), layer)
    record = describe(network, size)
    return math.prod(record["layers"][-1]["output"]), record["parameters"], record["multiply_adds"]


def ones_gradient(layers: Layers) -> Tensor:
    """(r, r) gradient of one output of convolutions of ones with respect to the pixels that it depends on."""
    x = torch.zeros(1, 1, 65, 65, dtype=torch.float64, requires_grad=True)
    y = x
    for kernel, stride, dilation in layers:
        y = F.conv2d(y, torch.ones(1, 1, kernel, kernel, dtype=torch.float64), stride=stride, dilation=dilation)
    y[0, 0, y.shape[2] // 2, y.shape[3] // 2].backward()
    rows, columns = (x.grad[0, 0].sum(dim).nonzero().flatten() for dim in (1, 0))
    return x.grad[0, 0, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def normalised_responses(image: Tensor, template: Tensor) -> tuple[Tensor, Tensor]:
    """Plain and normalised cross-correlation by conv2d: window sums by a filter of ones, deviations from them."""
    x, n = image[None, None], template.numel()
    plain, sums, squares = (
        F.conv2d(a, w[None, None])[0, 0]
        for a, w in ((x, template), (x, torch.ones_like(template)), (x**2, torch.ones_like(template)))
    )
    centred = template - template.mean()
    lengths = (squares - sums**2 / n).sqrt() * centred.norm()
    return plain, F.conv2d(x, centred[None, None])[0, 0] / lengths


def reduced(image: Tensor) -> Tensor:
    """The next level of a Gaussian pyramid by one strided convolution."""
    line = torch.tensor([1, 4, 6, 4, 1], dtype=image.dtype) / 16
    padded = F.pad(image[None, None], (2, 2, 2, 2), mode="reflect")
    return F.conv2d(padded, torch.outer(line, line)[None, None], stride=2)[0, 0]


def gradient_through(depth: int, shortcut: bool, seed: int) -> tuple[float, float, float]:
    """The gradient after `depth` layers of 3 x 3 convolution (no bias, torch's initialisation) and ReLU.

    Returns the norm of the gradient over that at the output; and, for a check, the output f(x) and the product of x
    with the gradient of f. As nothing is added anywhere, f(tx) = t f(x) for t > 0, so the two are equal (Euler).
    """
    generator = torch.Generator().manual_seed(seed)
    bound = 1 / math.sqrt(9 * CHANNELS)  # of torch's Conv2d
    x = torch.randn(1, CHANNELS, 8, 8, generator=generator, dtype=torch.float64, requires_grad=True)
    y = x
    for _ in range(depth):
        weight = torch.rand(CHANNELS, CHANNELS, 3, 3, generator=generator, dtype=torch.float64) * 2 * bound - bound
        update = F.conv2d(y, weight, padding=1).relu()
        y = y + update if shortcut else update
    direction = torch.randn(y.shape, generator=generator, dtype=torch.float64)
    output = (y * direction).sum()
    (gradient,) = torch.autograd.grad(output, x)
    return tuple(v.item() for v in (gradient.norm() / direction.norm(), output, (x * gradient).sum()))


def ascent(filters: Tensor) -> Tensor:
    """(F, C, K, K) unit inputs that gradient ascent finds for the responses of linear filters (F, C, K, K)."""
    generator = torch.Generator().manual_seed(1)
    x = torch.randn(filters.shape, generator=generator, dtype=filters.dtype)
    for _ in range(STEPS):
        x = x.detach().requires_grad_()
        (gradient,) = torch.autograd.grad((x * filters).sum(), x)
        x = F.normalize((x + 0.1 * gradient).flatten(1)).reshape(filters.shape)
    return x.detach()


def pooled_gradients(maps: Tensor, weights: Tensor, target: int) -> Tensor:
    """Grad-CAM's channel weights (C,): the score's gradient averaged over each map (C, H, W), by autograd.

    The head is global average pooling and the linear layer `weights` (classes, C).
    """
    maps = maps.detach().requires_grad_()
    score = (weights @ maps.mean(dim=(1, 2)))[target]
    (gradient,) = torch.autograd.grad(score, maps)
    return gradient.mean(dim=(1, 2))
