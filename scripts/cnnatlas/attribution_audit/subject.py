"""What an audit of attribution methods is about: a network, images, their true classes, where the objects are."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.data.prepared_masks import prepared_masks
from cnnatlas.files import read_json
from cnnatlas.interpretation import networks, showing
from cnnatlas.training.data import resized


@dataclass(frozen=True)
class Subject:
    """Images are uint8 (N, H, W, 3), targets (N,), masks bool (N, H, W) or None where nobody knows the objects."""

    network: Classifier
    images: np.ndarray
    targets: np.ndarray
    masks: np.ndarray | None


def opened(given: Mapping, spec: Mapping) -> Subject:
    """What a job is given: weights, images, labels, split, masks, classes; spec = {images: how many, network}.

    The images are validation images, evenly chosen among those with masks, where there are some.
    """
    known, masks = prepared_masks(given["masks"])
    validation = np.load(given["split"])["validation"]
    candidates = np.intersect1d(validation, known) if len(known) else validation
    index = showing.chosen({"sample": spec["images"]}, [], candidates, [])
    return Subject(
        networks.load(spec["network"], given["weights"], read_json(given["classes"]))[0],
        resized(np.load(given["images"], mmap_mode="r")[index], spec["network"]["resolution"]),
        np.load(given["labels"])[index],
        masks[np.searchsorted(known, index)] if len(known) else None,
    )
