"""The sentences on Gabor fits of filters follow from the numbers."""

import numpy as np
import pytest

from cnnatlas.interpretation import gabor
from cnnatlas.interpretation.figures import filters as filters_figure
from cnnatlas.interpretation.sentences import filters
from figures.test_figures import written
from interpretation.test_gabor import wave


def learned(n, size, share, channels=3, seed=1):
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
    monkeypatch.setattr(gabor, "STEPS", 15)


@pytest.mark.slow
@pytest.mark.usefixtures("few_random_filters")
def test_learned_gabor_functions_stand_out_from_random_filters():
    found = filters.summarise({"conv1": learned(20, 7, 0.6), "images": np.zeros((1, 8, 8, 3), np.uint8)}, {})
    layer = found["layers"]["conv1"]
    assert list(found["layers"]) == ["conv1"]
    assert 12 <= layer["above"] <= 14
    assert layer["waves"] >= 10
    assert layer["p"] < 1e-4
    assert layer["wilson"][0] < layer["share"] < layer["wilson"][1]
    assert {one["index"] for one in layer["best"]} <= set(range(12))
    assert found["sentences"][0] == "The filters of conv1 are more often like Gabor functions than random ones are."
    assert f"{layer['above']} of the 20 filters of 7×7 pixels" in found["sentences"][1]


@pytest.mark.slow
@pytest.mark.usefixtures("few_random_filters")
def test_random_filters_do_not_stand_out_and_of_small_ones_the_fit_tells_nothing():
    found = filters.summarise({"a": learned(20, 5, 0, seed=3), "b": learned(20, 3, 0, channels=8, seed=4)}, {})
    for layer in found["layers"].values():
        assert layer["above"] <= 4
        assert layer["p"] > filters.LEVEL
        assert layer["null_energy"] == pytest.approx(layer["energy"], abs=0.1)  # reduced alike
    large, small, *numbers = found["sentences"]
    assert large == "The filters of a are not shown to be more like Gabor functions than random ones."
    assert small.startswith("The fit cannot tell whether the filters of b resemble Gabor functions: with eight")
    assert f"reaches R² {found['layers']['b']['null_median']:.2f} on half of the random filters" in small
    assert sum("cycles per pixel" in sentence for sentence in numbers) == 1  # stripes of `a` alone


def test_small_filters_closer_than_random_ones_are_said_to_be_both_closer_and_untold():
    fits = {"a.conv": {"p": 0.001, "null_median": 0.85}, "b.conv": {"p": 0.04, "null_median": 0.83}}
    untold = "but the fit cannot tell whether they resemble Gabor functions: with eight parameters for 3×3 weights, "
    untold += "it reaches R² 0.83 on half of the random filters as well."
    closer = "A Gabor function is fitted more closely to the filters of a.conv"
    assert filters._untold(fits) == f"{closer} and b.conv than to random ones, {untold}"
    fits["b.conv"]["p"] = 0.05
    assert filters._untold(fits) == f"{closer} than to random ones (not shown of the filters of b.conv), {untold}"
    fits["a.conv"]["p"] = 0.05
    assert filters._untold(fits).startswith("The fit cannot tell whether the filters of a.conv and b.conv resemble")


@pytest.mark.slow
@pytest.mark.usefixtures("few_random_filters")
def test_identity_kernels_are_no_gabor_functions_and_are_counted():
    weights = learned(20, 3, 0, channels=8)
    weights[::2] *= 0.01
    weights[::2, 2, 1, 1] = 1
    alone = 0.001 * learned(4, 5, 0, channels=4)
    alone[range(4), range(4), 2, 2] = -1
    found = filters.summarise({"some": weights, "all": alone}, {})
    layer = found["layers"]["some"]
    assert (layer["filters"], layer["copies"], layer["fitted"]) == (20, 10, 10)
    assert all(one["index"] % 2 for one in layer["best"])
    assert list(found["layers"]) == ["some"] and found["shown"] == ["some", "all"]
    assert any(
        sentence.startswith("10 of its filters, which mostly hand one input channel on")
        for sentence in found["sentences"]
    )
    assert found["sentences"][-1].startswith("No Gabor function is fitted to the filters of all: all 4 mostly hand one")
    assert filters.sentences({}, {"all": 4}) == found["sentences"][-1:]
    with pytest.raises(ValueError, match="identity"):
        gabor.compare(alone)


