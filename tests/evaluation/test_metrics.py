import numpy as np
import pytest
from scipy.stats import binomtest
from sklearn.metrics import balanced_accuracy_score, log_loss

from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import metrics, scores


def random_scores(n=200, classes=5, seed=0):
    rng = np.random.default_rng(seed)
    return rng.dirichlet(np.ones(classes), n).astype(np.float32), rng.integers(classes, size=n)


@pytest.mark.parametrize(("correct", "n"), [(0, 10), (10, 10), (1, 2), (81, 263), (2700, 3000)])
def test_wilson_agrees_with_scipy(correct, n):
    assert metrics.wilson(correct, n) == pytest.approx(
        tuple(binomtest(correct, n).proportion_ci(method="wilson")), abs=1e-12
    )


def test_wilson_gives_newcombes_published_intervals():
    # Newcombe 1998, table I, method 3
    published = {
        (81, 263): (0.2553, 0.3662),
        (15, 148): (0.0624, 0.1605),
        (0, 20): (0, 0.1611),
        (1, 29): (0.0061, 0.1718),
    }
    for (correct, n), interval in published.items():
        assert metrics.wilson(correct, n) == pytest.approx(interval, abs=5e-5)


def test_wilson_of_the_stl10_test_split():
    assert metrics.wilson(2700, 3000) == pytest.approx((0.889, 0.910), abs=5e-4)


def test_newcombe_by_the_published_example():
    # Newcombe (1998), table II, method 10, contrast (a): 56/70 - 48/80
    assert metrics.newcombe((48, 56), (80, 70)) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_scores_agree_with_sklearn():
    values, labels = random_scores()
    result = metrics.score(values, labels)
    predictions = values.argmax(1)
    assert result["accuracy"] == np.mean(predictions == labels)
    assert result["balanced_accuracy"] == pytest.approx(balanced_accuracy_score(labels, predictions))
    assert result["loss"] == pytest.approx(
        log_loss(labels, values / values.sum(1, keepdims=True, dtype=float)), rel=1e-5
    )


def test_order_of_images_does_not_matter():
    values, labels = random_scores()
    order = np.random.default_rng(1).permutation(len(labels))
    moved, kept = metrics.score(values[order], labels[order]), metrics.score(values, labels)
    assert moved == kept | {
        "loss": pytest.approx(kept["loss"]),
        "balanced_accuracy": pytest.approx(kept["balanced_accuracy"]),
    }


def test_balanced_accuracy_leaves_out_absent_classes():
    assert metrics.balanced_accuracy(np.array([True, True, False]), np.array([0, 0, 3])) == 0.5


def test_perfect_classifier_with_scores_of_zero():
    values = np.eye(3, dtype=np.float32)
    result = metrics.score(values, np.arange(3))
    assert (result["accuracy"], result["wilson"][1], result["loss"]) == (1, 1, 0)
    assert metrics.score(values, np.array([1, 2, 0]))["loss"] == pytest.approx(87.3, abs=0.1)


def test_diverged_network_has_no_loss():
    values, labels = random_scores()
    values[3] = np.nan
    result = metrics.score(values, labels)
    assert (result["loss"], result["non_finite"]) == (None, 1)


def test_empty_split_has_no_rates():
    result = metrics.score(np.empty((0, 3), np.float32), np.empty(0, np.int64))
    assert (result["n"], result["accuracy"], result["wilson"]) == (0, None, None)


def save_run(folder, **arrays):
    np.savez(folder / "scores.npz", **arrays)
    np.savez(folder / "split.npz", train=np.array([0, 3]), validation=np.array([1, 2]))
    np.save(folder / "labels.npy", np.array([0, 1, 1, 0]))
    return folder / "scores.npz", folder / "split.npz", folder / "labels.npy"


def test_mirrored_scores_stand_beside_plain_ones(tmp_path):
    wrong, right = np.float32([[1, 0], [1, 0]]), np.float32([[0, 1], [0, 1]])
    splits = scores.read(*save_run(tmp_path, train=wrong, validation=wrong, validation_mirrored=right))
    result = metrics.evaluate(splits)
    assert list(result) == ["train", "validation"]
    assert (result["validation"]["accuracy"], result["validation"]["mirrored"]["accuracy"]) == (0, 1)
    assert "mirrored" not in result["train"]


@pytest.mark.parametrize("values", [np.ones((3, 2), np.float32), np.ones((2, 1), np.float32)])
def test_scores_of_another_split_are_named(tmp_path, values):
    with pytest.raises(AtlasError, match=r"scores\.npz: validation .*delete this file"):
        scores.read(*save_run(tmp_path, validation=values))


def test_labels_that_end_before_the_splits_images_are_named(tmp_path):
    paths = save_run(tmp_path, validation=np.eye(2, dtype=np.float32))
    np.save(paths[2], np.load(paths[2])[:-1])
    with pytest.raises(AtlasError, match=r"labels\.npy: damaged .*delete it"):
        scores.read(*paths)
