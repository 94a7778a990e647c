"""The work of trainings: multiply-adds and steps, counted from their resolved specs.

A step's forward pass takes the network's multiply-adds (its convolutions and dense layers) for every image, its
backward pass twice that; validation, and the scores of all splits at the end, one forward pass. Images of growing size
(`progressive`) count by their area. A frozen base is passed forward alone: where it sees every image unchanged, once
for all images of the data set, however many are trained on, before the scores at the end; backward passes that end at
a frozen block count in full, so there the count is an upper bound.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

from cnnatlas.checks.stated import stated_at
from cnnatlas.configuration.studies import Atlas
from cnnatlas.costs import rates
from cnnatlas.data import image_files
from cnnatlas.errors import AtlasError
from cnnatlas.training import progressive

PASSES = 3  # of a training step, in forward passes: one forward, and the gradients of inputs and of weights


@dataclass(frozen=True)
class Training:
    """What one training of a variant takes; `parameters` are those of its network."""

    variant: str
    multiply_adds: int
    steps: int
    parameters: int = 0


def training(variant: str, spec: Mapping, images: Sequence[int], per_image: int, parameters: int = 0) -> Training:
    """The work of one training whose network takes `per_image` multiply-adds, on (train, validation, test) images."""
    train, validation, test = images
    train = min(train, spec["train_images"] or train)
    scored = train + (validation + test) * (1 + spec["test_time_mirror"])
    head = spec["trainable"] == "head"
    if head and not spec["augmentation"] and spec["progressive"] == 1:
        passes = sum(images) + scored
    else:
        trained = (1 if head else PASSES) * progressive.mean_area(spec["progressive"]) * train
        passes = spec["epochs"] * (trained + validation + test * spec["test_each_epoch"]) + scored
    steps = spec["epochs"] * ceil(train / spec["batch_size"])
    return Training(variant, round(per_image * passes), steps, parameters)


def images(atlas: Atlas, collection: str) -> dict[str, list[int]]:
    """By data set, the images of its training, validation and test splits: as measured, or those of a folder.

    Raises AtlasError for an archive whose images nobody has counted.
    """
    return {name: _images(name, entry, collection) for name, entry in atlas.datasets.items()}


def _images(name: str, entry: Mapping, collection: str) -> list[int]:
    known = rates.measured()["images"][collection]
    if "folder" not in entry and name not in known:
        raise AtlasError(f"{rates.FILE.name}: `images: {collection}:` does not say how many images data set `{name}` "
                         f"has; add `{name}: [training, validation, test]`")  # fmt: skip
    if name in known:
        return known[name]
    count, shares = len(image_files.listed(Path(entry["folder"]))[0]), entry["split"]["shares"]
    return [count * shares.get(part, 0) // sum(shares.values()) for part in ("train", "validation", "test")]


def trainings(atlas: Atlas, collection: str, counted: Mapping[str, int] | None = None) -> dict[str, Training]:
    """The work of one training of each variant of a run.

    By the multiply-adds of one image as already `counted`, then without parameters, or else by building all networks.
    """
    counts = images(atlas, collection)
    sizes = dict(_sizes(atlas)) if counted is None else {name: (count, 0) for name, count in counted.items()}
    return {name: training(name, atlas.specs[name], counts[atlas.specs[name]["dataset"]], *sizes[name])
            for name in atlas.specs.keys() & sizes.keys()}  # fmt: skip


def _sizes(atlas: Atlas) -> Iterator[tuple[str, tuple[int, int]]]:
    """Multiply-adds per image and parameters of each variant's network."""
    known: dict[str, tuple[int, int]] = {}
    for variant, spec in atlas.specs.items():
        key = json.dumps([spec["architecture"], *_shape(atlas, spec)])
        if key not in known:
            found = described(atlas, variant)
            known[key] = found["multiply_adds"], found["parameters"]
        yield variant, known[key]


def described(atlas: Atlas, variant: str) -> dict:
    """What architectures.describe says of a variant's network, which is built without memory or time.

    Raises AtlasError, with file and line, where it cannot be built or does not take its images.
    """
    import torch  # seconds, which the console and a wrong configuration do not wait for

    from cnnatlas.architectures.describe import describe
    from cnnatlas.architectures.registry import build

    spec = atlas.specs[variant]
    classes, size = _shape(atlas, spec)
    name, where = spec["architecture"]["name"], atlas.levels.stated(variant, ["architecture"])["architecture"]
    with stated_at(where, f"variant `{variant}`"):
        with torch.device("meta"):
            network = build(spec["architecture"], classes, size)
        try:
            return describe(network, size)
        except (RuntimeError, ValueError) as error:
            raise AtlasError(f"architecture {name}: does not run on images of {size} pixels: {error}") from error


def _shape(atlas: Atlas, spec: Mapping) -> tuple[int, int]:
    """How many classes a variant's images have, and how many pixels a side."""
    dataset = atlas.datasets[spec["dataset"]]
    return dataset["classes"], spec["resolution"] or dataset["size"]
