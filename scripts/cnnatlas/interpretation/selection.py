"""Which images a method is applied to, and for which classes: the rows of its arrays."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from torch import nn

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.hooks import prepared, untouched

BATCH = 64


def chosen(
    images: Mapping, table: Sequence[Mapping[str, str]], validation: np.ndarray, extremes: Sequence[Mapping[str, str]]
) -> np.ndarray:
    """Indices of the images that `images` selects (config/interpretation.yaml), each once, in the order of the rows.

    `table` is items.csv, `validation` the split's indices, `extremes` the rows of extremes.csv. Raises AtlasError for
    an id that the data set does not contain.
    """
    if "sample" in images:
        evenly = np.linspace(0, len(validation) - 1, min(images["sample"], len(validation))).round().astype(int)
        return validation[evenly]
    if "ids" in images:
        known = {row["id"]: i for i, row in enumerate(table)}
        for name in images["ids"]:
            if name not in known:
                raise AtlasError(f"images.ids: the data set has no image `{name}`; ids look like `{next(iter(known))}`")
        return np.array([known[name] for name in images["ids"]])
    return np.array([int(row["index"]) for row in extremes if int(row["rank"]) <= images["extremes"]])


def softmax_scores(network: nn.Module, images: np.ndarray) -> np.ndarray:
    """Softmax scores (N, classes) float32 of uint8 images (N, H, W, 3), as plain float32 arithmetic gives them."""
    with untouched(network), torch.inference_mode():
        parts = [network(part).softmax(1) for part in prepared(network, images).split(BATCH)]
    return torch.cat(parts).cpu().numpy()


def requested(targets: Mapping | str, scores: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows (image, class) of the `targets` in config/interpretation.yaml: two index arrays.

    `scores` (N, C) are those of the images. `predicted`: the top-1 class of each; {top: k}: the k most probable;
    {others: k}: k classes spread evenly over all but the top-1 class, and away from its neighbours: ImageNet lists
    similar classes one after another.
    """
    ranked = np.argsort(-scores, axis=1, kind="stable")
    if targets == "predicted":
        return np.arange(len(scores)), ranked[:, 0]
    if "top" in targets:
        wanted = ranked[:, : targets["top"]]
    else:
        classes = scores.shape[1]
        steps = 1 + (2 * np.arange(targets["others"]) + 1) * (classes - 1) // (2 * targets["others"])
        wanted = (ranked[:, :1] + steps) % classes
    return np.repeat(np.arange(len(scores)), wanted.shape[1]), wanted.ravel()


def described(
    rows: Sequence[tuple[int, int]], index: np.ndarray, table: Sequence[Mapping[str, str]],
    split: Mapping[str, np.ndarray], scores: np.ndarray, classes: Sequence[str],
) -> list[dict]:  # fmt: skip
    """The record of each row (image, target class): id, true class, prediction, scores, and the split it is in."""
    found = []
    for image, target in rows:
        item, prediction = table[index[image]], int(scores[image].argmax())
        found.append(
            {
                "class": item["class"],
                "id": item["id"],
                "index": int(index[image]),
                "prediction": classes[prediction],
                "score": float(scores[image, prediction]),
                "split": next(name for name, members in split.items() if index[image] in members),
                "target": classes[target],
                "target_score": float(scores[image, target]),
            }
        )
    return found
