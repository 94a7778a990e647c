import numpy as np
import pytest
from sklearn.datasets import load_digits

from cnnatlas.audit import label_errors
from cnnatlas.data.split import split as divide

CLASSES = 3


def separable(n=600, seed=0):
    """Features around one centre per class, and their labels."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % CLASSES
    return (4 * np.eye(CLASSES)[labels] + 0.3 * rng.standard_normal((n, CLASSES))).astype(np.float16), labels


def test_planted_errors_are_found_and_nothing_else():
    features, truth = separable()
    planted = [4, 50, 99]
    given = truth.copy()
    given[planted] = (truth[planted] + 1) % CLASSES
    probabilities = label_errors.out_of_fold(features, given, np.arange(len(given)))
    items = [{"id": str(k), "class": "abc"[label], "label": str(label)} for k, label in enumerate(given)]
    split = {"train": np.arange(100), "test": np.arange(100, 600)}
    rows = label_errors.rows(probabilities, given, items, split)
    found = {row["index"] for row in rows}
    assert found <= set(planted)
    assert len(found) >= 2  # an error below its true class's mean confidence is not claimed
    assert set(np.argsort(label_errors.margins(probabilities, given))[:3]) == set(planted)
    assert [row["suggested"] for row in rows] == ["abc"[truth[row["index"]]] for row in rows]
    assert [row["margin"] for row in rows] == sorted(row["margin"] for row in rows)
    summary = label_errors.summary(rows, probabilities, given, split)
    assert summary["splits"] == {"train": {"images": len(found), "of": 100}, "test": {"images": 0, "of": 500}}
    assert summary["accuracy"] == pytest.approx(597 / 600)


def test_no_image_is_judged_by_a_model_that_saw_its_copy():
    rng = np.random.default_rng(0)
    features = np.repeat(rng.standard_normal((40, 500)), 2, axis=0)  # pairs of copies, labels by chance
    labels = np.repeat(rng.permutation(np.arange(40) % 2), 2)
    right = {}
    for name, groups in (("together", np.repeat(np.arange(40), 2)), ("apart", np.arange(80))):
        probabilities = label_errors.out_of_fold(features, labels, groups)
        right[name] = (probabilities.argmax(1) == labels).mean()
    assert right["together"] < 0.75 < 0.85 < right["apart"]


def test_confident_classes_and_margins_by_hand():
    labels = np.array([0, 0, 0, 1, 1])
    probabilities = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.5, 0.5]])
    # usual confidence: class 0 (0.9 + 0.8 + 0.1) / 3 = 0.6, class 1 (0.8 + 0.5) / 2 = 0.65; no class claims the last
    assert label_errors.confident_classes(probabilities, labels).tolist() == [0, 0, 1, 1, -1]
    assert np.allclose(label_errors.margins(probabilities, labels), [0.8, 0.6, -0.8, 0.6, 0])


def test_a_class_of_two_photographs_still_has_folds():
    features, labels = separable(60)
    labels = np.where(np.arange(60) < 2, 2, np.minimum(labels, 1))
    found = label_errors.out_of_fold(features, labels, np.arange(60))
    assert np.allclose(found.sum(1), 1, atol=1e-5)


@pytest.mark.slow
def test_a_calibration_counts_the_planted_errors_that_are_found():
    features, labels = separable()
    split = {"train": np.arange(400), "test": np.arange(400, 600)}
    found = label_errors.calibration(features, labels, np.arange(600), split)
    assert found["planted"]["of"] == 30 and found["planted"]["share"] >= 0.6
    assert sum(of["of"] for of in found["splits"].values()) == 30
    assert sum(of["images"] for of in found["splits"].values()) == found["planted"]["images"]
    assert found["others"] == {"images": 0, "of": 570, "share": 0.0}
    chance = np.random.default_rng(0).standard_normal(features.shape)
    nothing = label_errors.calibration(chance, labels, np.arange(600), split)
    assert nothing["planted"]["share"] == pytest.approx(nothing["others"]["share"], abs=0.3)


def test_features_that_have_learned_the_errors_hide_them():
    """Why no network judges its own labels: features of a training split that separate the labels as given."""
    features, truth = separable()
    rng = np.random.default_rng(0)
    wrong = rng.permutation(600)[:36]
    given = truth.copy()
    given[wrong] = (truth[wrong] + 1) % CLASSES
    learned = features.astype(float)
    learned[:400] = 4 * np.eye(CLASSES)[given[:400]] + 0.3 * rng.standard_normal((400, CLASSES))

    def found(values):
        claimed = label_errors.confident_classes(label_errors.out_of_fold(values, given, np.arange(600)), given)
        suspected = (claimed >= 0) & (claimed != given)
        return suspected[wrong[wrong < 400]].mean()

    assert found(features) > 0.6 > 0.1 > found(learned)


@pytest.mark.slow
def test_errors_planted_in_real_labels_are_found_by_features_that_have_not_learned_them():
    """Handwritten digits by their pixels: most planted errors are suspected, and few of the other labels."""
    images, labels = load_digits(return_X_y=True)
    groups, shares = range(len(labels)), {"train": 2, "validation": 1}
    split = divide(labels, groups, [""] * len(labels), shares, seed=0, upstream_test=False)
    found = label_errors.calibration(images, labels, np.arange(len(labels)), split)
    assert found["planted"]["share"] > 0.7
    assert found["others"]["share"] < 0.03
    assert found["splits"]["validation"]["of"] == pytest.approx(30, abs=12)  # a third of 90
    shares = [of["share"] for of in found["splits"].values()]
    assert abs(shares[0] - shares[1]) < 0.25  # the search knows nothing of the split
