"""The whole audit of one data set."""

from collections.abc import Mapping, Sequence

import numpy as np

from cnnatlas.audit import duplicates, label_errors
from cnnatlas.audit.composition import composition
from cnnatlas.evaluation.scores import Scored


def audit(
    images: np.ndarray,
    items: Sequence[Mapping[str, str]],
    record: Mapping,
    split: Mapping[str, np.ndarray],
    features: np.ndarray | None,
    scored: Mapping[str, Scored] | None,
) -> tuple[dict, list[dict], list[dict]]:
    """The audit, the rows of pairs.csv and those of label_errors.csv.

    images (n, H, W, 3) uint8; items, record, split as prepared. Without features (n, d) the search is by pixels alone
    and no labels are judged; without the network's scores there is no accuracy to split.
    """
    labels = np.array([int(item["label"]) for item in items])
    search = duplicates.Duplicates(images, features)
    pairs = duplicates.rows(search, items, split)
    result = {
        "composition": composition(items, record, split),
        "duplicates": duplicates.summary(search, pairs, labels, split),
        "accuracy": None,
        "label_errors": None,
    }
    partition = [item["partition"] for item in items]
    if "test" in partition:
        result["duplicates"]["upstream"] = duplicates.upstream(pairs, partition)
    if scored is not None:
        last = list(split)[-1]  # test where there is one, else validation
        result["accuracy"] = duplicates.accuracies(scored, last, pairs)
    if features is None:
        return result, pairs, []
    groups = np.array([int(item["group"]) for item in items])
    probabilities = label_errors.out_of_fold(features, labels, groups)
    errors = label_errors.rows(probabilities, labels, items, split)
    result["label_errors"] = label_errors.summary(errors, probabilities, labels, split) | {
        "calibration": label_errors.calibration(features, labels, groups, split)
    }
    return result, pairs, errors
