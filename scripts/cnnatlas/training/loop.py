"""The one training loop: a spec, a seed and arrays in; weights, history, scores and a record out."""

import logging
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from math import ceil, isfinite
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
from cnnatlas.training.checkpoints import Checkpoints, identity
from cnnatlas.training.clock import Clock
from cnnatlas.training.data import batches, place, resized
from cnnatlas.training.losses import classes_of, cross_entropy, l1_norm
from cnnatlas.training.memory import shortage_explained
from cnnatlas.training.run import Run
from cnnatlas.training.scoring import evaluate, scores
from cnnatlas.training.state import State, begin_state, capture, restore


@dataclass(frozen=True)
class Result:
    """What a training leaves: the chosen classifier, a row per epoch, scores per split, a record, and its times."""

    classifier: Classifier
    history: list[dict]
    scores: dict[str, np.ndarray]
    record: dict
    timing: dict


def train(
    spec: dict,
    seed: int,
    images: np.ndarray,
    labels: np.ndarray,
    split: dict[str, np.ndarray],
    classes: int,
    log: logging.Logger,
    begin: Mapping[str, Path | str] | None = None,
    keep: Checkpoints | None = None,
) -> Result:
    """Train the network of a resolved spec.

    `images` (N, H, H, 3) uint8, `labels` (N,), `split` index arrays train, validation and perhaps test; `begin`: the
    weights to start from, of the `base` or of the whole network (`start`); none: random ones. The history's
    training loss and accuracy are running means over the epoch, of the augmented images while the weights change (the
    field's usual); validation and test are measured after each epoch on plain images. Losses are cross-entropies with
    the spec's targets and label smoothing, without the L1 term. The test split is touched once, after the weights are
    chosen, unless the spec has `test_each_epoch`. Where the loss becomes infinite or not a number, training ends: with
    an AtlasError, or, if the spec says `allow_divergence`, with the weights and the history of the epochs before.

    With `keep`, a training that was killed goes on from its last good checkpoint, to the same bits as one that never
    was; SIGTERM and SIGINT end it with a checkpoint and an AtlasError.
    """
    clock = Clock()
    clock.whole.start()
    devices.keep_freed_memory()
    device = devices.choose(spec["device"])
    precision = precisions.choose(device)
    keep = keep or Checkpoints(None)
    log.info("%s on %s: %s", spec["architecture"]["name"], device, precision.rule)
    with devices.reproducible(spec["threads"]), shortage_explained(spec), keep.heard():
        where = {"precision": precision.record(), "environment": environment.record(device)}
        arrays = {"images": images, "labels": labels, **split}
        keep.identify = partial(identity, {**spec, "classes": classes}, seed, arrays, begin or {}, keep.sources, where)
        data = place(resized(images, spec["resolution"]), labels, split, device)
        run = Run(spec, seed, data, classes, precision, begin or {})
        state = _begun(run, clock, keep, log)
        with keep.stop.patience():
            diverged = _epochs(run, state, keep, log)
        result = _all_scores(run)
    record = _record(run, state) | {"seed": seed, "diverged": diverged, **where}
    classifier = run.classifier.to("cpu", memory_format=torch.contiguous_format)
    return Result(classifier, state.history, result, record, clock.record())


def _record(run: Run, state: State) -> dict:
    """What was trained, how long, and which epoch was chosen."""
    return {
        "spec": run.spec,
        "best_epoch": state.chosen,
        "epochs": len(state.history),
        "parameters": sum(p.numel() for p in run.classifier.parameters()),
        "trained_parameters": sum(p.numel() for p in run.classifier.parameters() if p.requires_grad),
    }


def _begun(run: Run, clock: Clock, keep: Checkpoints, log: logging.Logger) -> State:
    """The state before the first step, or that of the last good checkpoint, into which the run is then brought."""
    state = begin_state(run, clock)
    checkpoint = keep.newest(log)
    if checkpoint:
        restore(run, state, *checkpoint)
        done = f"{len(state.history)} of {run.spec['epochs']} epochs and {run.steps} of {run.total_steps} steps"
        log.info("going on from a checkpoint: %s are done", done)
    return state


