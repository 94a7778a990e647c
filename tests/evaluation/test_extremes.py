import numpy as np

from cnnatlas.evaluation.extremes import extremes
from cnnatlas.evaluation.scores import Scored

CLASSES = ["cat", "dog", "owl"]
IDS = [f"photo/{i}" for i in range(20)]


def scored(rows):
    """Rows of (index, label, prediction, score)."""
    scores = np.zeros((len(rows), 3), np.float32)
    for i, (_, _, prediction, score) in enumerate(rows):
        scores[i] = (1 - score) / 2
        scores[i, prediction] = score
    index, label = (np.array([row[k] for row in rows], dtype=np.int64) for k in (0, 1))
    return Scored(index, label, scores)


def picked(rows, kind, name):
    return [row["index"] for row in rows if (row["kind"], row["class"]) == (kind, name)]


def test_most_confident_first_and_no_more_than_k():
    split = scored([(i, 0, 0, 0.5 + i / 100) for i in range(8)])
    rows = extremes(split, IDS, CLASSES)
    assert picked(rows, "right", "cat") == [7, 6, 5, 4, 3]
    assert [row["rank"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[0]["id"] == "photo/7"
    assert np.isclose(rows[0]["score"], 0.57)


def test_ties_go_to_the_lower_index_in_any_order():
    split = scored([(9, 0, 0, 0.8), (2, 0, 0, 0.8), (5, 0, 0, 0.8)])
    assert picked(extremes(split, IDS, CLASSES, k=2), "right", "cat") == [2, 5]


def test_mistakes_stand_under_their_true_class():
    split = scored([(0, 1, 0, 0.9), (1, 1, 2, 0.95), (2, 0, 0, 0.99)])
    rows = extremes(split, IDS, CLASSES)
    assert picked(rows, "wrong", "dog") == [1, 0]
    assert [row["prediction"] for row in rows if row["kind"] == "wrong"] == ["owl", "cat"]
    assert picked(rows, "wrong", "cat") == []


def test_few_mistakes_give_few_rows_and_a_perfect_classifier_none():
    split = scored([(i, i % 3, i % 3, 0.9) for i in range(9)])
    rows = extremes(split, IDS, CLASSES)
    assert len(rows) == 9
    assert not [row for row in rows if row["kind"] == "wrong"]


def test_order_of_images_does_not_matter():
    rng = np.random.default_rng(0)
    images = [(i, int(rng.integers(3)), int(rng.integers(3)), float(rng.choice([0.6, 0.7, 0.8]))) for i in range(20)]
    mixed = [images[i] for i in rng.permutation(20)]
    assert extremes(scored(images), IDS, CLASSES) == extremes(scored(mixed), IDS, CLASSES)
