"""MyTorch's messages on wrong arguments."""

from collections.abc import Callable

import numpy as np

from cnnatlas.errors import AtlasError
from cnnatlas.mytorch.convolution import Conv2d
from cnnatlas.mytorch.layers import Layer, Linear
from cnnatlas.mytorch.losses import CrossEntropy
from cnnatlas.mytorch.pooling import MaxPool2d


def layer(channels: int = 3, out: int = 4, kernel: object = 3, **settings) -> Conv2d:
    """A convolution whose weights do not matter."""
    return Conv2d(channels, out, kernel, rng=np.random.default_rng(0), **settings)


def zeros(*shape: int, dtype=np.float32) -> np.ndarray:
    """An input whose values do not matter."""
    return np.zeros(shape, dtype)


def after_forward(conv: Layer, gradient: np.ndarray) -> None:
    """Forward on two images of 3 x 8 x 8, then backward with a gradient."""
    conv.forward(zeros(2, 3, 8, 8))
    conv.backward(gradient)


# the mistake, as the report names it, and a call that makes it
CALLS: tuple[tuple[str, Callable[[], object]], ...] = (
    ("input without a batch axis", lambda: layer().forward(zeros(3, 8, 8))),
    ("input with other channels", lambda: layer().forward(zeros(2, 5, 8, 8))),
    ("channels last", lambda: layer().forward(zeros(2, 8, 8, 3))),
    ("input of integers", lambda: layer().forward(zeros(2, 3, 8, 8, dtype=np.uint8))),
    ("input in another precision than the weight", lambda: layer().forward(zeros(2, 3, 8, 8, dtype=np.float64))),
    ("kernel larger than the padded input", lambda: layer(kernel=5, padding=1).forward(zeros(2, 3, 2, 8))),
    ("dilated kernel larger than the input", lambda: layer(dilation=4).forward(zeros(2, 3, 8, 8))),
    ("backward before forward", lambda: layer().backward(zeros(2, 4, 6, 6))),
    ("gradient of another size", lambda: after_forward(layer(), zeros(2, 4, 8, 8))),
    ("gradient with other channels", lambda: after_forward(layer(), zeros(2, 3, 6, 6))),
    ("gradient in another precision", lambda: after_forward(layer(), zeros(2, 4, 6, 6, dtype=np.float64))),
    ("groups that do not divide the input channels", lambda: layer(groups=2)),
    ("groups that do not divide the output channels", lambda: layer(channels=6, groups=3)),
    ("no groups", lambda: layer(groups=0)),
    ("stride 0", lambda: layer(stride=0)),
    ("strides of three axes", lambda: layer(stride=(1, 1, 1))),
    ("half a pixel of padding", lambda: layer(padding=0.5)),
    ("negative padding", lambda: layer(padding=(0, -1))),
    ("dilation 0", lambda: layer(dilation=0)),
    ("kernel of size 0", lambda: layer(kernel=(3, 0))),
    ("pooling window larger than the input", lambda: MaxPool2d(4).forward(zeros(2, 3, 3, 8))),
    ("features that do not fit a linear layer", lambda: Linear(8, 2, np.random.default_rng(0)).forward(zeros(2, 9))),
    ("a label beyond the classes", lambda: CrossEntropy().forward(zeros(2, 10), np.array([3, 10]))),
    ("fewer labels than images", lambda: CrossEntropy().forward(zeros(2, 10), np.array([3]))),
)


def collect() -> list[dict[str, str]]:
    """The message of each wrong call: [{case, message}]; raises AtlasError where a call is accepted."""
    return [{"case": case, "message": message(case, call)} for case, call in CALLS]


def message(case: str, call: Callable[[], object]) -> str:
    """The text of the ValueError that a call raises."""
    try:
        call()
    except ValueError as error:
        return str(error)
    raise AtlasError(f"MyTorch accepts a wrong argument: {case}; it must raise ValueError")
