"""What a trained network answered for every image, as a table."""

from collections.abc import Iterator, Mapping, Sequence

from cnnatlas.evaluation.scores import Scored

COLUMNS = ("split", "index", "id", "label", "prediction", "correct", "label_score", "prediction_score")


def rows(splits: Mapping[str, Scored], ids: Sequence[str], classes: Sequence[str]) -> Iterator[dict]:
    """A row under COLUMNS for each image of each split, in the order of the split.

    `ids` name all images of the data set, `classes` its classes; `index` points into images.npy and items.csv, `label`
    and `prediction` are classes' names, both scores softmax scores, and `correct` is 1 or 0.
    """
    for name, split in splits.items():
        for index, label, prediction, scores in zip(
            split.indices, split.labels, split.predictions, split.scores, strict=True
        ):
            yield {
                "split": name,
                "index": int(index),
                "id": ids[index],
                "label": classes[label],
                "prediction": classes[prediction],
                "correct": int(label == prediction),
                "label_score": float(scores[label]),
                "prediction_score": float(scores[prediction]),
            }