def _epochs(run: Run, state: State, keep: Checkpoints, log: logging.Logger) -> int | None:
    """Train all epochs that are left and leave the chosen weights in the classifier.

    Returns the epoch that diverged, if any.
    """
    diverged = None
    with _bar(run) as bar:
        while len(state.history) < run.spec["epochs"]:
            epoch = len(state.history) + 1
            row = {"epoch": epoch} | _train_epoch(run, state, bar, keep, log) | _evaluations(run)
            if not _finite(row, run.spec):
                diverged = epoch
                log.info("epoch %d: the loss is no longer finite; the weights of epoch %d stay", epoch, state.chosen)
                break
            _end_epoch(run, state, row)
            log.info(_line(row, state.clock, run.spec["epochs"]))
            _keep(run, state, keep, log)
    if state.kept:
        run.take(state.kept)
    return diverged


def _end_epoch(run: Run, state: State, row: dict) -> None:
    """Add an epoch to the history, and keep its weights if it is the one to choose so far."""
    state.history.append(row)
    if run.spec["select_epoch"] == "last" or _better(row, state.history[state.chosen - 1] if state.chosen else None):
        state.chosen = row["epoch"]
        if run.spec["select_epoch"] == "best" or run.spec["allow_divergence"]:
            state.kept = run.snapshot()
    state.end_epoch(run)


def _all_scores(run: Run) -> dict[str, np.ndarray]:
    """The chosen weights' scores on every split, and those averaged over mirror images where the spec asks."""
    return {
        name + suffix: scores(run.model, run.data, name, run.precision, mirrored)
        for name in run.data.splits
        for suffix, mirrored in (("", False), ("_mirrored", True))[: 1 + run.spec["test_time_mirror"]]
    }


def _better(row: dict, best: dict | None) -> bool:
    """Higher validation accuracy, then lower validation loss; of equals the earlier one stays."""

    def rank(r: dict) -> tuple[float, float]:
        return r["validation_accuracy"], -r["validation_loss"]

    return best is None or rank(row) > rank(best)


def _train_epoch(run: Run, state: State, bar: tqdm, keep: Checkpoints, log: logging.Logger) -> dict:
    """What is left of a pass over the training images: its row of the history, as far as training goes."""
    state.clock.epoch.start()
    run.train_mode()
    done = run.steps - len(state.history) * run.epoch_steps
    for index in batches(run.train_index, run.spec["batch_size"], run.shuffling)[done:]:
        state.sums += _step(run, index, _rate(run, run.steps))
        run.steps += 1
        bar.update()
        _keep(run, state, keep, log)
    loss, accuracy = (state.sums / len(run.train_index)).tolist()
    state.clock.epoch.stop()
    return {"train_loss": loss, "train_accuracy": accuracy, "learning_rate": _rate(run, run.steps - 1)}


def _rate(run: Run, step: int) -> float:
    """The learning rate of a step, counted from 0."""
    return run.spec["optimiser"]["learning_rate"] * schedules.factor(run.spec["schedule"], step / run.total_steps)


def _keep(run: Run, state: State, keep: Checkpoints, log: logging.Logger) -> None:
    """Write a checkpoint where one is due, or before training ends because somebody wishes it."""
    if keep.stop.wished or keep.due():
        keep.write(partial(capture, run, state), log)
    if keep.stop.wished:
        epoch = ceil(run.steps / run.epoch_steps)
        keep.stop.obey(f" at epoch {epoch}/{run.spec['epochs']}")


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
    quiet = {"delay": 5, "mininterval": 10}
    return tqdm(total=run.total_steps, initial=run.steps, bar_format=form, ascii=True, file=sys.stderr, **quiet)


def _line(row: dict, clock: Clock, epochs: int) -> str:
    parts = [
        f"{name} loss {row[f'{name}_loss']:.4f} accuracy {row[f'{name}_accuracy']:.2%}"
        for name in ("train", "validation", "test")
        if f"{name}_loss" in row
    ]
    speed = f"{clock.epochs[-1]['images_per_second']:.0f} images/s"
    left = clock.whole.read() / row["epoch"] * (epochs - row["epoch"])
    return f"epoch {row['epoch']}/{epochs}: {', '.join(parts)}; {speed}, {left / 60:.1f} min left"
