"""The one training loop: a spec, a seed and arrays in; weights, history, scores and a record out."""

import logging
import sys
import time
from dataclasses import dataclass
from math import isfinite

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.errors import AtlasError
from cnnatlas.training import device as devices
from cnnatlas.training import environment, optimisers, schedules
from cnnatlas.training import precision as precisions
from cnnatlas.training.augmentation import Augmentation
from cnnatlas.training.data import Data, batches, colour_moments, place
from cnnatlas.training.losses import classes_of, cross_entropy, l1_norm, one_hot
from cnnatlas.training.scoring import evaluate, scores


@dataclass(frozen=True)
class Result:
    """What a training leaves: the chosen classifier, a row per epoch, scores per split, and the record of the run."""

    classifier: Classifier
    history: list[dict]
    scores: dict[str, np.ndarray]
    record: dict


def train(
    spec: dict,
    seed: int,
    images: np.ndarray,
    labels: np.ndarray,
    split: dict[str, np.ndarray],
    classes: int,
    log: logging.Logger,
) -> Result:
    """Train the network of a resolved spec.

    `images` (N, H, W, 3) uint8, `labels` (N,), `split` index arrays train, validation and perhaps test. The history's
    training loss and accuracy are running means over the epoch, of the augmented images while the weights change (the
    field's usual); validation and test are measured after each epoch on plain images. Losses are cross-entropies with
    the spec's targets and label smoothing, without the L1 term. The test split is touched once, after the weights are
    chosen, unless the spec has `test_each_epoch`. Raises AtlasError where the loss becomes infinite or not a number,
    or the spec cannot be met here.
    """
    start = time.perf_counter()
    devices.keep_freed_memory()
    device = devices.choose(spec["device"])
    precision = precisions.choose(device)
    log.info("%s on %s: %s", spec["architecture"]["name"], device, precision.rule)
    with devices.reproducible(spec["threads"]):
        data = place(images, labels, split, device)
        run = _Run(spec, seed, data, classes, precision)
        history, best = _epochs(run, log)
        result = {
            name + suffix: scores(run.classifier, data, name, precision, mirrored)
            for name in data.splits
            for suffix, mirrored in (("", False), ("_mirrored", True))[: 1 + spec["test_time_mirror"]]
        }
        record = {
            "spec": spec,
            "seed": seed,
            "best_epoch": best,
            "epochs": len(history),
            "seconds": round(time.perf_counter() - start, 3),
            "images_per_second": round(len(history) * len(split["train"]) / sum(row["seconds"] for row in history), 1),
            "parameters": sum(p.numel() for p in run.classifier.parameters()),
            "precision": precision.record(),
            "environment": environment.record(device),
        }
    return Result(run.classifier.to("cpu", memory_format=torch.contiguous_format), history, result, record)


class _Run:
    """What the steps of one training share; every random number comes from the seed."""

    def __init__(self, spec: dict, seed: int, data: Data, classes: int, precision: precisions.Precision):
        self.spec, self.data, self.precision, self.device = spec, data, precision, data.images.device
        initial, shuffling, augmenting = (int(s) for s in np.random.SeedSequence(seed).generate_state(3))
        torch.manual_seed(initial)  # weights, then dropout
        self.shuffling = torch.Generator().manual_seed(shuffling)
        mean, std = colour_moments(data)
        self.augmentation = Augmentation(
            spec["augmentation"], mean.to(self.device), torch.Generator(self.device).manual_seed(augmenting)
        )
        network = build(spec["architecture"], classes, data.size)
        classifier = Classifier(network, mean, std) if spec["normalise"] else Classifier(network)
        self.classifier = classifier.to(self.device, memory_format=precision.memory_format)
        self.optimiser = optimisers.build(self.classifier, spec["optimiser"])
        vectors = spec["targets"] == "one_hot" or self.augmentation.mixes
        self.targets = one_hot(data.labels, classes) if vectors else data.labels
        self.steps = 0  # taken
        self.total_steps = spec["epochs"] * len(batches(data.splits["train"], spec["batch_size"], torch.Generator()))


