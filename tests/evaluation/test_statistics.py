from itertools import product

import numpy as np
import pytest
from scipy import stats

from cnnatlas.evaluation import statistics, verdicts


def test_t_interval_by_hand():
    # mean 3, s = sqrt(2.5), t(4, 97.5 %) = 2.7764
    assert statistics.t_interval([1, 2, 3, 4, 5]) == pytest.approx((3 - 1.9633, 3 + 1.9633), abs=1e-4)


def test_t_interval_needs_two_values():
    assert statistics.t_interval([0.9]) is None
    assert statistics.t_interval([0.9, 0.9]) == (0.9, 0.9)


@pytest.mark.parametrize(("seeds", "p"), [(3, 0.25), (5, 0.0625), (6, 0.03125), (8, 0.0078125)])
def test_sign_flip_reaches_no_further_than_its_number_of_seeds_allows(seeds, p):
    assert statistics.max_sign_flip(0.01 + np.arange(seeds)[None] / 1000) == pytest.approx([p])


def test_sign_flip_gives_fishers_value_for_darwins_plants():
    # Fisher 1935, The Design of Experiments, section 21: 863 of 32768 signs in each tail exceed the sum of 314
    plants = np.array([[49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]])
    assert statistics.max_sign_flip(plants) == pytest.approx([2 * 863 / 32768], abs=1e-9)


@pytest.mark.parametrize(
    ("p", "adjusted"),
    [
        ([0.01, 0.04, 0.03, 0.005], [0.03, 0.06, 0.06, 0.02]),  # R's p.adjust(p, "holm")
        ([0.02, 0.02, 0.02], [0.06, 0.06, 0.06]),  # equal ones stay equal
        ([0.9, 0.6], [1, 1]),  # none exceeds 1
        ([0.01, 0.011], [0.02, 0.02]),  # none falls below a smaller one's
        ([], []),
    ],
)
def test_holm_adjusts_as_published(p, adjusted):
    assert statistics.holm(p) == pytest.approx(adjusted)


def step_down(differences):
    """The definition of step-down maxima, comparison by comparison."""
    seeds = differences.shape[1]
    flips = [np.array(signs) for signs in product((1, -1), repeat=seeds)]
    order = sorted(range(len(differences)), key=lambda i: -abs(differences[i].mean()))
    p, before = {}, 0.0
    for rank, i in enumerate(order):
        largest = [max(abs((signs * differences[j]).mean()) for j in order[rank:]) for signs in flips]
        before = p[i] = max(before, np.mean([each >= abs(differences[i].mean()) - 1e-12 for each in largest]))
    return [p[i] for i in range(len(differences))]


def test_correction_is_that_of_step_down_maxima():
    differences = np.random.default_rng(0).normal([[1.5], [0], [0.6], [0], [-1]], 0.8, size=(5, 6))
    assert statistics.max_sign_flip(differences) == pytest.approx(step_down(differences))


def test_many_comparisons_of_six_seeds_can_be_rejected():
    rng = np.random.default_rng(0)
    differences = np.vstack([3 + rng.normal(size=(1, 6)), -4 + rng.normal(size=(1, 6)), 0.3 * rng.normal(size=(11, 6))])
    assert statistics.max_sign_flip(differences)[:2] == pytest.approx([1 / 32] * 2)


def test_a_comparison_may_lack_a_seed():
    differences = np.array([[0.1, 0.2, 0.1, 0.3, 0.2, 0.1, np.nan], [0.0, 0.1, -0.1, 0.0, 0.1, -0.1, 0.0]])
    assert statistics.max_sign_flip(differences)[0] == pytest.approx(1 / 32)


def test_many_seeds_are_tested_by_random_flips():
    p = statistics.max_sign_flip(np.random.default_rng(0).normal(1, 1, size=(1, 20)))
    assert 1 / statistics.FLIPS <= p[0] < 0.01


@pytest.mark.parametrize(
    ("p", "low", "high", "verdict"),
    [
        (0.03, 0.01, 0.02, "higher"),
        (0.03, -0.02, -0.01, "lower"),
        (0.06, 0.01, 0.02, None),  # not established over seeds
        (0.03, -0.01, 0.02, None),  # not established over images
        (None, 0.01, 0.02, None),  # too few seeds
    ],
)
def test_a_verdict_needs_both_the_test_and_the_interval(p, low, high, verdict):
    assert verdicts.verdict(p, low, high) == verdict


def test_bootstrap_of_one_seed_agrees_with_scipy():
    rng = np.random.default_rng(0)
    differences = rng.choice([-1, 0, 0, 0, 1, 1], size=(1, 400))
    low, high = statistics.bootstrap(differences, np.random.default_rng(1))
    reference = stats.bootstrap((differences[0],), np.mean, method="percentile", rng=np.random.default_rng(2))
    assert (low, high) == pytest.approx(tuple(reference.confidence_interval), abs=0.01)


@pytest.mark.parametrize(("repeats", "wider"), [(1, False), (3, True)])
def test_seeds_widen_the_interval_where_they_are_enough(repeats, wider):
    rng = np.random.default_rng(0)
    base = rng.choice([0, 1], size=(1, 500), p=[0.7, 0.3])
    same = np.repeat(base, 4 * repeats, axis=0)
    apart = np.vstack([base, base, 1 - base, 1 - base] * repeats)
    widths = [np.diff(statistics.bootstrap(each, np.random.default_rng(0)))[0] for each in (same, apart)]
    assert (widths[1] > 2 * widths[0]) == wider


def test_bootstrap_holds_its_level():
    covered = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        low, high = statistics.bootstrap(rng.choice([-1, 0, 1], size=(1, 300), p=[0.1, 0.6, 0.3]), rng)
        covered += low <= 0.2 <= high
    assert covered >= 88


def test_pairing_narrows_the_interval():
    rng = np.random.default_rng(0)
    a = rng.random((1, 1000)) < 0.6
    b = a | (rng.random((1, 1000)) < 0.05)
    paired, unpaired = (statistics.mean_difference(other.astype(int) - a) for other in (b, rng.permuted(b, axis=1)))
    assert paired["low"] > 0
    assert paired["high"] - paired["low"] < 0.5 * (unpaired["high"] - unpaired["low"])


def test_equal_networks_have_no_difference():
    result = statistics.mean_difference(np.zeros((2, 100)))
    assert (result["difference"], result["low"], result["high"]) == (0, 0, 0)


def test_a_mean_difference_has_the_same_digits_whatever_type_holds_it():
    """−11.65 points were −11.6 in one table, as float32, and −11.7 in another."""
    changes = np.repeat(np.array([[-1, 0]]), [1165, 8835], axis=1)
    exact = statistics.mean_difference(changes.astype(np.int8))["difference"]
    assert exact == -0.1165 == statistics.mean_difference(changes.astype(np.float32))["difference"]
