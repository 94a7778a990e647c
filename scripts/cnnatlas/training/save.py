"""Writing the results of a training."""

import csv
from pathlib import Path

import numpy as np
from safetensors.torch import save_file

from cnnatlas.files import remove_leftovers, replacing, write_json
from cnnatlas.training.loop import Result

COLUMNS = (
    "epoch", "train_loss", "train_accuracy", "validation_loss", "validation_accuracy", "test_loss", "test_accuracy",
    "learning_rate",
)  # fmt: skip
OPTIONAL = {"test_loss", "test_accuracy"}


def save(
    result: Result,
    weights: Path | str,
    history: Path | str,
    scores: Path | str,
    training: Path | str,
    timing: Path | str,
) -> None:
    """Write weights (safetensors), history (CSV), scores (NPZ, compressed), the record and the times (JSON).

    Only the times differ between equal trainings.
    """
    remove_leftovers(Path(weights).parent)
    with replacing(weights) as temporary:
        save_file({key: value.contiguous() for key, value in result.classifier.state_dict().items()}, temporary)
    columns = [c for c in COLUMNS if c not in OPTIONAL or any(c in row for row in result.history)]
    with replacing(history) as temporary, temporary.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        writer.writerows(result.history)
    with replacing(scores) as temporary:
        np.savez_compressed(temporary, **result.scores)
    write_json(training, result.record)
    write_json(timing, result.timing)
