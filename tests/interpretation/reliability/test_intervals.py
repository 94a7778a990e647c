"""Intervals over few images cover the true value as often as they claim."""

import numpy as np
import pytest
from scipy import stats

from cnnatlas.interpretation.reliability.intervals import difference, kept, mean, unpaired

REPETITIONS = 600
# 95 %, less two standard errors of the repetitions, less what skewness costs Student's t
LEAST = 0.95 - 2 * (0.05 * 0.95 / REPETITIONS) ** 0.5 - 0.02


def coverage(interval, truth, seed=0):
    rng = np.random.default_rng(seed)
    limits = [interval(rng) for _ in range(REPETITIONS)]
    return np.mean([low <= truth <= high for low, high in limits])


def limits(found):
    return found["low"], found["high"]


@pytest.mark.parametrize("images", [5, 8, 12])
@pytest.mark.parametrize(("a", "b"), [(2, 2), (2, 5), (0.5, 0.5)])
def test_means_of_few_images(images, a, b):
    assert coverage(lambda rng: limits(mean(rng.beta(a, b, images))), a / (a + b)) >= LEAST


@pytest.mark.parametrize("images", [5, 8, 12])
@pytest.mark.parametrize("share", [0.5, 0.8, 0.95])
def test_hits_and_misses_of_few_images(images, share):
    assert coverage(lambda rng: limits(mean(rng.random(images) < share, (0, 1))), share) >= LEAST


@pytest.mark.parametrize("images", [5, 8, 12])
def test_differences_of_hits(images):
    def interval(rng):
        return limits(difference(rng.random(images) < 0.9, rng.random(images) < 0.6, (-1, 1)))

    assert coverage(interval, 0.3) >= LEAST


@pytest.mark.parametrize("images", [5, 8, 24])
def test_the_share_that_is_kept(images):
    def interval(rng):
        nulls = rng.beta(2, 6, images)
        return limits(kept(0.5 * nulls + 0.5 + 0.15 * rng.standard_normal(images), nulls))

    assert coverage(interval, 0.5) >= LEAST  # mean null 0.25; mean value 0.625, half way to 1


def test_two_groups_of_different_sizes_and_spreads():
    assert coverage(lambda rng: unpaired(rng.normal(0, 1, 5), rng.normal(1, 3, 12)), 1) >= LEAST


def test_intervals_of_a_family_are_wider():
    a, b = np.random.default_rng(0).normal(size=(2, 20))
    alone, together = unpaired(a, b), unpaired(a, b, family=8)
    assert together[0] < alone[0] < alone[1] < together[1]
    assert together == pytest.approx(stats.ttest_ind(b, a, equal_var=False).confidence_interval(1 - 0.05 / 8))
