"""Saved softmax scores joined with the labels of the images they belong to."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from cnnatlas.data.split import SPLITS
from cnnatlas.errors import AtlasError, damaged

NAMES = {"train": "training", "validation": "validation", "test": "test"}


@dataclass(frozen=True)
class Scored:
    """One split of one trained network: n images, C classes.

    `indices` (n,) point into the data set's images, `labels` (n,) are the true classes, `scores` (n, C) softmax scores;
    `mirrored` (n, C) are the scores averaged over each image and its mirror image, or None.
    """

    indices: np.ndarray
    labels: np.ndarray
    scores: np.ndarray
    mirrored: np.ndarray | None = None

    @property
    def predictions(self) -> np.ndarray:
        """The class with the highest score, (n,); of equal scores the lowest class."""
        return self.scores.argmax(axis=1)

    @property
    def correct(self) -> np.ndarray:
        """Whether the prediction is the true class, (n,) bool."""
        return self.predictions == self.labels


def read(scores: Path | str, split: Path | str, labels: Path | str) -> dict[str, Scored]:
    """Read scores.npz, split.npz and labels.npy; the splits that have scores, in the order of SPLITS.

    Of the training split a network may have been given a part, whose indices scores.npz then has. Raises AtlasError
    where scores, split and labels do not match.
    """
    truth = np.load(labels)
    with np.load(scores) as saved, np.load(split) as parts:
        if any(len(parts[name]) and parts[name].max() >= len(truth) for name in parts):
            raise damaged(labels, f"{len(truth)} labels, and {split} has images beyond them")
        present = [name for name in SPLITS if name in saved]
        return {name: _scored(name, saved, parts, truth, scores) for name in present}


def _scored(name: str, saved, parts, truth: np.ndarray, path: Path | str) -> Scored:
    values = saved[name]
    indices = parts[name] if name in parts else np.empty(0, np.int64)
    if name == "train":
        indices = saved.get("train_indices", indices)
    if values.ndim != 2 or len(values) != len(indices):
        raise AtlasError(
            f"{path}: {name} has scores of shape {values.shape} for {len(indices)} images of the split; "
            "the split has changed since the training: delete this file and run the same command again"
        )
    labels = truth[indices]
    if len(labels) and labels.max() >= values.shape[1]:
        raise AtlasError(
            f"{path}: {name} scores {values.shape[1]} classes, but the data set has labels up to {labels.max()}; "
            "delete this file and run the same command again"
        )
    return Scored(indices, labels, values, saved.get(f"{name}_mirrored"))
