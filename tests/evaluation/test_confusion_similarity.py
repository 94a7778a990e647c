from collections import Counter

import numpy as np
import pytest

from cnnatlas.evaluation import confusion_similarity

CLASSES = 10


def pattern(seed, accuracy, classes=CLASSES):
    """A confusion distribution whose mistakes fall on few classes."""
    matrix = np.random.default_rng(seed).dirichlet(np.full(classes, 0.3), classes)
    np.fill_diagonal(matrix, 0)
    return matrix / matrix.sum(1, keepdims=True) * (1 - accuracy) + accuracy * np.eye(classes)


def sample(distribution, per_class, seed):
    rng = np.random.default_rng(seed)
    return np.stack([rng.multinomial(per_class, row) for row in distribution])


# The counts of the study: classes, images of two splits, their accuracy
STUDY = {
    "drawn CIFAR-10": (10, 1440, 160, 0.55),
    "drawn STL-10": (10, 310, 460, 0.4),
    "drawn Cats vs Dogs": (2, 300, 150, 0.7),
    "STL-10": (10, 2000, 3000, 0.7),
}


def compare(a, b, seed=0):
    return confusion_similarity.compare(a, b, np.random.default_rng(seed))


def cosine(a, b):
    cells = [m[~np.eye(len(m), dtype=bool)] for m in (a, b)]
    return cells[0] @ cells[1] / np.linalg.norm(cells[0]) / np.linalg.norm(cells[1])


def patterns(classes, accuracy, at):
    """Two confusion distributions of one accuracy, the cosine of their mistakes as near to `at` as mixing gets."""
    one, other = pattern(1, accuracy, classes), pattern(2, accuracy, classes)
    if classes == 2:
        other = np.array([[1 - 2 * (1 - accuracy), 2 * (1 - accuracy)], [0, 1]])
    mixed = [(1 - part) * one + part * other for part in np.linspace(0, 1, 1001)]
    return one, min(mixed, key=lambda each: abs(cosine(one, each) - at))


