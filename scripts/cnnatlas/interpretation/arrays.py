"""How the arrays that a method saved are read: which of them are layers, units or scales."""

from collections.abc import Mapping

import numpy as np

Arrays = Mapping[str, np.ndarray]


def layers(arrays: Arrays) -> list[str]:
    """The layers among the arrays of feature_maps or filters, in the order in which they run."""
    return [name for name in arrays if name != "images"]


def layer(arrays: Arrays, figure: str) -> str | None:
    """The layer that a figure of this name shows, "layer1" being the first; None where there are not so many."""
    names, number = layers(arrays), int(figure.removeprefix("layer"))
    return names[number - 1] if number <= len(names) else None


def named(layer: str) -> str:
    """A layer as the tables of a network's layers name it."""
    return layer.removeprefix("network.")


def maximised(arrays: Arrays) -> list[str]:
    """The layers among the arrays of activation_maximisation, in the order in which they were given, then "classes"."""
    return [name for name in arrays if f"{name}_reached" in arrays]


def scales(record: Mapping) -> list[float]:
    """By how much `response` enlarged the images: scale k has the array "response_{k}"."""
    return record["options"].get("scales", [1.0])
