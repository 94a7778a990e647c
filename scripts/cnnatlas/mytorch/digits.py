"""A MyTorch network on scikit-learn's handwritten digits: 1,797 images of 8 x 8 pixels in ten classes."""

from collections.abc import Iterator, Mapping

import numpy as np

from cnnatlas.mytorch.convolution import Conv2d
from cnnatlas.mytorch.layers import Flatten, Linear, ReLU
from cnnatlas.mytorch.losses import CrossEntropy
from cnnatlas.mytorch.network import Sequential
from cnnatlas.mytorch.optimisers import SGD
from cnnatlas.mytorch.pooling import MaxPool2d

SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}
EPOCHS, BATCH, RATE, MOMENTUM = 15, 32, 0.05, 0.9  # the rate falls linearly to 0
COLUMNS = ("epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy")


def build(rng: np.random.Generator) -> Sequential:
    """Two convolutions with ReLU, each pooled, and a linear layer: (N, 1, 8, 8) to (N, 10)."""
    return Sequential(
        Conv2d(1, 16, 3, padding=1, rng=rng),
        ReLU(),
        MaxPool2d(2),
        Conv2d(16, 32, 3, padding=1, rng=rng),
        ReLU(),
        MaxPool2d(2),
        Flatten(),
        Linear(32 * 2 * 2, 10, rng),
    )


def split(labels: np.ndarray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Indices of each split, sorted, with the same shares of every class."""
    parts = {name: [] for name in SHARES}
    for label in np.unique(labels):
        index = rng.permutation(np.flatnonzero(labels == label))
        bounds = np.round(np.cumsum(list(SHARES.values()))[:-1] * len(index)).astype(int)
        for name, part in zip(SHARES, np.split(index, bounds), strict=True):
            parts[name].append(part)
    return {name: np.sort(np.concatenate(part)) for name, part in parts.items()}


def run(images: np.ndarray, labels: np.ndarray, seed: int) -> tuple[list[dict], dict]:
    """Train on images (N, 8, 8), values 0 to 16, and labels (N,): a row per epoch, and the outcome.

    The outcome holds the number of images of each split, the epoch whose weights were kept, that of the highest
    validation accuracy (the first of equals), and the number of test images classified correctly. All randomness
    comes from `seed`.
    """
    rng = np.random.default_rng(seed)
    x = images[:, None].astype(np.float32) / 16
    index = split(labels, rng)
    data = {name: (x[part], labels[part]) for name, part in index.items()}
    network = build(rng)
    history, kept, best = [], [], {}
    for row in epochs(network, data, rng):
        history.append(row)
        if not best or row["validation_accuracy"] > best["validation_accuracy"]:
            best, kept = row, [parameter.value.copy() for parameter in network.parameters]
    for parameter, value in zip(network.parameters, kept, strict=True):
        parameter.value = value
    _, correct = score(network, *data["test"])
    outcome = {
        "images": {name: len(part) for name, part in index.items()},
        "parameters": sum(value.size for value in kept),
        "epochs": EPOCHS,
        "best_epoch": best["epoch"],
        "test": {"correct": correct, "n": len(index["test"]), "accuracy": correct / len(index["test"])},
    }
    return history, outcome


def epochs(
    network: Sequential, data: Mapping[str, tuple[np.ndarray, np.ndarray]], rng: np.random.Generator
) -> Iterator[dict]:
    """Train by stochastic gradient descent; after each epoch the losses and accuracies of training and validation."""
    optimiser, loss = SGD(network.parameters, RATE, MOMENTUM), CrossEntropy()
    images, labels = data["train"]
    batches = -(-len(images) // BATCH)
    for epoch in range(1, EPOCHS + 1):
        for i, batch in enumerate(np.array_split(rng.permutation(len(images)), batches)):
            optimiser.learning_rate = RATE * (1 - (epoch - 1 + i / batches) / EPOCHS)
            loss.forward(network.forward(images[batch]), labels[batch])
            network.backward(loss.backward())
            optimiser.step()
        row = {"epoch": epoch}
        for name in ("train", "validation"):
            row[f"{name}_loss"], correct = score(network, *data[name])
            row[f"{name}_accuracy"] = correct / len(data[name][1])
        yield row


def score(network: Sequential, images: np.ndarray, labels: np.ndarray) -> tuple[float, int]:
    """The network's loss on some images, and how many of them it classifies correctly."""
    scores = network.forward(images)
    return CrossEntropy().forward(scores, labels), int((scores.argmax(axis=1) == labels).sum())