def verdicts(question, classes, images, distributions, repetitions, monkeypatch):
    """How often each verdict is given on random splits of these distributions."""
    monkeypatch.setattr(confusion_similarity, "DRAWS", 99)
    rng = np.random.default_rng(0)
    found = Counter()
    for _ in range(repetitions):
        a, b = (
            np.stack([rng.multinomial(n // classes, row) for row in distribution])
            for n, distribution in zip(images, distributions, strict=True)
        )
        found[getattr(confusion_similarity, question)(a, b, rng)["verdict"]] += 1
    return {key: n / repetitions for key, n in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDY)
def test_the_same_process_is_seldom_called_different(name, monkeypatch):
    classes, *images, accuracy = STUDY[name]
    same = [pattern(1, accuracy, classes)] * 2
    for question in ("rates", "pattern"):
        found = verdicts(question, classes, images, same, 120, monkeypatch)
        assert found.get("different", 0) <= 0.08, question  # 5 %, and one and a half standard errors of 120 repetitions


@pytest.mark.slow
@pytest.mark.parametrize("name", STUDY)
def test_processes_at_the_margin_are_seldom_called_similar(name, monkeypatch):
    classes, *images, accuracy = STUDY[name]
    apart = patterns(classes, accuracy, confusion_similarity.PATTERN_MARGIN)
    assert cosine(*apart) == pytest.approx(confusion_similarity.PATTERN_MARGIN, abs=0.005)
    found = verdicts("pattern", classes, images, apart, 120, monkeypatch)
    assert found.get("similar", 0) <= 0.08
    worse = [pattern(1, accuracy, classes), pattern(1, accuracy - confusion_similarity.RATE_MARGIN, classes)]
    found = verdicts("rates", classes, images, worse, 120, monkeypatch)
    assert found.get("similar", 0) <= 0.08


def test_enough_images_show_similarity_and_too_few_do_not(monkeypatch):
    same = [pattern(1, 0.7)] * 2
    for question in ("rates", "pattern"):
        assert verdicts(question, 10, (5000, 5000), same, 30, monkeypatch)["similar"] >= 0.9
        assert verdicts(question, 10, (160, 160), same, 30, monkeypatch)["cannot be told"] >= 0.8


def test_different_rates_of_one_pattern():
    found = compare(sample(pattern(0, 0.95), 1600, 0), sample(pattern(0, 0.6), 400, 1))
    assert (found["rates"]["verdict"], found["pattern"]["verdict"]) == ("different", "similar")


def test_different_patterns_at_one_rate():
    found = compare(sample(pattern(1, 0.7), 500, 0), sample(pattern(2, 0.7), 500, 1))
    assert (found["rates"]["verdict"], found["pattern"]["verdict"]) == ("similar", "different")


def test_rates_of_47_and_55_percent_are_different():
    """A training split with an error rate of 47.1 %, a validation split with 55.5 %."""
    train, validation = (
        np.array([[n - wrong, wrong], [0, 0]]) for n, wrong in ((1230, 579), (310, 172))
    )  # fmt: skip
    found = confusion_similarity.rates(train, validation, np.random.default_rng(0))
    assert found["verdict"] == "different" and found["low"] > 0


@pytest.mark.slow
def test_the_cosine_of_samples_estimates_that_of_their_sources():
    one, other = patterns(10, 0.6, 0.7)
    values = [compare(sample(one, 20, 2 * i), sample(other, 30, 2 * i + 1))["pattern"] for i in range(40)]
    assert np.mean([found["cosine"] for found in values]) == pytest.approx(cosine(one, other), abs=0.04)
    covered = [found["low"] <= cosine(one, other) <= found["high"] for found in values]
    assert np.mean(covered) >= 0.85


def test_an_estimate_above_the_largest_cosine_is_reported_as_that_within_its_interval():
    one = pattern(0, 0.6)
    found = [compare(sample(one, 20, 2 * i), sample(one, 20, 2 * i + 1))["pattern"] for i in range(5)]
    assert 1 in [each["cosine"] for each in found]
    assert all(each["low"] <= each["cosine"] <= each["high"] <= 1 for each in found)


def test_classes_of_different_sizes_do_not_distort_the_pattern():
    one = pattern(0, 0.6)
    sizes = np.where(np.arange(10) < 5, 400, 4000)
    large = np.stack([np.random.default_rng(1).multinomial(n, row) for n, row in zip(sizes, one, strict=True)])
    found = compare(sample(one, 2000, 0), large)["pattern"]
    assert found["cosine"] == pytest.approx(1, abs=0.02)


def test_two_classes_can_differ_in_which_is_mistaken():
    even, uneven = np.array([[140, 60], [60, 140]]), np.array([[95, 5], [55, 45]])
    assert compare(even, uneven)["pattern"]["verdict"] == "different"
    assert compare(even, even)["pattern"]["verdict"] == "similar"
    few = compare(even // 8, even // 8)["pattern"]  # 7 and 7 mistakes in both: shares of 50 %, give or take a quarter
    assert few["low"] < 0.9 and few["verdict"] == "cannot be told"


def test_few_mistakes_tell_nothing():
    perfect, other = np.diag(np.full(CLASSES, 500)), sample(pattern(0, 0.7), 200, 0)
    result = confusion_similarity.similarity({"train": perfect, "validation": other})
    pair = result["pairs"][0]
    assert (pair["rates"]["verdict"], pair["pattern"]["verdict"]) == ("different", "cannot be told")
    assert (pair["pattern"]["a"], pair["pattern"]["cosine"]) == (0, None)
    single = perfect.copy()
    single[np.arange(CLASSES), np.arange(1, CLASSES + 1) % CLASSES] = 1
    assert compare(single, single)["pattern"]["verdict"] == "cannot be told"


def test_absent_classes_do_not_count():
    a, b = sample(pattern(0, 0.7), 200, 0), sample(pattern(0, 0.7), 200, 1)
    b[3] = 0
    kept = np.arange(CLASSES) != 3
    a_kept, b_kept = (np.where(kept[:, None], m, 0) for m in (a, b))
    assert compare(a, b)["pattern"] == compare(a_kept, b_kept)["pattern"]


def test_every_pair_of_splits_is_compared_and_always_alike():
    matrices = {
        "train": sample(pattern(0, 0.95), 1600, 0),
        "validation": sample(pattern(0, 0.6), 40, 1),
        "test": sample(pattern(0, 0.6), 60, 2),
    }
    result = confusion_similarity.similarity(matrices)
    assert [(p["a"], p["b"]) for p in result["pairs"]] == [
        ("train", "validation"),
        ("train", "test"),
        ("validation", "test"),
    ]
    verdicts = [pair["rates"]["verdict"] for pair in result["pairs"]]
    assert verdicts == ["different", "different", "cannot be told"]
    assert result == confusion_similarity.similarity(matrices)


def test_many_classes_with_few_images_each_cannot_be_told():
    truth = pattern(0, 0.5, 101)
    found = compare(sample(truth, 10, 0), sample(truth, 1, 1))["pattern"]
    assert found["verdict"] == "cannot be told" and found["power"] < 0.2


def test_many_classes_with_different_mistakes():
    a, b = pattern(1, 0.5, 101), pattern(2, 0.5, 101)
    assert compare(sample(a, 60, 0), sample(b, 9, 1))["pattern"]["verdict"] == "different"


def test_one_split_has_nothing_to_compare():
    assert confusion_similarity.similarity({"train": np.eye(3, dtype=int)})["pairs"] == []


def test_a_network_that_predicts_few_classes_is_similar_by_its_margins_alone():
    """What it confuses is the same in every split, whatever the images are."""
    chances = np.tile([0.5, 0.3, 0.2, *np.zeros(7)], (CLASSES, 1))
    splits = [sample(chances, per_class, seed) for seed, per_class in enumerate((200, 300))]
    found = compare(*splits)["pattern"]
    assert found["verdict"] == "similar" and found["margins"]


def test_classes_that_are_confused_for_their_own_sake_are_similar_beyond_their_margins():
    splits = [sample(pattern(1, 0.6), per_class, seed) for seed, per_class in enumerate((400, 600))]
    found = compare(*splits)["pattern"]
    assert found["verdict"] == "similar" and not found["margins"]
