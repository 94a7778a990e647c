"""How large networks are, counted on torch's meta device: without memory or time."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import torch

from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build
from cnnatlas.checks.stated import stated_at
from cnnatlas.errors import AtlasError

Network = tuple[dict, int, int]  # its architecture, how many classes there are, and pixels of a side of its images


@dataclass(frozen=True)
class Size:
    """Multiply-adds of one image, in convolutions and dense layers, and parameters."""

    multiply_adds: int
    parameters: int


def sizes(networks: Mapping[str, Network], where: Callable[[str], str]) -> dict[str, Size]:
    """The size of each variant's network; equal ones are built once.

    Raises AtlasError, beginning with `where` a variant states its architecture, if that cannot be built or does not
    take its images.
    """
    known: dict[str, Size] = {}
    kinds = {name: json.dumps(network) for name, network in networks.items()}
    for name, kind in kinds.items():
        if kind not in known:
            with stated_at(where(name), f"variant `{name}`"):
                known[kind] = _size(*networks[name])
    return {name: known[kind] for name, kind in kinds.items()}


def _size(architecture: dict, classes: int, size: int) -> Size:
    with torch.device("meta"):
        network = build(architecture, classes, size)
    try:
        found = describe(network, size)
    except (RuntimeError, ValueError) as error:
        raise AtlasError(
            f"architecture {architecture['name']}: does not run on images of {size} pixels: {error}"
        ) from error
    return Size(found["multiply_adds"], found["parameters"])
