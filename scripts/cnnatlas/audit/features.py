"""Features of images from a trained network: the input of its last layer with weights."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.training.data import as_float, resized
from cnnatlas.training.precision import Precision

BATCH = 256


@contextmanager
def last_input(network: nn.Module) -> Iterator[dict[str, Tensor]]:
    """While a network runs, keep under "input" what its last dense or convolution layer was given."""
    caught: dict[str, Tensor] = {}

    def keep(_: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        caught["input"] = inputs[0]  # a later layer overwrites an earlier one's

    layers = [module for module in network.modules() if isinstance(module, nn.Linear | nn.Conv2d)]
    handles = [layer.register_forward_pre_hook(keep) for layer in layers]
    try:
        yield caught
    finally:
        for handle in handles:
            handle.remove()


@torch.inference_mode()
def features(
    classifier: nn.Module,
    images: np.ndarray,
    precision: Precision,
    *,
    side: int | None = None,
    device: torch.device | str = "cpu",
) -> np.ndarray:
    """Features (N, d) float16 of square images (N, H, H, 3) uint8, seen at `side` pixels, each of unit length.

    The sum over an image and its mirror image, so that both have the same features. Feature maps are averaged over
    their spatial positions.
    """
    classifier.eval()
    parts = []
    with last_input(classifier) as caught:
        for start in range(0, len(images), BATCH):  # all images at another resolution could fill the memory
            batch = torch.from_numpy(np.array(resized(images[start : start + BATCH], side)))
            values = as_float(batch.to(device)).contiguous(memory_format=precision.memory_format)
            total = sum(_last(classifier, caught, each, precision) for each in (values, values.flip(3)))
            parts.append(nn.functional.normalize(total).half().cpu())
    return torch.cat(parts).numpy()


def _last(classifier: nn.Module, caught: dict[str, Tensor], images: Tensor, precision: Precision) -> Tensor:
    with precision.autocast(images.device):
        classifier(images)
    found = caught["input"].float()
    return found.mean((2, 3)) if found.ndim == 4 else found
