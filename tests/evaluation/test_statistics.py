import numpy as np
import pytest
from scipy import stats

from cnnatlas.evaluation import statistics


def test_t_interval_by_hand():
    # mean 3, s = sqrt(2.5), t(4, 97.5 %) = 2.7764
    assert statistics.t_interval([1, 2, 3, 4, 5]) == pytest.approx((3 - 1.9633, 3 + 1.9633), abs=1e-4)


def test_t_interval_needs_two_values():
    assert statistics.t_interval([0.9]) is None
    assert statistics.t_interval([0.9, 0.9]) == (0.9, 0.9)


@pytest.mark.parametrize(("seeds", "p"), [(3, 0.25), (5, 0.0625), (6, 0.03125), (8, 0.0078125)])
def test_sign_flip_reaches_no_further_than_its_number_of_seeds_allows(seeds, p):
    assert statistics.sign_flip(0.01 + np.arange(seeds) / 1000) == pytest.approx(p)


def test_sign_flip_gives_fishers_value_for_darwins_plants():
    # Fisher 1935, The Design of Experiments, section 21: 863 of 32768 signs in each tail exceed the sum of 314
    plants = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]
    assert statistics.sign_flip(plants) == pytest.approx(2 * 863 / 32768, abs=1e-9)


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


def test_bootstrap_of_one_seed_agrees_with_scipy():
    rng = np.random.default_rng(0)
    differences = rng.choice([-1, 0, 0, 0, 1, 1], size=(1, 400))
    low, high = statistics.bootstrap(differences, np.random.default_rng(1))
    reference = stats.bootstrap((differences[0],), np.mean, method="percentile", rng=np.random.default_rng(2))
    assert (low, high) == pytest.approx(tuple(reference.confidence_interval), abs=0.01)


def test_seeds_widen_the_interval_when_they_differ():
    rng = np.random.default_rng(0)
    base = rng.choice([0, 1], size=(1, 500), p=[0.7, 0.3])
    same = np.repeat(base, 4, axis=0)
    apart = np.vstack([base, base, 1 - base, 1 - base])
    widths = [np.diff(statistics.bootstrap(each, np.random.default_rng(0)))[0] for each in (same, apart)]
    assert widths[1] > 2 * widths[0]


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
    paired = statistics.paired_difference(a, b)
    unpaired = statistics.paired_difference(a, rng.permuted(b, axis=1))
    assert paired["low"] > 0
    assert paired["high"] - paired["low"] < 0.5 * (unpaired["high"] - unpaired["low"])


def test_order_of_seeds_and_images_leaves_the_difference():
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 6, 200)) < 0.5
    images, seeds = rng.permutation(200), rng.permutation(6)
    one, other = (
        statistics.paired_difference(a, b),
        statistics.paired_difference(a[seeds][:, images], b[seeds][:, images]),
    )
    assert (one["difference"], one["p"]) == pytest.approx((other["difference"], other["p"]))


def test_no_p_below_six_seeds():
    hits = np.ones((5, 20), bool)
    assert statistics.paired_difference(~hits, hits)["p"] is None
    assert statistics.paired_difference(~np.ones((6, 20), bool), np.ones((6, 20), bool))["p"] == pytest.approx(0.03125)


def test_equal_networks_have_no_difference():
    hits = np.random.default_rng(0).random((2, 100)) < 0.5
    result = statistics.paired_difference(hits, hits)
    assert (result["difference"], result["low"], result["high"]) == (0, 0, 0)
