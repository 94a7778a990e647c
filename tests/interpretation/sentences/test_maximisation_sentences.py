"""The words on maximised activations: frequencies of known waves, and conclusions that turn with the numbers."""

import numpy as np
import pytest

from cnnatlas.interpretation.arrays import maximised
from cnnatlas.interpretation.sentences.activation_maximisation import (
    activation_sentence,
    conclusion,
    frequency_sentence,
    mean_frequency,
    summary,
)


def waves(cycles, n=6, size=32):
    """Pictures (n, 3, size, size) of waves of about so many cycles."""
    phase = np.arange(n)[:, None] / 3
    rows = np.cos(2 * np.pi * (cycles + 0.1 * np.arange(n)[:, None]) * np.arange(size) / size + phase)
    return np.broadcast_to(0.5 + 0.4 * rows[:, None, None], (n, 3, size, size)).astype(np.float32)


def layer(name, cycles, reached=4.0, natural=2.0, n=6):
    reached, natural = (np.broadcast_to(np.float32(value), n) for value in (reached, natural))
    return {
        name: waves(cycles, n),
        f"{name}_units": np.arange(n),
        f"{name}_reached": reached,
        f"{name}_start": np.zeros(n, np.float32),
        f"{name}_natural": natural,
    }


def results(*layers):
    images = np.rint(255 * waves(4, 9)).astype(np.uint8).transpose(0, 2, 3, 1)
    return {"images": images, "natural_images": np.array(250)} | {
        key: values for each in layers for key, values in each.items()
    }


@pytest.mark.parametrize("cycles", [4, 4.5, 8, 12])
@pytest.mark.parametrize("size", [32, 33])
def test_the_frequency_of_a_wave_is_found_in_cycles_per_pixel(cycles, size):
    found = mean_frequency(waves(cycles, 1, size))
    assert found[0] == pytest.approx(cycles / size, rel=0.03)
    assert mean_frequency(waves(cycles, 1, size).transpose(0, 1, 3, 2)) == pytest.approx(found)


def test_of_a_diagonal_wave_the_radial_frequency_counts_and_brightness_does_not():
    i = np.arange(32)
    wave = np.cos(2 * np.pi * (3 * i[:, None] + 4 * i) / 32)[None, None]
    assert mean_frequency(wave + 7)[0] == pytest.approx(5 / 32, rel=0.03)
    assert np.isnan(mean_frequency(np.full((1, 3, 8, 8), 0.3, np.float32))[0])


def test_layers_are_found_in_their_order():
    assert maximised(results(layer("b", 3), layer("a", 3), layer("classes", 3))) == ["b", "a", "classes"]


def test_the_summary_counts_what_natural_images_do_not_reach():
    found = summary(results(layer("a", 3, reached=[4, 1, 6, 5, 0, 8], natural=[2, 2, 2, 1, 0, 2])))["layers"][0]
    assert (found["above"], found["silent"], found["units"]) == (4, 1, 6)
    assert found["factor"] == pytest.approx(np.median([2, 0.5, 3, 5, 4]))
    assert len(found["frequencies"]) == 4  # the others are no maxima: a natural image activates their unit as much


@pytest.mark.parametrize(
    ("early", "late", "expected"),
    [
        (3, 9, "It rises from a to c by 0.1"),
        (9, 3, "It falls from a to c, the change being −0.1"),
        (5, 5.01, "leaves open whether the later layer prefers finer or coarser"),
    ],
)
def test_the_conclusion_on_frequency_turns_with_the_measurement(early, late, expected):
    arrays = results(layer("network.a", early), layer("b", 6), layer("network.c", late), layer("classes", 2))
    text = frequency_sentence(summary(arrays))
    assert expected in text
    assert "finer patterns." in text if late > 8 else "coarser patterns." in text
    assert f"{np.mean(mean_frequency(waves(early))):.3f} for a" in text and "validation images have 0.1" in text


@pytest.mark.parametrize(
    ("early", "late", "expected"),
    [
        (3, 9, "b prefers finer patterns than a"),
        (9, 3, "b prefers coarser patterns than a"),
    ],
)
def test_the_conclusion_counts_channels_and_turns_with_the_frequency(early, late, expected):
    found = conclusion(
        summary(results(layer("a", early, reached=[4, 1, 4, 4, 4, 4]), layer("classes", 3), layer("b", late)))
    )
    assert (
        "the ascent activates 5 of 6 channels of a and all 6 channels of b more than the best of 250 validation images "
        "does; the images of the others do not maximise their channels; b" in found
    )
    assert expected in found


@pytest.mark.parametrize(
    ("reached", "expected"),
    [
        ([4, 1, 1, 4, 4, 4], "the ascent activates 4 of 6 channels of a more than the best of 250"),
        (4, "the ascent activates all 6 channels of a more than the best of 250"),
        (1, "the ascent found no image that activates its channel more than the best of 250"),
    ],
)
def test_channels_that_a_natural_image_activates_more_are_counted(reached, expected):
    assert expected in conclusion(summary(results(layer("a", 3, reached=reached))))


def test_a_conclusion_that_the_channels_do_not_allow_is_left_open():
    found = conclusion(summary(results(layer("a", 5), layer("b", 5))))
    assert found.endswith("whether b prefers finer patterns than a is not decided.")
    missed = results(layer("a", 3, reached=[4, 1, 1, 1, 1, 1]), layer("b", 9))
    assert conclusion(summary(missed)).endswith("too few layers have such images to compare their patterns.")
    assert conclusion(summary(results(layer("classes", 5)))) == ""


def test_one_layer_alone_is_not_compared():
    text = frequency_sentence(summary(results(layer("a", 3), layer("classes", 9))))
    assert "for the classes" in text and "later layer" not in text


def test_visualisations_that_activate_nothing_show_nothing():
    assert "show nothing" in frequency_sentence(summary(results(layer("a", 3, reached=0, natural=0))))
    assert "6 of them are inactive on every validation image." in activation_sentence(
        summary(results(layer("a", 3, reached=0, natural=0)))
    )


@pytest.mark.parametrize(
    ("factors", "expected"),
    [
        ((2, 3, 5), "2.00 in a, 3.00 in b and 5.00 in c, growing with depth."),
        ((5, 3, 2), ", shrinking with depth."),
        ((2, 5, 3), "3.00 in c."),
    ],
)
def test_factors_over_natural_images_are_told_with_their_trend(factors, expected):
    layers = [layer(name, 3, reached=2 * factor) for name, factor in zip("abc", factors, strict=True)]
    text = activation_sentence(summary(results(*layers)))
    assert expected in text
    assert "activate all 18 channels of 3 layers more than the best of 250 validation images does" in text


def test_classes_are_compared_by_their_difference():
    text = activation_sentence(summary(results(layer("classes", 3, reached=[9, 9, 9, 9, 9, 1], natural=3))))
    assert text.startswith("The visualisations give 5 of 6 classes a higher logit") and "is 6.0 higher." in text
    lower = activation_sentence(summary(results(layer("classes", 3, reached=1, natural=3))))
    assert "none of 6 classes" in lower and "is 2.0 lower." in lower
