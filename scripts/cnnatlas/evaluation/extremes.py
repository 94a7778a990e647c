"""The most confident correct and wrong predictions for each true class (D1.2, D1.3)."""

from collections.abc import Sequence

import numpy as np

from cnnatlas.evaluation.scores import Scored

COLUMNS = ("kind", "class", "rank", "index", "id", "prediction", "score")


def extremes(split: Scored, ids: Sequence[str], classes: Sequence[str], k: int = 5) -> list[dict]:
    """The `k` most confident correct and `k` most confident wrong predictions for each true class, by softmax score.

    `ids` name all images of the data set, `classes` its classes. Equal scores: lower index first. A class with fewer
    than k such images has fewer rows. One row per image under COLUMNS, ordered by kind (right, wrong), class and rank
    (from 1); `class` and `prediction` are names.
    """
    predictions, correct = split.predictions, split.correct
    confidence = split.scores[np.arange(len(predictions)), predictions]
    order = np.lexsort((split.indices, -confidence))
    rows = []
    for kind, wanted in (("right", correct), ("wrong", ~correct)):
        for label, name in enumerate(classes):
            chosen = order[wanted[order] & (split.labels[order] == label)][:k]
            rows += [
                {
                    "kind": kind,
                    "class": name,
                    "rank": rank,
                    "index": int(split.indices[i]),
                    "id": ids[split.indices[i]],
                    "prediction": classes[predictions[i]],
                    "score": float(confidence[i]),
                }
                for rank, i in enumerate(chosen, 1)
            ]
    return rows
