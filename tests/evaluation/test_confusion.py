import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.metrics import confusion_matrix

from cnnatlas.evaluation import confusion

CLASSES = 10


def pattern(seed, accuracy, classes=CLASSES):
    """A confusion distribution whose mistakes fall on few classes."""
    matrix = np.random.default_rng(seed).dirichlet(np.full(classes, 0.3), classes)
    np.fill_diagonal(matrix, 0)
    return matrix / matrix.sum(1, keepdims=True) * (1 - accuracy) + accuracy * np.eye(classes)


def sample(distribution, per_class, seed):
    rng = np.random.default_rng(seed)
    return np.stack([rng.multinomial(per_class, row) for row in distribution])


def verdict(a, b):
    return confusion.compare(a, b, np.random.default_rng(0))["verdict"]


def test_counts_agree_with_sklearn():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(5, size=300), rng.integers(4, size=300)  # class 4 is never predicted
    assert np.array_equal(
        confusion.counts(labels, predictions, 6), confusion_matrix(labels, predictions, labels=range(6))
    )


def test_order_of_images_does_not_matter():
    rng = np.random.default_rng(0)
    labels, predictions = rng.integers(5, size=(2, 300))
    order = rng.permutation(300)
    assert np.array_equal(
        confusion.counts(labels, predictions, 5), confusion.counts(labels[order], predictions[order], 5)
    )


def test_normalised_rows_sum_to_one_and_empty_rows_to_zero():
    rows = confusion.normalise(np.array([[3, 1], [0, 0]]))
    assert np.array_equal(rows, [[0.75, 0.25], [0, 0]])


def test_distance_is_that_of_the_rows():
    a, b = np.eye(2), np.array([[0.0, 1.0], [0.5, 0.5]])
    assert confusion.distance(a, b) == 0.75
    assert confusion.distance(a, a) == 0


def test_correlation_agrees_with_scipy():
    rng = np.random.default_rng(0)
    a, b = rng.integers(6, size=(2, 1, 90))
    assert confusion.correlation(a, b)[0] == pytest.approx(spearmanr(a[0], b[0]).statistic)
    assert np.isnan(confusion.correlation(a, np.ones((1, 90)))[0])


def test_equal_splits_show_no_difference():
    matrix = sample(pattern(0, 0.7), 200, 0)
    assert verdict(matrix, matrix) == "no difference"


def test_two_samples_of_one_matrix_mostly_show_no_difference():
    verdicts = [
        verdict(sample(pattern(0, 0.7), 200, 2 * i), sample(pattern(0, 0.7), 100, 2 * i + 1)) for i in range(20)
    ]
    assert verdicts.count("no difference") >= 16  # each rejects with probability 0.05


def test_one_pattern_at_two_rates_shares_its_confusions():
    verdicts = [
        verdict(sample(pattern(0, 0.95), 800, 2 * i), sample(pattern(0, 0.6), 200, 2 * i + 1)) for i in range(20)
    ]
    assert verdicts.count("same confusions") >= 16
    assert "no difference" not in verdicts


def test_two_patterns_are_different_confusions():
    verdicts = [verdict(sample(pattern(1, 0.7), 200, i), sample(pattern(2, 0.7), 200, i + 50)) for i in range(20)]
    assert verdicts.count("different confusions") >= 16
    assert "no difference" not in verdicts


def test_mixed_patterns_are_similar():
    mixed = 0.6 * pattern(1, 0.6) + 0.4 * pattern(2, 0.6)
    assert verdict(sample(pattern(1, 0.6), 2000, 0), sample(mixed, 2000, 1)) == "similar confusions"


def test_perfect_training_split_cannot_be_judged_but_its_rate_can():
    matrices = {"train": np.diag(np.full(CLASSES, 500)), "validation": sample(pattern(0, 0.7), 200, 0)}
    result = confusion.similarity(matrices)
    pair = result["pairs"][0]
    assert (pair["verdict"], pair["correlation"]) == ("too few errors", None)
    assert "training has only 0 mistakes; they differ in how often they err" in pair["statement"]
    assert result["statement"].startswith("Training and validation have too few mistakes")


@pytest.mark.parametrize(("mistakes", "judged"), [(CLASSES - 1, False), (CLASSES, True)])
def test_a_split_needs_as_many_mistakes_as_classes(mistakes, judged):
    few = np.diag(np.full(CLASSES, 50))
    few[np.arange(mistakes), np.arange(1, mistakes + 1) % CLASSES] = 1
    assert (verdict(few, sample(pattern(0, 0.7), 200, 0)) != "too few errors") == judged


def test_two_perfect_splits_do_not_differ_in_rate():
    diagonal = np.diag(np.full(CLASSES, 50))
    statement = confusion.similarity({"train": diagonal, "validation": diagonal})["pairs"][0]["statement"]
    assert "they do not differ in how often they err" in statement


def test_absent_classes_do_not_count():
    a, b = sample(pattern(0, 0.7), 200, 0), sample(pattern(0, 0.7), 200, 1)
    b[3] = 0
    result = confusion.compare(a, b, np.random.default_rng(0))
    kept = np.arange(CLASSES) != 3
    assert result["distance"] == confusion.distance(confusion.normalise(a)[kept], confusion.normalise(b)[kept])
    assert result["verdict"] == "no difference"


def test_statement_holds_the_numbers_and_covers_every_pair():
    matrices = {
        "train": sample(pattern(0, 0.95), 800, 0),
        "validation": sample(pattern(0, 0.6), 200, 1),
        "test": sample(pattern(0, 0.6), 300, 2),
    }
    result = confusion.similarity(matrices)
    assert [(p["a"], p["b"]) for p in result["pairs"]] == [
        ("train", "validation"),
        ("train", "test"),
        ("validation", "test"),
    ]
    assert all(f"{p['correlation']:.3f}" in p["statement"] for p in result["pairs"])
    assert "Validation and test show no detectable difference in their errors." in result["statement"]
    assert result == confusion.similarity(matrices)


@pytest.mark.slow
def test_many_classes_with_few_images_each_hold_the_level():
    truth = pattern(0, 0.5, 101)
    verdicts = [verdict(sample(truth, 60, 2 * i), sample(truth, 9, 2 * i + 1)) for i in range(4)]
    assert verdicts.count("no difference") >= 3


def test_many_classes_with_unlike_mistakes():
    a, b = pattern(1, 0.5, 101), pattern(2, 0.5, 101)
    assert verdict(sample(a, 60, 0), sample(b, 9, 1)) == "different confusions"


def test_two_classes_differ_in_rates_only():
    often, seldom = np.array([[60, 40], [30, 70]]), np.array([[95, 5], [2, 98]])
    assert verdict(often, often) == "no difference"
    result = confusion.similarity({"train": seldom, "validation": often})
    assert result["pairs"][0]["verdict"] == "different rates"
    assert result["statement"] == "Training and validation differ in how often they err."
    assert "rank correlation" not in result["pairs"][0]["statement"]


def test_one_split_has_nothing_to_compare():
    assert "nothing to compare" in confusion.similarity({"train": np.eye(3, dtype=int)})["statement"]
