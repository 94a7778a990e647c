"""The training loop: a spec, a seed and arrays in; weights, history, scores and a record out."""

import logging
import sys
from collections.abc import Callable, Mapping
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
from cnnatlas.training import environment
from cnnatlas.training import precision as precisions
from cnnatlas.training.checkpoints import Checkpoints, identity
from cnnatlas.training.clock import Clock
from cnnatlas.training.data import batches, resized, to_device
from cnnatlas.training.out_of_memory import out_of_memory_explained
from cnnatlas.training.run import Run
from cnnatlas.training.scoring import evaluate, scores
from cnnatlas.training.state import State, capture, initial_state, restore
from cnnatlas.training.steps import steps


@dataclass(frozen=True)
class Result:
    """The results of a training: the chosen classifier, a row per epoch, scores per split, a record, and its times."""

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
    initial_weights: Mapping[str, Path | str] | None = None,
    checkpoints: Checkpoints | None = None,
) -> Result:
    """Train the network of a resolved spec.

    `images` (N, H, H, 3) uint8, `labels` (N,), `split` index arrays train, validation and perhaps test;
    `initial_weights` the files of the `base` or of the whole network (`start`), by default random weights. Training
    loss and accuracy of the history are running means over the epoch, of augmented images while the weights change, as
    is usual; validation and test are measured after each epoch on plain images, in the training's precision. Losses are
    cross-entropies with the labels, or their mixture where images are mixed, without label smoothing and L1 term: what
    is minimised has these. The final scores are computed in float32; those of `train` are of the images trained on,
    whose indices are `train_indices` where they are a part of that split. The test split is used once, after the
    weights are chosen, unless the spec has `test_each_epoch`. Where the loss becomes infinite or NaN, training ends:
    with an AtlasError or, with `allow_divergence` in the spec, with the weights and the history of the epochs before.

    With `checkpoints`, an interrupted training resumes from its newest valid checkpoint, to the same bits as one that
    was never interrupted; SIGTERM and SIGINT end it with a checkpoint and Stopped.
    """
    clock = Clock()
    clock.whole.start()
    devices.keep_freed_memory()
    device = devices.choose(spec["device"])
    precision = precisions.choose(device)
    checkpoints = checkpoints or Checkpoints(None)
    initial_weights = initial_weights or {}
    log.info("%s on %s: %s", spec["architecture"]["name"], device, precision.rule)
    with devices.reproducible(spec["threads"]), out_of_memory_explained(spec), checkpoints.listening():
        where = {"precision": precision.record(), "environment": environment.record(device)}
        arrays = {"images": images, "labels": labels, **split}
        whole = {**spec, "classes": classes}
        checkpoints.identify = partial(identity, whole, seed, arrays, initial_weights, checkpoints.sources, where)
        data = to_device(resized(images, spec["resolution"]), labels, split, device)
        run = Run(spec, seed, data, classes, precision, initial_weights)
        state = _new_or_resumed(run, clock, checkpoints, log)
        with checkpoints.stop_request.deferred():
            diverged = _epochs(run, state, checkpoints, log)
        result = _all_scores(run)
    record = _record(run, state) | {"seed": seed, "diverged": diverged, **where}
    classifier = run.classifier.to("cpu", memory_format=torch.contiguous_format)
    return Result(classifier, state.history, result, record, clock.record())


def _record(run: Run, state: State) -> dict:
    """What was trained, for how many epochs, which epoch was chosen, and whether images and labels were mixed."""
    return {
        "spec": run.spec,
        "mixed_targets": run.augmentation.mixes,
        "best_epoch": state.chosen,
        "epochs": len(state.history),
        "parameters": sum(p.numel() for p in run.classifier.parameters()),
        "trained_parameters": sum(p.numel() for p in run.classifier.parameters() if p.requires_grad),
    }


def _new_or_resumed(run: Run, clock: Clock, checkpoints: Checkpoints, log: logging.Logger) -> State:
    """The state before the first step, or that of the newest valid checkpoint, to which the run is then restored."""
    state = initial_state(run, clock)
    checkpoint = checkpoints.newest(log)
    if checkpoint:
        restore(run, state, *checkpoint)
        done = f"{len(state.history)} of {run.spec['epochs']} epochs and {run.steps} of {run.total_steps} steps"
        log.info("resuming from a checkpoint: %s are done", done)
    return state


