"""Opening the networks that are interpreted: those trained here, and those that torchvision publishes."""

from collections.abc import Mapping
from pathlib import Path

from cnnatlas.architectures.classifier import Classifier, load_trained


def load(spec: Mapping, weights: Path | str) -> tuple[Classifier, list[str]]:
    """A trained network in float32 and evaluation mode, and the names of its classes.

    `spec` is {name, architecture, ...}; the architecture is None for one of torchvision's, which knows the classes of
    its weights. A training's file of weights says itself what its network is and which classes it has.
    """
    if spec["architecture"] is None:
        from cnnatlas.architectures.published import load_published  # imports torchvision

        return load_published(spec["name"], weights)
    classifier, described = load_trained(weights)
    return classifier, described["classes"]