def test_a_spot_beside_the_middle_or_a_filter_of_zeros_is_no_identity_kernel():
    spots = np.zeros((3, 2, 5, 5))
    spots[0, 1, 2, 2] = spots[1, 1, 2, 3] = 1
    assert gabor.copies(spots).tolist() == [True, False, False]
    spots[0, 1, 0, 0] = 1.1
    assert not gabor.copies(spots).any()


@pytest.mark.slow
@pytest.mark.usefixtures("few_random_filters")
def test_spots_stand_out_as_blobs():
    y, x = np.mgrid[-3:4, -3:4]
    spots = np.stack([np.exp(-((x - a) ** 2 + y**2) / 5) for a in np.linspace(-1, 1, 12)])
    found = filters.summarise({"spots": np.repeat(spots[:, None], 2, axis=1)}, {})
    assert found["layers"]["spots"]["waves"] == 0
    assert "mostly as blobs without stripes" in found["sentences"][0]
    assert any("a blob without stripes" in sentence for sentence in found["sentences"])


@pytest.mark.slow
@pytest.mark.usefixtures("few_random_filters")
def test_large_layers_are_sampled_evenly_and_say_so(monkeypatch):
    monkeypatch.setattr(gabor, "FITTED", 4)
    layer = gabor.compare(learned(10, 5, 0))
    assert (layer["filters"], layer["fitted"], len(layer["r2"])) == (10, 4, 4)
    assert sorted(one["index"] for one in layer["best"]) == [0, 3, 6, 9]
    assert "4 filters of 5×5 pixels that were fitted, of 10," in filters.sentences({"x": layer})[1]


@pytest.mark.slow
@pytest.mark.usefixtures("few_random_filters")
def test_the_energy_of_the_fitted_pattern_is_that_of_the_filters_drawn(monkeypatch):
    monkeypatch.setattr(gabor, "FITTED", 4)
    weights = learned(10, 5, 0.6, channels=8)
    weights[2] = 0
    weights[2, 3, 2, 2] = 1  # an identity kernel
    said = next(text for text in filters.sentences({"x": gabor.compare(weights)}) if "energy" in text)
    share = said.partition(" holds ")[2].partition(" of")[0]
    assert said.endswith("in random filters; medians over all filters, fitted or not).")
    drawn = filters_figure.draw({"x": weights}, {}, "layer1", title="Net")
    assert any(f"holds {share} of a filter's energy" in text for text in written(drawn))


def test_filters_too_small_to_be_fitted_are_left_out():
    found = filters.summarise({"one": np.ones((4, 3, 1, 1)), "wide": np.ones((4, 3, 3, 5))}, {})
    assert found["layers"] == {}
    assert "no Gabor function can be fitted" in found["sentences"][0]
    with pytest.raises(ValueError, match="1x1"):
        gabor.compare(np.ones((4, 3, 1, 1)))


@pytest.mark.parametrize(
    ("p", "above", "waves", "verdict"),
    [(0.01, 4, 2, "wave"), (0.01, 5, 2, "blob"), (0.05, 4, 4, "chance")],
)
def test_a_layer_learned_waves_blobs_or_nothing_beyond_chance(p, above, waves, verdict):
    assert filters._verdict({"p": p, "above": above, "waves": waves}) == verdict


def test_the_probabilities_of_several_layers_are_corrected(monkeypatch):
    p = iter([0.04, 0.03])
    monkeypatch.setattr(filters, "compare", lambda weights: {"p": next(p)})
    monkeypatch.setattr(filters, "sentences", lambda fits, copied: [])
    found = filters.summarise({"a": np.ones((1, 3, 3, 3)), "b": np.ones((1, 3, 3, 3))}, {})
    assert [layer["p"] for layer in found["layers"].values()] == pytest.approx([0.06, 0.06])
