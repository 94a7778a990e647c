"""Feature visualisation: images that maximise the activation of one unit of a network (C1f).

Erhan et al. (2009), "Visualizing higher-layer features of a deep network", with the parametrisation and the random
transformations of Olah, Mordvintsev and Schubert (2017), "Feature visualization", Distill.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from math import cos, radians, sin

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.arrays import Arrays, maximised
from cnnatlas.interpretation.hooks import (
    Images,
    class_indices,
    executed,
    hooked,
    named_module,
    prepared,
    untouched,
)
from cnnatlas.training.optimisers import Adam

# What Olah et al. publish with their library lucid: how the colours of ImageNet's pixels vary together. The columns
# are light, blue against yellow, and green against magenta, each as long as its deviation.
COLOUR_DIRECTIONS = ((0.26, 0.09, 0.02), (0.27, 0.00, -0.05), (0.27, -0.09, 0.03))
LEARNING_RATE = 0.05
DEVIATION = 0.01  # of the first coefficients
CONTRAST = 4  # divides the image, so that it is less often black or white
SHIFT = 6 / 224  # of the side: lucid moves images of 224 pixels by up to 8 and by up to 4, in one direction
SCALES = (0.9, 1.1)
ROTATION = 10  # degrees, to either side
EDGE = 1 / 8  # of the side: how far the canvas reaches beyond the image on each side
LEAK = 0.01
BATCH = 64
CLASSES = "classes"  # in place of a layer's name

Responses = Callable[..., Tensor]  # of images (N, 3, H, W) to the activations of all units of a layer (N, C)


def activation_maximisation(
    network: nn.Module,
    images: Images,
    targets: Sequence[int],
    *,
    layers: Sequence[str] | None = None,
    units: int = 8,
    steps: int = 96,
    seed: int = 0,
) -> dict[str, np.ndarray]:
    """Images, as large as `images`, for up to `units` channels of each layer and for the classes among `targets`.

    A channel's activation is the mean over positions of the positive part of its output, after the batch normalisation
    that follows, if any: without the rectification, a convolution of the image would only ask for a colour. A class's
    is its logit. The channels are spread evenly over the layer. `layers` are by default an early, a middle and a late
    convolution of more than one tap. Adam takes `steps` steps, with the image shifted, scaled and rotated at random in
    each; the activations given are those of the untransformed images.

    Gives, for each layer under its name and for the targets under "classes": "{name}" float32 (K, 3, H, W) in [0, 1];
    "{name}_units" int64 (K,), their channels or classes; and (K,) float32 activations "{name}_reached" by the images
    and "{name}_start" by those before the first step. Raises AtlasError on images and targets as `prepared` and
    `class_indices` do, on a layer that does not exist or run.
    """
    with untouched(network):
        x = prepared(network, images)
        ran = executed(network, x[:1])
        logits = _responses(network, CLASSES, ran)
        wanted = {CLASSES: (logits, class_indices(targets, len(x), logits(x[:1]).shape[1]).unique())}
        for name in _spread_convolutions(ran) if layers is None else layers:
            activations = _responses(network, name, ran)
            wanted[name] = activations, _spread(activations(x[:1]).shape[1], units)
        found = {}
        for name in [*[*wanted][1:], CLASSES]:
            results = _maximised(*wanted[name], x, steps, seed)
            found |= {f"{name}{suffix}": values.cpu().numpy() for suffix, values in results.items()}
    return found


def natural(network: nn.Module, arrays: Arrays, images: np.ndarray) -> dict[str, np.ndarray]:
    """The highest activation of each unit by any of `images`, uint8 (N, H, W, 3).

    `arrays` are those of `activation_maximisation`. Gives, for each of its layers, "{name}_natural" float32 (K,), and
    how many images there were, "natural_images" int64 ().
    """
    with untouched(network), torch.no_grad():
        parts = [images[first : first + BATCH] for first in range(0, len(images), BATCH)]
        ran, best = executed(network, prepared(network, parts[0][:1])), {}
        for name in maximised(arrays):
            responses, units = _responses(network, name, ran), torch.from_numpy(arrays[f"{name}_units"])
            highest = [responses(prepared(network, part)).amax(0) for part in parts]
            best[f"{name}_natural"] = torch.stack(highest).amax(0).cpu()[units].numpy()
    return {**best, "natural_images": np.array(len(images))}


def image_of(spectrum: Tensor, size: Sequence[int]) -> Tensor:
    """Images (N, 3, H, W) in (0, 1), `size` = (H, W), of coefficients (N, 3, H, W // 2 + 1, 2) of order 1.

    A coefficient counts in inverse proportion to its frequency, as natural images have it, and the three planes are
    not red, green and blue but directions in which natural colours vary independently (Olah et al. 2017): so equal
    steps in all coefficients make smooth, natural changes.
    """
    scaled = torch.view_as_complex(spectrum) / _frequencies(size).to(spectrum.device)
    planes = torch.fft.irfft2(scaled, s=tuple(size), norm="ortho") / CONTRAST
    return torch.einsum("rd,ndhw->nrhw", _colours().to(planes), planes).sigmoid()


def viewed(canvas: Tensor, size: Sequence[int], generator: torch.Generator) -> Tensor:
    """The middle of canvases (N, C, H + a, W + b), `size` = (H, W), all transformed in one random way.

    Positions beyond the canvas are grey (0.5).
    """
    draws = 2 * torch.rand(4, generator=generator) - 1
    angle = radians(ROTATION) * draws[0].item()
    zoom = 1 + (SCALES[1] - SCALES[0]) / 2 * draws[1].item()
    rows, columns = (torch.arange(side) - (side - 1) / 2 for side in size)
    y, x = torch.meshgrid(rows / zoom, columns / zoom, indexing="ij")
    turned = torch.stack([cos(angle) * y - sin(angle) * x, sin(angle) * y + cos(angle) * x])
    full = torch.tensor(canvas.shape[2:])
    positions = turned + ((full - 1) / 2 + SHIFT * min(size) * draws[2:])[:, None, None]
    return _sampled(canvas - 0.5, positions.to(canvas.device)) + 0.5


def _sampled(images: Tensor, positions: Tensor) -> Tensor:
    """Bilinear values of images (N, C, H, W) at `positions` (2, h, w), row and column; 0 beyond the edge.

    F.grid_sample does it too, but not so that on a GPU its gradient can be the same twice.
    """
    n, channels, height, width = images.shape
    pixels = images.flatten(0, 1).flatten(1).t().contiguous()  # (H W, N C): a position's values lie together
    corner, total = positions.floor(), 0
    for offset in (0, 0), (0, 1), (1, 0), (1, 1):
        y, x = corner + corner.new_tensor(offset)[:, None, None]
        weight = (1 - (y - positions[0]).abs()) * (1 - (x - positions[1]).abs())
        weight = weight * ((y >= 0) & (y < height) & (x >= 0) & (x < width))
        index = y.clamp(0, height - 1) * width + x.clamp(0, width - 1)
        total = total + pixels.index_select(0, index.long().flatten()) * weight.flatten()[:, None]
    return total.t().reshape(n, channels, *positions.shape[1:])


def _maximised(responses: Responses, units: Tensor, like: Tensor, steps: int, seed: int) -> dict[str, Tensor]:
    """One image for each unit, as large as the images `like`, and the unit's activations.

    The image is the middle of a larger canvas, whose edges come into view in some steps only.
    """
    generator, size, device = torch.Generator().manual_seed(seed), like.shape[2:], like.device
    edges = [round(EDGE * side) for side in size]
    canvas = [side + 2 * edge for side, edge in zip(size, edges, strict=True)]
    shape = (len(units), 3, canvas[0], canvas[1] // 2 + 1, 2)
    spectrum = (DEVIATION * torch.randn(shape, generator=generator)).to(device).requires_grad_()
    units = units.to(device)
    start = _middle(image_of(spectrum, canvas), edges)
    optimiser = Adam([spectrum], weight_decay=0.0, decoupled=False)
    for _ in range(steps):
        optimiser.zero_gradients()
        seen = viewed(image_of(spectrum, canvas), size, generator)
        (-_own(responses(seen, slope=LEAK), units).sum()).backward()
        optimiser.step(LEARNING_RATE)
    reached = _middle(image_of(spectrum, canvas), edges)
    with torch.no_grad():
        start, final = (_own(responses(images), units) for images in (start, reached))
    return {"": reached, "_units": units, "_reached": final, "_start": start}


def _middle(canvas: Tensor, edges: Sequence[int]) -> Tensor:
    height, width = canvas.shape[2:]
    return canvas[:, :, edges[0] : height - edges[0], edges[1] : width - edges[1]].detach().contiguous()


def _own(responses: Tensor, units: Tensor) -> Tensor:
    """Of responses (K, C), that of each of K images' own unit (K,)."""
    return responses.gather(1, units[:, None])[:, 0]


def _responses(network: nn.Module, name: str, ran: Sequence[tuple[str, nn.Module, Tensor]]) -> Responses:
    if name == CLASSES:
        return partial(_logits, network)
    return partial(_activations, network, name, _observed(network, name, ran))


def _logits(network: nn.Module, x: Tensor, slope: float = 0.0) -> Tensor:
    return network(x)


def _activations(network: nn.Module, name: str, module: nn.Module, x: Tensor, slope: float = 0.0) -> Tensor:
    """Each channel's activation (N, C); negative outputs count with `slope`, lest a silent channel stays so."""

    def arrive(_module: nn.Module, _inputs: tuple, output: Tensor) -> None:
        raise _Arrived(output)

    try:
        with hooked([module], arrive):
            network(x)
    except _Arrived as arrived:
        positive = F.leaky_relu(arrived.output, slope)
        return positive.reshape(*positive.shape[:2], -1).mean(2)  # a dense layer has one position
    raise AtlasError(f"layer: `{name}` does not run; choose one that does")


class _Arrived(Exception):
    """Ends the forward pass where the rest of the network is not needed."""

    def __init__(self, output: Tensor):
        super().__init__()
        self.output = output


def _observed(network: nn.Module, name: str, ran: Sequence[tuple[str, nn.Module, Tensor]]) -> nn.Module:
    """The module whose output is read for a layer: itself, or the batch normalisation that runs next."""
    module = named_module(network, name)
    following = [after[1] for before, after in pairwise(ran) if before[0] == name]
    return following[0] if following and isinstance(following[0], nn.BatchNorm2d) else module


def _spread_convolutions(ran: Sequence[tuple[str, nn.Module, Tensor]]) -> list[str]:
    """The first, the middle and the last convolution of more than one tap; shorter where there are fewer."""
    names = [name for name, module, _ in ran if isinstance(module, nn.Conv2d) and max(module.kernel_size) > 1]
    return list(dict.fromkeys(names[k] for k in (0, len(names) // 2, -1))) if names else []


def _spread(channels: int, count: int) -> Tensor:
    return torch.linspace(0, channels - 1, min(count, channels)).round().long()


def _frequencies(size: Sequence[int]) -> Tensor:
    """Radial frequency of each coefficient of irfft2 in cycles per pixel; the constant counts as the lowest other."""
    height, width = size
    radius = torch.hypot(torch.fft.fftfreq(height)[:, None], torch.fft.rfftfreq(width)[None])
    return radius.clamp_min(1 / max(height, width))


def _colours() -> Tensor:
    """Directions of colour in columns, the longest of length 1."""
    directions = torch.tensor(COLOUR_DIRECTIONS)
    return directions / directions.norm(dim=0).max()
