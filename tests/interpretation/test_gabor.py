"""Gabor functions are recognised by their fits, and random filters are not."""

import numpy as np
import pytest
from scipy import optimize

from cnnatlas.interpretation import gabor


def wave(size, orientation, frequency, phase=0.7, width=2.0, length=2.6, amplitude=1.0):
    """A Gabor function written independently of the module: stripes at `orientation` degrees, y pointing up."""
    y, x = np.mgrid[size // 2 : -(size // 2) - 1 : -1, -(size // 2) : size // 2 + 1].astype(float)
    normal = np.radians(orientation + 90)
    along, across = x * np.cos(normal) + y * np.sin(normal), y * np.cos(normal) - x * np.sin(normal)
    window = np.exp(-(along**2) / (2 * width**2) - across**2 / (2 * length**2))
    return amplitude * window * np.cos(2 * np.pi * frequency * along + phase)


def turned(a, b):
    """Degrees between two orientations."""
    return abs((a - b + 90) % 180 - 90)


@pytest.mark.parametrize(("orientation", "frequency"), [(0, 0.2), (30, 0.15), (90, 0.25), (135, 0.3), (170, 0.2)])
@pytest.mark.parametrize("phase", [0.0, 1.5])
def test_a_gabor_function_is_recovered(orientation, frequency, phase):
    fitted = gabor.fit(wave(11, orientation, frequency, phase)[None])[0]
    assert fitted["r2"] > 0.999
    assert fitted["parameters"][5] == pytest.approx(frequency, abs=0.01)
    found = gabor.grating(np.array(fitted["fitted"]))
    assert turned(found["orientation"], orientation) <= 2
    assert found["frequency"] == pytest.approx(frequency, abs=0.03)
    assert not found["blob"]


def test_the_gradient_is_that_of_the_function():
    parameters, step = np.array([1, 0.5, 0.3, -0.4, 0.7, 0.2, 1.3, 2.1]), 1e-6
    numerical = [(gabor.function(parameters + e, 5) - gabor.function(parameters - e, 5)) / (2 * step)
                 for e in step * np.eye(8)]  # fmt: skip
    np.testing.assert_allclose(gabor._gradient(parameters, 5), np.reshape(numerical, (8, 25)).T, atol=1e-8)


def test_noise_is_fitted_worse_the_larger_it_is_and_equal_patterns_alike():
    rng = np.random.default_rng(0)
    medians = {}
    for size in (3, 5, 7):
        medians[size] = np.median([one["r2"] for one in gabor.fit(rng.standard_normal((15, size, size)))])
    assert medians[3] > 0.7 > medians[5] > medians[7]
    patterns = rng.standard_normal((3, 5, 5))
    assert gabor.fit(patterns[[1]])[0] == gabor.fit(patterns)[1] == gabor.fit(patterns[[2, 1]])[1]


@pytest.mark.parametrize("size", [3, 5])
def test_fits_are_as_near_as_those_of_another_solver(size):
    patterns, _ = gabor.principal(np.random.default_rng(1).standard_normal((6, 3, size, size)))
    reach = (size - 1) / 2
    low = [-np.inf, -np.inf, -reach, -reach, -np.inf, 0, 0.5, 0.5]
    high = [np.inf, np.inf, reach, reach, np.inf, 0.5, size, size]

    def cost(pattern, start):
        found = optimize.least_squares(
            lambda z: (gabor.function(z, size) - pattern).ravel(), [1, 1, *start],
            lambda z: gabor._gradient(z, size), bounds=(low, high), max_nfev=40,
        )  # fmt: skip
        return 2 * found.cost / ((pattern - pattern.mean()) ** 2).sum()

    starts = np.clip(gabor._starts(patterns)[:, ::3], low[2:], high[2:])
    others = [1 - min(cost(pattern, start) for start in own) for pattern, own in zip(patterns, starts, strict=True)]
    assert np.mean([one["r2"] for one in gabor.fit(patterns)]) > np.mean(others) - 0.005


def test_a_fit_keeps_no_digits_that_another_process_may_find_otherwise():
    found = gabor.fit(np.random.default_rng(0).standard_normal((1, 5, 5)))[0]
    assert found["r2"] == round(found["r2"], 6)
    assert found["fitted"] == np.round(found["fitted"], 6).tolist()
    assert found["parameters"] == np.round(found["parameters"], 3).tolist()


def test_spots_are_blobs_and_edges_are_not():
    y, x = np.mgrid[-3:4, -3:4]
    spot = np.exp(-(x**2 + y**2) / 4)
    assert gabor.grating(spot)["blob"]
    edge = gabor.grating(np.where(x < 0, -1.0, 1.0) * (x != 0))
    assert not edge["blob"]
    assert edge["orientation"] == 90


def test_a_constant_pattern_fits_nothing():
    assert [one["r2"] for one in gabor.fit(np.stack([np.zeros((5, 5)), np.ones((5, 5))]))] == [0, 0]


def test_the_principal_component_finds_the_one_pattern_of_coloured_filters():
    pattern = wave(7, 40, 0.2)
    pattern /= np.linalg.norm(pattern) * np.sign(pattern.flat[np.abs(pattern).argmax()])
    opponent = np.array([1.0, -1.0, 0.0])[:, None, None] * pattern  # a luminance would cancel it
    found, energy = gabor.principal(np.stack([opponent, 0 * opponent, -3 * opponent]))
    np.testing.assert_allclose(found[[0, 2]], [pattern, pattern], atol=1e-12)
    np.testing.assert_array_equal(found[1], 0)
    np.testing.assert_allclose(energy, [1, 0, 1])


def test_the_share_above_the_threshold_has_the_probability_of_exchangeable_filters():
    rng = np.random.default_rng(0)
    p = [
        gabor._against(values[:20].tolist(), values[20:].tolist())["p"]
        for values in rng.random((2000, 20 + gabor.NULL))
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.06
    assert gabor._against([2.0] * 3, [0.0] * gabor.NULL)["p"] < 0.001
    assert gabor._against([-1.0] * 3, [0.0] * gabor.NULL)["p"] == 1
