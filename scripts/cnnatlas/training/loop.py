"""The one training loop: a spec, a seed and arrays in; weights, history, scores and a record out."""

import logging
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from tqdm import tqdm

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.errors import AtlasError
from cnnatlas.training import device as devices
from cnnatlas.training import environment, progressive, schedules
from cnnatlas.training import precision as precisions
from cnnatlas.training.data import batches, place, resized
from cnnatlas.training.losses import classes_of, cross_entropy, l1_norm
from cnnatlas.training.run import Run
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
    begin: Mapping[str, Path | str] | None = None,
) -> Result:
    """Train the network of a resolved spec.

    `images` (N, H, H, 3) uint8, `labels` (N,), `split` index arrays train, validation and perhaps test; `begin`: the
    weights to start from, of the `base` or of the whole network (`start`); none: random ones. The history's
    training loss and accuracy are running means over the epoch, of the augmented images while the weights change (the
    field's usual); validation and test are measured after each epoch on plain images. Losses are cross-entropies with
    the spec's targets and label smoothing, without the L1 term. The test split is touched once, after the weights are
    chosen, unless the spec has `test_each_epoch`. Where the loss becomes infinite or not a number, training ends: with
    an AtlasError, or, if the spec says `allow_divergence`, with the weights and the history of the epochs before.
    """
    start = time.perf_counter()
    devices.keep_freed_memory()
    device = devices.choose(spec["device"])
    precision = precisions.choose(device)
    log.info("%s on %s: %s", spec["architecture"]["name"], device, precision.rule)
    with devices.reproducible(spec["threads"]):
        data = place(resized(images, spec["resolution"]), labels, split, device)
        run = Run(spec, seed, data, classes, precision, begin or {})
        history, best, diverged = _epochs(run, log)
        result = {
            name + suffix: scores(run.model, run.data, name, precision, mirrored)
            for name in data.splits
            for suffix, mirrored in (("", False), ("_mirrored", True))[: 1 + spec["test_time_mirror"]]
        }
        record = {
            "spec": spec,
            "seed": seed,
            "best_epoch": best,
            "epochs": len(history),
            "diverged": diverged,
            "seconds": round(time.perf_counter() - start, 3),
            "images_per_second": _speed(history),
            "parameters": sum(p.numel() for p in run.classifier.parameters()),
            "trained_parameters": sum(p.numel() for p in run.classifier.parameters() if p.requires_grad),
            "precision": precision.record(),
            "environment": environment.record(device),
        }
    return Result(run.classifier.to("cpu", memory_format=torch.contiguous_format), history, result, record)


def _speed(history: list[dict]) -> float | None:
    """Training images per second over all epochs."""
    seconds = sum(row["seconds"] for row in history)
    return round(sum(row["seconds"] * row["images_per_second"] for row in history) / seconds, 1) if seconds else None


def _epochs(run: Run, log: logging.Logger) -> tuple[list[dict], int, int | None]:
    """Train all epochs and leave the chosen weights in the classifier.

    Returns the history, the epoch that was chosen, and the one that diverged, if any.
    """
    history: list[dict] = []
    chosen, diverged = 0, None
    state = _snapshot(run) if run.spec["allow_divergence"] else {}
    start = time.perf_counter()
    with _bar(run) as bar:
        for epoch in range(1, run.spec["epochs"] + 1):
            row = {"epoch": epoch} | _train_epoch(run, bar) | _evaluations(run)
            if not _finite(row, run.spec):
                diverged = epoch
                log.info("epoch %d: the loss is no longer finite; the weights of epoch %d stay", epoch, chosen)
                break
            history.append(row)
            if run.spec["select_epoch"] == "last" or _better(row, history[chosen - 1] if chosen else None):
                chosen = epoch
                if run.spec["select_epoch"] == "best" or run.spec["allow_divergence"]:
                    state = _snapshot(run)
            left = (time.perf_counter() - start) / epoch * (run.spec["epochs"] - epoch)
            log.info(_line(row, run.spec["epochs"], left))
    if state:
        run.classifier.load_state_dict(state)
    return history, chosen, diverged


def _snapshot(run: Run) -> dict[str, Tensor]:
    return {key: value.clone() for key, value in run.classifier.state_dict().items()}


def _better(row: dict, best: dict | None) -> bool:
    """Higher validation accuracy, then lower validation loss; of equals the earlier one stays."""

    def rank(r: dict) -> tuple[float, float]:
        return r["validation_accuracy"], -r["validation_loss"]

    return best is None or rank(row) > rank(best)


def _train_epoch(run: Run, bar: tqdm) -> dict:
    """One pass over the training images: its row of the history, as far as training goes."""
    start = time.perf_counter()
    run.train_mode()
    total = torch.zeros(2, device=run.device)  # stays on the device: reading it at every step would wait for a GPU
    rate = 0.0
    for index in batches(run.train_index, run.spec["batch_size"], run.shuffling):
        rate = run.spec["optimiser"]["learning_rate"] * schedules.factor(run.spec["schedule"], run.progress)
        total += _step(run, index, rate)
        run.steps += 1
        bar.update()
    count = len(run.train_index)
    loss, accuracy = (total / count).tolist()
    seconds = time.perf_counter() - start
    timing = {"learning_rate": rate, "seconds": seconds, "images_per_second": count / seconds}
    return {"train_loss": loss, "train_accuracy": accuracy, **timing}


def _step(run: Run, index: Tensor, rate: float) -> Tensor:
    """One update; the batch's summed loss and its number of right answers, as a tensor (2,)."""
    inputs, targets = _inputs(run, index)
    run.optimiser.zero_gradients()
    with run.precision.autocast(run.device):
        logits = run.model(run.precision.laid_out(inputs))
    loss = cross_entropy(logits, targets, run.spec["label_smoothing"])
    penalty = run.spec["l1"] * l1_norm(run.model) if run.spec["l1"] else 0.0
    (loss + penalty).backward()
    run.optimiser.step(rate)
    correct = (logits.detach().argmax(1) == classes_of(targets)).sum()
    return torch.stack([loss.detach() * len(index), correct])


def _inputs(run: Run, index: Tensor) -> tuple[Tensor, Tensor]:
    """A batch's augmented images and their targets; represented images are taken as they are."""
    if run.represented:
        return run.data.batch(index), run.targets[index]
    side = progressive.side(run.data.size, run.spec["progressive"], run.progress)
    return run.augmentation(run.data.images, index, run.targets[index], side)


def _evaluations(run: Run) -> dict:
    names = ["validation", *(["test"] if run.spec["test_each_epoch"] and "test" in run.data.splits else [])]
    row = {}
    for name in names:
        smoothing = run.spec["label_smoothing"]
        loss, accuracy = evaluate(run.model, run.data, name, run.targets, smoothing, run.precision)
        row |= {f"{name}_loss": loss, f"{name}_accuracy": accuracy}
    return row


def _finite(row: dict, spec: dict) -> bool:
    """Whether the losses are numbers; raises AtlasError if not, unless the spec allows that."""
    bad = [key for key in ("train_loss", "validation_loss") if not isfinite(row[key])]
    if bad and not spec["allow_divergence"]:
        raise AtlasError(
            f"optimiser.learning_rate: with {spec['optimiser']['learning_rate']:g} the training of "
            f"{spec['architecture']['name']} diverged in epoch {row['epoch']} ({bad[0]} {row[bad[0]]}); lower it"
        )
    return not bad


def _bar(run: Run) -> tqdm:
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
