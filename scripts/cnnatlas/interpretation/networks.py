"""Opening the networks that are interpreted: those trained here, and those that torchvision publishes."""

from collections.abc import Mapping
from pathlib import Path

from cnnatlas.architectures.classifier import Classifier, load_network


def load(spec: Mapping, weights: Path | str, dataset: Mapping) -> tuple[Classifier, list[str]]:
    """A trained network in float32 and evaluation mode, and the names of its classes.

    `spec` is {name, architecture, resolution}; the architecture is None for one of torchvision's, whose class names
    come with its weights; others have those of `dataset`, the dataset.json of the data set they were trained on.
    """
    if spec["architecture"] is None:
        from cnnatlas.architectures.published import load_published  # imports torchvision

        return load_published(spec["name"], weights)
    size = spec["resolution"] or dataset["size"][0]
    return load_network(weights, spec["architecture"], len(dataset["classes"]), size), dataset["classes"]
