"""All accuracies of a run as one table: a row for each variant, seed and split."""

from collections.abc import Iterator, Mapping

from cnnatlas.data.split import SPLITS
from cnnatlas.evaluation import markers

COLUMNS = (
    *("study", "variant", "title", "dataset", "seed", "split"),
    *("images", "correct", "accuracy", "low", "high", "balanced_accuracy", "mirrored_accuracy", "loss", "non_finite"),
    *("parameters", "trained_parameters", "multiply_adds", "epochs", "best_epoch", "diverged", "flags"),
    *("device", "device_name"),
)
MEASURED = {"images": "n", **{key: key for key in ("correct", "accuracy", "balanced_accuracy", "loss", "non_finite")}}


def rows(named: Mapping[str, object], metrics: Mapping, training: Mapping, architecture: Mapping) -> Iterator[dict]:
    """The rows of one training under COLUMNS, by split: training first.

    `named` has study, variant, title and seed; the others are what its metrics.json, training.json and
    architecture.json hold. Accuracies and the ends of Wilson's 95 % interval are shares, losses in nats; a split
    without images, or a network that diverged, leaves fields None. Measured times are not among them: equal trainings
    give equal rows.
    """
    shared = {
        **named,
        "dataset": training["spec"]["dataset"],
        **{key: training[key] for key in ("parameters", "trained_parameters", "epochs", "best_epoch")},
        "multiply_adds": architecture["multiply_adds"],
        "diverged": training["diverged"],
        "flags": markers.names(metrics["flags"]),
        **{key: training["environment"][key] for key in ("device", "device_name")},
    }
    for split in SPLITS:
        if split in metrics:
            yield {**shared, "split": split, **_scores(metrics[split])}


def _scores(score: Mapping) -> dict:
    low, high = score["wilson"] or (None, None)
    mirrored = score.get("mirrored", {}).get("accuracy")
    return {name: score[key] for name, key in MEASURED.items()} | {
        "low": low,
        "high": high,
        "mirrored_accuracy": mirrored,
    }
