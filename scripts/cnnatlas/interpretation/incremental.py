"""Exact inference on many copies of an image that differ from it in one window each, faster than copy by copy.

A local layer (convolution, pooling, anything pixel by pixel) changes its output only where its kernel meets the window.
So the image is computed once, and of each copy only the window, grown as the kernels demand, until it is most of the
map. This is the incremental inference of Nakandala, Kumar and Papakonstantinou (SIGMOD 2019), "Incremental and
approximate inference for faster occlusion-based deep CNN explanations", without the approximation.
"""

from collections.abc import Callable, Sequence

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

LARGE = 0.6  # share of the map from which on a window saves less than its cutting out costs


class Changed:
    """B copies of feature maps `whole` (N, C, H, W): copy b is map owner[b] with windows[b] at corners[b].

    windows: (B, C, h, w); corners: (B, 2) integers, row and column, with the windows inside the map; owner: (B,)
    integers. A network takes it as it takes the tensor (B, C, H, W): local layers compute windows, and what is not
    known to be local gets the whole tensor.
    """

    def __init__(self, whole: Tensor, owner: np.ndarray, windows: Tensor, corners: np.ndarray):
        self.whole, self.owner, self.windows, self.corners = whole, owner, windows, corners

    @property
    def shape(self) -> torch.Size:
        """Shape of the tensor that this represents."""
        return torch.Size([len(self.owner), *self.whole.shape[1:]])

    def dim(self) -> int:
        """Its number of dimensions."""
        return 4

    def full(self) -> Tensor:
        """The tensor that this represents, (B, C, H, W)."""
        return self.cut(np.zeros_like(self.corners), self.shape[2:])

    def cut(self, starts: np.ndarray, size: Sequence[int], before: Sequence[int] = (0, 0), blank: float = 0) -> Tensor:
        """Rectangles (B, C, *size) of the copies; rectangle b starts at starts[b], (B, 2), counted in the padded map.

        The map is padded with `blank`: by `before` rows and columns in front, and behind as far as needed.
        """
        pad = [(b, max(0, int(s.max()) + n - b - side))
               for b, s, n, side in zip(before, starts.T, size, self.shape[2:], strict=True)]  # fmt: skip
        padded = functional.pad(self.whole, (*pad[1], *pad[0]), value=blank) if np.any(pad) else self.whole
        cut = torch.stack([
            padded[n, :, r : r + size[0], c : c + size[1]]
            for n, (r, c) in zip(self.owner.tolist(), starts.tolist(), strict=True)
        ])  # fmt: skip
        self._paste(cut, starts - np.asarray(before))
        return cut

    def _paste(self, cut: Tensor, starts: np.ndarray) -> None:
        """Write what of each window lies in its rectangle."""
        low = np.maximum(self.corners, starts)
        high = np.minimum(self.corners + self.windows.shape[2:], starts + cut.shape[2:])
        inside = (low < high).all(1)
        bounds = np.concatenate([low - starts, high - starts, low - self.corners, high - self.corners], axis=1).tolist()
        for b in np.flatnonzero(inside).tolist():
            top, left, bottom, right, r0, c0, r1, c1 = bounds[b]
            cut[b, :, top:bottom, left:right] = self.windows[b, :, r0:r1, c0:c1]

    def mapped(self, function: Callable[[Tensor], Tensor]) -> "Changed":
        """A function of each pixel alone, the same for all."""
        return Changed(function(self.whole), self.owner, function(self.windows), self.corners)

    def __getattr__(self, name: str):
        return getattr(self.full(), name)

    def __add__(self, other):
        return _arithmetic(torch.add, self, other)

    def __sub__(self, other):
        return _arithmetic(torch.sub, self, other)

    def __mul__(self, other):
        return _arithmetic(torch.mul, self, other)

    def __truediv__(self, other):
        return _arithmetic(torch.div, self, other)

    def __getitem__(self, item):
        return self.full()[item]

    def __neg__(self):
        return self * -1

    def __radd__(self, other):
        return self + other

    def __rmul__(self, other):
        return self * other

    def __rsub__(self, other):
        return -self + other

    @classmethod
    def __torch_function__(cls, function, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        result = LOCAL[function](*args, **kwargs) if function in LOCAL else NotImplemented
        return function(*_full(args), **_full(kwargs)) if result is NotImplemented else result


def _full(value):
    """The same arguments, with tensors in place of Changed."""
    if isinstance(value, Changed):
        return value.full()
    if isinstance(value, dict):
        return {key: _full(item) for key, item in value.items()}
    return type(value)(_full(item) for item in value) if isinstance(value, (list, tuple)) else value


def _arithmetic(function: Callable, x, y, **options):
    """A function of each pixel of x and y, where y is Changed too, or one value per channel."""
    if isinstance(x, Changed) and isinstance(y, Changed):
        return _together(lambda parts: function(*parts, **options), [x, y])
    if isinstance(x, Changed) and (not isinstance(y, Tensor) or y.ndim == 0 or y.shape[-2:] == (1, 1)):
        return x.mapped(lambda part: function(part, y, **options))
    return function(_full(x), _full(y), **options)


def _concatenated(tensors, dim: int = 0):
    if dim not in (1, -3) or not all(isinstance(tensor, Changed) for tensor in tensors):
        return NotImplemented
    return _together(lambda parts: torch.cat(list(parts), 1), tensors)


def _together(function: Callable[[Sequence[Tensor]], Tensor], parts: Sequence[Changed]) -> Changed | Tensor:
    """A function of each pixel of several maps, over the smallest windows that hold those of all parts."""
    low = np.minimum.reduce([part.corners for part in parts])
    high = np.maximum.reduce([part.corners + part.windows.shape[2:] for part in parts])
    size = (high - low).max(0)
    low = np.minimum(low, np.asarray(parts[0].shape[2:]) - size)
    windows = function([part.cut(low, size.tolist()) for part in parts])
    return _if_small(Changed(function([part.whole for part in parts]), parts[0].owner, windows, low))


def _pixelwise(function: Callable) -> Callable:
    def applied(x, *arguments, inplace: bool = False, **options):
        if not isinstance(x, Changed):
            return NotImplemented
        changed = x.mapped(lambda part: function(part, *arguments, **options))
        if inplace:  # others that hold x see the change, as they would with a tensor
            x.whole, x.windows = changed.whole, changed.windows
        return changed

    return applied


def _normalised(x, running_mean, running_var, weight=None, bias=None, training=False, momentum=0.1, eps=1e-5):
    if training:
        return NotImplemented
    return x.mapped(
        lambda part: functional.batch_norm(part, running_mean, running_var, weight, bias, False, momentum, eps)
    )


def _dropped(x, p: float = 0.5, training: bool = True, inplace: bool = False):
    return NotImplemented if training else x


def _convolved(x, weight, bias=None, stride=1, padding=0, dilation=1, groups=1):
    if isinstance(padding, str) or not isinstance(x, Changed):
        return NotImplemented
    return _slid(
        lambda part, pad: functional.conv2d(part, weight, bias, stride, pad, dilation, groups),
        x, weight.shape[2:], stride, padding, dilation, 0.0,
    )  # fmt: skip


def _pooled(x, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False, return_indices=False):
    if return_indices:
        return NotImplemented
    stride = stride or kernel_size
    whole = functional.max_pool2d(x.whole, kernel_size, stride, padding, dilation, ceil_mode)
    return _slid(
        lambda part, pad: whole if part is x.whole else functional.max_pool2d(part, kernel_size, stride, 0, dilation),
        x, kernel_size, stride, padding, dilation, -torch.inf,
    )  # fmt: skip


def _slid(function: Callable[[Tensor, object], Tensor], x: Changed, kernel, stride, padding, dilation, blank: float):
    """A function of a sliding kernel; `function(part, padding)` applies it."""
    kernel, stride, padding, dilation = (np.broadcast_to(value, 2) for value in (kernel, stride, padding, dilation))
    whole = function(x.whole, padding.tolist())
    reach = dilation * (kernel - 1) + 1
    sides = np.asarray(whole.shape[2:])
    size = np.minimum((np.asarray(x.windows.shape[2:]) + reach - 2) // stride + 1, sides)
    first = -((reach - 1 - padding - x.corners) // stride)  # the division rounds up
    first = np.clip(first, 0, sides - size)
    cut = x.cut(first * stride, ((size - 1) * stride + reach).tolist(), padding.tolist(), blank)
    return _if_small(Changed(whole, x.owner, function(cut, 0), first))


def _if_small(changed: Changed) -> Changed | Tensor:
    """The same, as a tensor where the windows are most of the map."""
    share = np.prod(changed.windows.shape[2:]) / np.prod(changed.shape[2:])
    return changed if share < LARGE else changed.full()


LOCAL: dict[Callable, Callable] = {
    torch.conv2d: _convolved,
    functional.max_pool2d: _pooled,
    functional.batch_norm: _normalised,
    functional.dropout: _dropped,
    functional.relu: _pixelwise(torch.relu),
    functional.gelu: _pixelwise(functional.gelu),
    torch.relu: _pixelwise(torch.relu),
    torch.add: _arithmetic,
    torch.cat: _concatenated,
}
