"""Whole pretrained networks of torchvision's, with the classes that they were trained on."""

from pathlib import Path

import torch

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.layers import make_relus_inspectable
from cnnatlas.architectures.weights import read_weights
from cnnatlas.errors import AtlasError


def load_published(name: str, weights: Path | str) -> tuple[Classifier, list[str]]:
    """torchvision's network `name` with its published weights (.pth), in evaluation mode; and its class names.

    The file is read without executing code from it. Images are taken in [0, 1], as everywhere here: the normalisation
    that belongs to the weights is part of the classifier. Raises AtlasError where the file is damaged or holds
    other weights.
    """
    from torchvision import models  # takes seconds, and only these networks need it

    published = next(w for w in models.get_model_weights(name) if Path(w.url).name == Path(weights).name)
    network = models.get_model(name, weights=None)
    try:
        network.load_state_dict(read_weights(weights))
    except RuntimeError as error:
        raise AtlasError(f"{weights}: not the weights of {name}; delete the file and run the same command") from error
    make_relus_inspectable(network)
    transforms = published.transforms()
    classifier = Classifier(network, torch.tensor(transforms.mean), torch.tensor(transforms.std))
    return classifier.eval(), list(published.meta["categories"])
