"""A study's trained networks, read from their files."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnatlas import tables
from cnnatlas.errors import damaged
from cnnatlas.evaluation import markers, scores
from cnnatlas.evaluation.scores import SPLITS, Scored
from cnnatlas.files import read_json


@dataclass(frozen=True)
class Run:
    """One training: what metrics.json, training.json, history.csv and scores.npz hold of it.

    The curves are accuracies per epoch, `training_losses` and `validation_losses` losses; a training that diverged has
    fewer, if any. `flags` are those of metrics.json (cnnatlas.evaluation.flags).
    """

    metrics: dict
    training: dict
    validation_curve: Sequence[float]
    splits: Mapping[str, Scored]
    training_curve: Sequence[float]
    flags: Sequence[Mapping[str, str]] = ()
    training_losses: Sequence[float] = ()
    validation_losses: Sequence[float] = ()


@dataclass(frozen=True)
class Variant:
    """One row of a study: its runs by seed. `prepared` is the side of its data set's images in pixels."""

    name: str
    title: str
    architecture: dict
    classes: Sequence[str]
    runs: Mapping[int, Run]
    prepared: int | None = None

    @property
    def spec(self) -> dict:
        """What it was trained by, the same for all seeds."""
        return self._first.training["spec"]

    @property
    def dataset(self) -> str:
        """The name of its data set."""
        return self.spec["dataset"]

    @property
    def training_images(self) -> int:
        """How many images it was trained on: those of the split, or fewer where the variant limits them."""
        return self.spec["train_images"] or self._first.metrics["train"]["n"]

    @property
    def resolution(self) -> int | None:
        """The side of its input images in pixels, None where only the data set knows it."""
        return self.spec["resolution"] or self.prepared

    @property
    def splits(self) -> list[str]:
        """The splits that it was evaluated on, training first."""
        return [split for split in SPLITS if split in self._first.metrics]

    @property
    def flags(self) -> list[dict]:
        """Those of its trainings, as `markers.of_seeds` sums them up."""
        return markers.of_seeds({seed: run.flags for seed, run in self.runs.items()})

    @property
    def diverged(self) -> int:
        """How many of its trainings diverged, and are scored with the last finite weights."""
        return sum(run.training.get("diverged") is not None for run in self.runs.values())

    @property
    def _first(self) -> Run:
        return next(iter(self.runs.values()))


def read(variants: Sequence[Mapping], files: Mapping[str, Sequence[Path | str]]) -> dict[str, Variant]:
    """Read all variants, given as {name, title, seeds} in order.

    `files` lists, in the order of variants and their seeds, `metrics`, `training`, `history` and `scores`, and, one per
    variant, `architecture`, `split`, `labels` and `dataset`. Raises AtlasError, naming the file, where one is damaged.
    """
    each = [dict(zip(files, paths, strict=True)) for paths in zip(*_by_variant(variants, files), strict=True)]
    return {v["name"]: _variant(v, paths) for v, paths in zip(variants, each, strict=True)}


def _by_variant(variants: Sequence[Mapping], files: Mapping[str, Sequence]) -> list[list]:
    """For every kind of file its paths grouped by variant: a list of one per seed, or the one path."""
    grouped = []
    for kind, paths in files.items():
        remaining = iter(paths)
        per_seed = kind in ("metrics", "training", "history", "scores")
        grouped.append([[next(remaining) for _ in v["seeds"]] if per_seed else next(remaining) for v in variants])
    return grouped


def _variant(variant: Mapping, paths: Mapping) -> Variant:
    runs = {seed: _run({kind: _of_seed(paths[kind], i) for kind in paths}) for i, seed in enumerate(variant["seeds"])}
    dataset = read_json(paths["dataset"])
    architecture = read_json(paths["architecture"])
    return Variant(variant["name"], variant["title"], architecture, dataset["classes"], runs, max(dataset["size"]))


def _of_seed(paths: list | Path | str, i: int) -> Path | str:
    return paths[i] if isinstance(paths, list) else paths


def _run(paths: Mapping[str, Path | str]) -> Run:
    history, metrics = tables.read(paths["history"]), read_json(paths["metrics"])
    training = read_json(paths["training"])
    if len(history) != training["epochs"]:
        raise damaged(paths["history"], f"{len(history)} of the {training['epochs']} epochs")
    return Run(
        metrics=metrics,
        training=training,
        validation_curve=[float(line["validation_accuracy"]) for line in history],
        splits=scores.read(paths["scores"], paths["split"], paths["labels"]),
        training_curve=[float(line["train_accuracy"]) for line in history],
        flags=metrics["flags"],
        training_losses=[float(line["train_loss"]) for line in history],
        validation_losses=[float(line["validation_loss"]) for line in history],
    )
