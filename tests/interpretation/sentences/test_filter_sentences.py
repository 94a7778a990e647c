"""Gabor functions are recognised, random filters are not, and the words say which."""

import numpy as np
import pytest

from cnnatlas.interpretation.sentences import filters as gabor


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
    fitted = gabor.fit(wave(11, orientation, frequency, phase))
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
        medians[size] = np.median([gabor.fit(p)["r2"] for p in rng.standard_normal((15, size, size))])
    assert medians[3] > 0.7 > medians[5] > medians[7]
    pattern = rng.standard_normal((5, 5))
    assert gabor.fit(pattern) == gabor.fit(pattern.copy())


def test_a_fit_keeps_no_digits_that_another_process_may_find_otherwise():
    found = gabor.fit(np.random.default_rng(0).standard_normal((5, 5)))
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
    assert gabor.fit(np.zeros((5, 5)))["r2"] == 0
    assert gabor.fit(np.ones((5, 5)))["r2"] == 0


def test_the_principal_component_finds_the_one_pattern_of_coloured_filters():
    pattern = wave(7, 40, 0.2)
    pattern /= np.linalg.norm(pattern) * np.sign(pattern.flat[np.abs(pattern).argmax()])
    opponent = np.array([1.0, -1.0, 0.0])[:, None, None] * pattern  # a luminance would cancel it
    found, energy = gabor.principal(np.stack([opponent, 0 * opponent, -3 * opponent]))
    np.testing.assert_allclose(found[[0, 2]], [pattern, pattern], atol=1e-12)
    np.testing.assert_array_equal(found[1], 0)
    np.testing.assert_allclose(energy, [1, 0, 1])


def filters(n, size, share, channels=3, seed=1):
    """Random filters, of which a share are Gabor functions in some colour, with a little noise."""
    rng = np.random.default_rng(seed)
    weights = rng.standard_normal((n, channels, size, size))
    for i in range(round(share * n)):
        pattern = wave(size, rng.uniform(0, 180), 0.2, rng.uniform(0, 3))
        weights[i] = rng.standard_normal((channels, 1, 1)) * pattern + 0.02 * rng.standard_normal(weights[i].shape)
    return weights.astype(np.float32)


@pytest.fixture
def few_random_filters(monkeypatch):
    monkeypatch.setattr(gabor, "NULL", 59)


@pytest.mark.usefixtures("few_random_filters")
def test_learned_gabor_functions_stand_out_from_random_filters():
    found = gabor.summarise({"conv1": filters(20, 7, 0.6), "images": np.zeros((1, 8, 8, 3), np.uint8)}, {})
    layer = found["layers"]["conv1"]
    assert list(found["layers"]) == ["conv1"]
    assert 12 <= layer["above"] <= 14
    assert layer["waves"] >= 10
    assert layer["p"] < 1e-4
    assert layer["wilson"][0] < layer["share"] < layer["wilson"][1]
    assert {one["index"] for one in layer["best"]} <= set(range(12))
    assert found["sentences"][0] == "The filters of conv1 are more often like Gabor functions than random ones are."
    assert f"{layer['above']} of the 20 filters of 7×7 pixels" in found["sentences"][1]


@pytest.mark.usefixtures("few_random_filters")
def test_random_filters_do_not_stand_out_and_small_ones_get_a_remark():
    found = gabor.summarise({"a": filters(20, 5, 0, seed=3), "b": filters(20, 3, 0, channels=8, seed=4)}, {})
    for layer in found["layers"].values():
        assert layer["above"] <= 4
        assert layer["p"] > gabor.LEVEL
        assert layer["null_energy"] == pytest.approx(layer["energy"], abs=0.1)  # reduced alike
    assert (
        found["sentences"][0]
        == "The filters of a and b are not shown to be more like Gabor functions than random ones."
    )
    median = f"{found['layers']['b']['null_median']:.2f}"
    assert found["sentences"][-1].startswith("With 3×3 pixels R² alone says little")
    assert median in found["sentences"][-1]


@pytest.mark.usefixtures("few_random_filters")
def test_spots_stand_out_as_blobs():
    y, x = np.mgrid[-3:4, -3:4]
    spots = np.stack([np.exp(-((x - a) ** 2 + y**2) / 5) for a in np.linspace(-1, 1, 12)])
    found = gabor.summarise({"spots": np.repeat(spots[:, None], 2, axis=1)}, {})
    assert found["layers"]["spots"]["waves"] == 0
    assert "mostly as blobs without stripes" in found["sentences"][0]
    assert any("a blob without stripes" in sentence for sentence in found["sentences"])


def test_the_share_above_the_threshold_has_the_probability_of_exchangeable_filters():
    rng = np.random.default_rng(0)
    p = [
        gabor._against(values[:20].tolist(), values[20:].tolist())["p"]
        for values in rng.random((2000, 20 + gabor.NULL))
    ]
    assert np.mean(np.array(p) <= 0.05) <= 0.06
    assert gabor._against([2.0] * 3, [0.0] * gabor.NULL)["p"] < 0.001
    assert gabor._against([-1.0] * 3, [0.0] * gabor.NULL)["p"] == 1


@pytest.mark.usefixtures("few_random_filters")
def test_large_layers_are_sampled_evenly_and_say_so(monkeypatch):
    monkeypatch.setattr(gabor, "FITTED", 4)
    layer = gabor.compare(filters(10, 5, 0))
    assert (layer["filters"], layer["fitted"], len(layer["r2"])) == (10, 4, 4)
    assert sorted(one["index"] for one in layer["best"]) == [0, 3, 6, 9]
    assert "4 filters of 5×5 pixels that were fitted, of 10," in gabor.sentences({"x": layer})[1]


def test_filters_too_small_to_be_fitted_are_left_out():
    found = gabor.summarise({"one": np.ones((4, 3, 1, 1)), "wide": np.ones((4, 3, 3, 5))}, {})
    assert found["layers"] == {}
    assert "no Gabor function can be fitted" in found["sentences"][0]
    with pytest.raises(ValueError, match="1x1"):
        gabor.compare(np.ones((4, 3, 1, 1)))
