"""Writing the results of a training."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from safetensors.torch import save_file

from cnnatlas.architectures.weights import DESCRIPTION
from cnnatlas.files import remove_leftovers, replacing, write_json
from cnnatlas.training.loop import Result

COLUMNS = (
    "epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy",
    "learning_rate",
)  # fmt: skip
OPTIONAL = {"test_loss", "test_accuracy"}


def save(
    result: Result,
    dataset: Mapping,
    weights: Path | str,
    history: Path | str,
    scores: Path | str,
    training: Path | str,
    timing: Path | str,
) -> None:
    """Write weights (safetensors), history (CSV), scores (NPZ, compressed), the record and the times (JSON).

    `dataset` is the dataset.json of the images trained on: the weights carry what is needed to use them. Only the times
    differ between equal trainings.
    """
    remove_leftovers(Path(weights).parent)
    with replacing(weights) as temporary:
        tensors = {key: value.contiguous() for key, value in result.classifier.state_dict().items()}
        text = json.dumps(description(result, dataset), sort_keys=True, ensure_ascii=False)
        save_file(tensors, temporary, metadata={DESCRIPTION: text})
    columns = [c for c in COLUMNS if c not in OPTIONAL or any(c in row for row in result.history)]
    with replacing(history) as temporary, temporary.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(result.history)
    with replacing(scores) as temporary:
        np.savez_compressed(temporary, **result.scores)
    write_json(training, result.record)
    write_json(timing, result.timing)


def description(result: Result, dataset: Mapping) -> dict:
    """What is needed to use a network beside its tensors: its classes in order, and how images become its input.

    An image is scaled to a square of `prepared` pixels, as a whole where `squashed`, else its middle; then to `size`.
    The network itself subtracts `mean` and divides by `std`, both of values in [0, 1].
    """
    normalise, spec = result.classifier.normalise, result.record["spec"]
    return {
        "classes": list(dataset["classes"]),
        "preprocessing": {
            "prepared": dataset["size"][0],
            "size": spec["resolution"] or dataset["size"][0],
            "squashed": dataset["squashed"],
            "mean": normalise.mean.flatten().tolist(),
            "std": normalise.std.flatten().tolist(),
        },
        "seed": result.record["seed"],
        "spec": spec,
    }