def _epochs(run: _Run, log: logging.Logger) -> tuple[list[dict], int]:
    """Train all epochs and leave the chosen weights in the classifier; the history, and which epoch was chosen."""
    history: list[dict] = []
    chosen, state = 0, {}
    start = time.perf_counter()
    with _bar(run) as bar:
        for epoch in range(1, run.spec["epochs"] + 1):
            row = {"epoch": epoch} | _train_epoch(run, bar) | _evaluations(run)
            _check(row, run.spec)
            history.append(row)
            if run.spec["select_epoch"] == "last" or _better(row, history[chosen - 1] if chosen else None):
                chosen = epoch
                if run.spec["select_epoch"] == "best":
                    state = {key: value.clone() for key, value in run.classifier.state_dict().items()}
            left = (time.perf_counter() - start) / epoch * (run.spec["epochs"] - epoch)
            log.info(_line(row, run.spec["epochs"], left))
    if state:
        run.classifier.load_state_dict(state)
    return history, chosen


def _better(row: dict, best: dict | None) -> bool:
    """Higher validation accuracy, then lower validation loss; of equals the earlier one stays."""

    def rank(r: dict) -> tuple[float, float]:
        return r["validation_accuracy"], -r["validation_loss"]

    return best is None or rank(row) > rank(best)


def _train_epoch(run: _Run, bar: tqdm) -> dict:
    """One pass over the training split: its row of the history, as far as training goes."""
    start = time.perf_counter()
    run.classifier.train()
    total = torch.zeros(2, device=run.device)  # stays on the device: reading it at every step would wait for a GPU
    rate = 0.0
    for index in batches(run.data.splits["train"], run.spec["batch_size"], run.shuffling):
        rate = run.spec["optimiser"]["learning_rate"] * schedules.factor(
            run.spec["schedule"], run.steps / run.total_steps
        )
        total += _step(run, index, rate)
        run.steps += 1
        bar.update()
    count = len(run.data.splits["train"])
    loss, accuracy = (total / count).tolist()
    seconds = time.perf_counter() - start
    timing = {"learning_rate": rate, "seconds": seconds, "images_per_second": count / seconds}
    return {"train_loss": loss, "train_accuracy": accuracy, **timing}


def _step(run: _Run, index: Tensor, rate: float) -> Tensor:
    """One update; the batch's summed loss and its number of right answers, as a tensor (2,)."""
    images, targets = run.augmentation(run.data.images, index, run.targets[index])
    run.optimiser.zero_gradients()
    with run.precision.autocast(run.device):
        logits = run.classifier(images.contiguous(memory_format=run.precision.memory_format))
    loss = cross_entropy(logits, targets, run.spec["label_smoothing"])
    penalty = run.spec["l1"] * l1_norm(run.classifier) if run.spec["l1"] else 0.0
    (loss + penalty).backward()
    run.optimiser.step(rate)
    correct = (logits.detach().argmax(1) == classes_of(targets)).sum()
    return torch.stack([loss.detach() * len(index), correct])


def _evaluations(run: _Run) -> dict:
    names = ["validation", *(["test"] if run.spec["test_each_epoch"] and "test" in run.data.splits else [])]
    row = {}
    for name in names:
        smoothing = run.spec["label_smoothing"]
        loss, accuracy = evaluate(run.classifier, run.data, name, run.targets, smoothing, run.precision)
        row |= {f"{name}_loss": loss, f"{name}_accuracy": accuracy}
    return row


def _check(row: dict, spec: dict) -> None:
    for key in ("train_loss", "validation_loss"):
        if not isfinite(row[key]):
            raise AtlasError(
                f"optimiser.learning_rate: with {spec['optimiser']['learning_rate']:g} the training of "
                f"{spec['architecture']['name']} diverged in epoch {row['epoch']} ({key} {row[key]}); lower it"
            )


def _bar(run: _Run) -> tqdm:
    """A bar over all batches of the run; every update is a line of its own, since it goes to a log file."""
    form = "{percentage:3.0f} % |{bar:30}| batch {n} of {total}, {elapsed} gone, {remaining} left\n"
    return tqdm(total=run.total_steps, bar_format=form, ascii=True, delay=5, mininterval=10, file=sys.stderr)


def _line(row: dict, epochs: int, left: float) -> str:
    parts = [
        f"{name} loss {row[f'{name}_loss']:.4f} accuracy {row[f'{name}_accuracy']:.2%}"
        for name in ("train", "validation", "test")
        if f"{name}_loss" in row
    ]
    speed = f"{row['images_per_second']:.0f} images/s"
    return f"epoch {row['epoch']}/{epochs}: {', '.join(parts)}; {speed}, {left / 60:.1f} min left"
