"""The work of trainings: multiply-adds and steps, counted from their resolved specs.

A step's forward pass takes the network's multiply-adds (its convolutions and dense layers) for every image, its
backward pass twice that; validation, and the scores of all splits at the end, one forward pass. Images of growing size
(`progressive`) count by their area. A frozen base is passed forward alone: where it sees every image unchanged, once
for all images of the data set, however many are trained on, before the scores at the end; backward passes that end at
a frozen block count in full, so there the count is an upper bound.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from cnnatlas.configuration.studies import Atlas
from cnnatlas.costs import rates
from cnnatlas.data import image_files
from cnnatlas.errors import AtlasError
from cnnatlas.training import progressive

if TYPE_CHECKING:
    from cnnatlas.costs.sizes import Size

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
    known = {name: (count, 0) for name, count in (counted or {}).items()}
    if counted is None:
        known = {name: (size.multiply_adds, size.parameters) for name, size in sizes(atlas, atlas.specs).items()}
    return {name: training(name, atlas.specs[name], counts[atlas.specs[name]["dataset"]], *known[name])
            for name in atlas.specs.keys() & known.keys()}  # fmt: skip


def sizes(atlas: Atlas, variants: Iterable[str]) -> dict[str, "Size"]:
    """How large the networks of variants are. Raises AtlasError, with file and line, for one that cannot be built."""
    from cnnatlas.costs.sizes import sizes as counted  # torch: the console and a wrong configuration do not wait for it

    networks = {name: (atlas.specs[name]["architecture"], *_shape(atlas, atlas.specs[name])) for name in variants}
    return counted(networks, lambda name: atlas.levels.stated(name, ["architecture"])["architecture"])


def _shape(atlas: Atlas, spec: Mapping) -> tuple[int, int]:
    """How many classes a variant's images have, and how many pixels a side."""
    dataset = atlas.datasets[spec["dataset"]]
    return dataset["classes"], spec["resolution"] or dataset["size"]