def _epochs(run: Run, state: State, checkpoints: Checkpoints, log: logging.Logger) -> int | None:
    """Train the remaining epochs and put the chosen weights into the classifier.

    Returns the epoch that diverged, if any.
    """
    diverged, take_step = None, steps(run, log)
    with _bar(run) as bar:
        while len(state.history) < run.spec["epochs"]:
            epoch = len(state.history) + 1
            row = {"epoch": epoch} | _train_epoch(run, state, take_step, bar, checkpoints, log) | _evaluations(run)
            if not _finite(row, run.spec):
                diverged = epoch
                log.info(
                    "epoch %d: the loss is no longer finite; the weights of epoch %d are kept", epoch, state.chosen
                )
                break
            _end_epoch(run, state, row)
            log.info(_line(row, state.clock, run.spec["epochs"]))
            _checkpoint(run, state, checkpoints, log)
    if state.kept:
        run.set_weights(state.kept)
    return diverged


def _end_epoch(run: Run, state: State, row: dict) -> None:
    """Add an epoch to the history, and keep its weights if it is the best so far."""
    state.history.append(row)
    if run.spec["select_epoch"] == "last" or _better(row, state.history[state.chosen - 1] if state.chosen else None):
        state.chosen = row["epoch"]
        if run.spec["select_epoch"] == "best" or run.spec["allow_divergence"]:
            state.kept = run.snapshot()
    state.end_epoch(run)


def _all_scores(run: Run) -> dict[str, np.ndarray]:
    """The chosen weights' scores on every split; with `test_time_mirror`, of those not trained on averaged as well."""
    splits = run.images.splits | {"train": run.train_index}
    found = {"train_indices": run.train_index.cpu().numpy()} if run.spec["train_images"] else {}
    for name, index in splits.items():
        mirror = run.spec["test_time_mirror"] and name != "train"
        plain, mirrored = scores(run.classifier, run.images, index, run.precision.memory_format, mirror)
        found |= {name: plain} | ({f"{name}_mirrored": mirrored} if mirrored is not None else {})
    return found


def _better(row: dict, best: dict | None) -> bool:
    """Higher validation accuracy, then lower validation loss; of equal epochs the earlier one."""

    def rank(r: dict) -> tuple[float, float]:
        return r["validation_accuracy"], -r["validation_loss"]

    return best is None or rank(row) > rank(best)


def _train_epoch(
    run: Run,
    state: State,
    take_step: Callable[[Tensor], Tensor],
    bar: tqdm,
    checkpoints: Checkpoints,
    log: logging.Logger,
) -> dict:
    """The rest of a pass over the training images: the training part of its row of the history."""
    state.clock.epoch.start()
    run.train_mode()
    done = run.steps - len(state.history) * run.epoch_steps
    for index in batches(run.train_index, run.spec["batch_size"], run.shuffling)[done:]:
        state.sums += take_step(index)
        run.steps += 1
        run.lookahead.step(run.steps, run.total_steps)
        bar.update()
        _checkpoint(run, state, checkpoints, log)
    loss, accuracy = (state.sums / len(run.train_index)).tolist()
    state.clock.epoch.stop()
    return {"train_loss": loss, "train_accuracy": accuracy, "learning_rate": run.rate(run.steps - 1)}


def _checkpoint(run: Run, state: State, checkpoints: Checkpoints, log: logging.Logger) -> None:
    """Write a checkpoint where one is due, or before training ends on a stop request."""
    request = checkpoints.stop_request
    if request.signal or checkpoints.due():
        checkpoints.write(partial(capture, run, state), log)
    if request.signal:
        epoch = ceil(run.steps / run.epoch_steps)
        request.end_training(f" at epoch {epoch}/{run.spec['epochs']}")


def _evaluations(run: Run) -> dict:
    names = ["validation", *(["test"] if run.spec["test_each_epoch"] and "test" in run.data.splits else [])]
    row = {}
    for name in names:
        loss, accuracy = evaluate(run.model, run.data, name, run.targets, run.precision)
        row |= {f"{name}_loss": loss, f"{name}_accuracy": accuracy}
    return row


def _finite(row: dict, spec: dict) -> bool:
    """Whether the losses are finite; raises AtlasError if not, unless the spec has `allow_divergence`."""
    bad = [key for key in ("train_loss", "validation_loss") if not isfinite(row[key])]
    if bad and not spec["allow_divergence"]:
        raise AtlasError(
            f"optimiser.learning_rate: with {spec['optimiser']['learning_rate']:g} the training of "
            f"{spec['architecture']['name']} diverged in epoch {row['epoch']} ({bad[0]} {row[bad[0]]}); lower it"
        )
    return not bad


def _bar(run: Run) -> tqdm:
    """A progress bar over all batches of the run; each update is a line, since it is written to a log file."""
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
