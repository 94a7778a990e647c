"""A network together with the normalisation of its input: what a training saves."""

from pathlib import Path

import torch
from torch import Tensor, nn

from cnnatlas.architectures.registry import build
from cnnatlas.architectures.weights import read_description, read_weights
from cnnatlas.errors import AtlasError


class Normalise(nn.Module):
    """Subtract a mean per channel and divide by a standard deviation; both are saved with the weights."""

    def __init__(self, mean: Tensor, std: Tensor):
        super().__init__()
        self.register_buffer("mean", mean.reshape(1, 3, 1, 1).float())
        self.register_buffer("std", std.reshape(1, 3, 1, 1).float())

    def forward(self, x: Tensor) -> Tensor:
        """Normalise images (N, 3, H, W)."""
        return (x - self.mean) / self.std


class Classifier(nn.Module):
    """`normalise`, then `network`: takes images (N, 3, H, W) in [0, 1] and returns logits (N, classes)."""

    def __init__(self, network: nn.Module, mean: Tensor | None = None, std: Tensor | None = None):
        super().__init__()
        self.normalise = Normalise(torch.zeros(3) if mean is None else mean, torch.ones(3) if std is None else std)
        self.network = network

    def forward(self, x: Tensor) -> Tensor:
        """Logits of images in [0, 1]."""
        return self.network(self.normalise(x))


def load_network(weights: Path | str, architecture: dict, classes: int, size: int) -> Classifier:
    """A trained classifier in float32 on the CPU, in evaluation mode.

    `weights` is a weights.safetensors of a training; `architecture` is the part of its spec. Raises AtlasError where
    the file is damaged or its weights are not those of this architecture.
    """
    classifier = Classifier(build(architecture, classes, size))
    try:
        classifier.load_state_dict(read_weights(weights))
    except RuntimeError as error:
        raise AtlasError(f"{weights}: not the weights of {architecture}; delete the file and train again") from error
    return classifier.eval()


def load_trained(weights: Path | str) -> tuple[Classifier, dict]:
    """A trained classifier, as `load_network` gives it, and its description: both are in its weights.safetensors.

    The description is {classes, preprocessing, seed, spec}, as cnnatlas.training.save writes it. Raises AtlasError
    where the file is missing or damaged, holds no description, or another network than it describes.
    """
    found = read_description(weights)
    architecture, size = found["spec"]["architecture"], found["preprocessing"]["size"]
    return load_network(weights, architecture, len(found["classes"]), size), found
