"""What the figures of fooling images and maximised activations show and say."""

import numpy as np
import pytest

from cnnatlas.figures import style
from cnnatlas.interpretation.figures import activation_maximisation as maximisation
from cnnatlas.interpretation.figures import fooling
from synthesis_results import fooled, maximised

TEN = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]


def written(figure):
    return [text.get_text() for text in figure.axes[0].texts]


def shown(figure):
    return [np.asarray(image.get_array()) for image in figure.axes[0].images]


def test_a_row_holds_the_original_the_fooling_image_and_the_magnified_difference():
    arrays, record = fooled(TEN, n=2, change=0.02)
    figure = fooling.draw(arrays, record, "fooling")
    original, fooling_image, difference = shown(figure)[:3]
    np.testing.assert_array_equal(original, arrays["images"][0])
    expected = arrays["fooling"][0].transpose(1, 2, 0)
    np.testing.assert_allclose(fooling_image / 255, expected, atol=0.5 / 255 + 1e-6)
    change = expected - original / np.float32(255)
    assert "difference × 20" in written(figure)
    np.testing.assert_allclose(difference / 255, 0.5 + 20 * change, atol=0.5 / 255 + 1e-4)


@pytest.mark.parametrize(("change", "factor"), [(0.6, 1), (0.2, 2), (0.004, 100), (0.0, 1000)])
def test_the_factor_fits_the_change(change, factor):
    assert f"difference × {factor}" in written(fooling.draw(*fooled(TEN, n=2, change=change), "fooling"))


def test_texts_name_prediction_truth_target_scores_and_norms():
    arrays, record = fooled(TEN, n=2)
    texts = written(fooling.draw(arrays, record, "fooling"))
    assert {"airplane 0.900", "cat 0.200", "1 step", "car 0.900", "true: bird", "deer 0.900", "2 steps"} <= set(texts)
    assert {f"L2 {arrays['l2'][0]:.2f}", f"L∞ {255 * arrays['linf'][0]:.0f}/255"} <= set(texts)


def test_failures_come_last_and_images_without_a_step_not_at_all():
    arrays, record = fooled(TEN, n=4, success=[0, 1, 1, 1], steps=[100, 5, 0, 7])
    figure = fooling.draw(arrays, record, "fooling")
    for picture, i in zip(shown(figure)[::3], (1, 3, 0), strict=True):
        np.testing.assert_array_equal(picture, arrays["images"][i])
    assert [text[:7] for text in written(figure) if text.startswith("not ")] == ["not cat"]
    assert written(fooling.draw(*fooled(TEN, n=1, steps=[0]), "fooling")) == ["no image had to be changed"]


def test_no_more_than_eight_fooled_images_are_shown():
    assert len(shown(fooling.draw(*fooled(TEN, n=12), "fooling"))) == 3 * fooling.SHOWN


def test_each_layer_has_its_title_and_each_picture_its_unit_and_activations():
    arrays, record = maximised(TEN, layers=1, units=2, shown=3)
    arrays["network.features.0.3_reached"], arrays["network.features.0.3_natural"] = (
        np.array([12.34, 0.5]),
        np.array([1.0, -2]),
    )
    figure = maximisation.draw(arrays, record, "activation_maximisation")
    texts = written(figure)
    assert texts.index("features.0.3: reached (best validation image)") < texts.index("channel 1")
    assert {"channel 0", "12.3 (1.00)", "0.50 (−2.00)", "car"} <= set(texts)
    assert "logits of the classes: reached (best validation image)" in texts
    for drawn, picture in zip(shown(figure), [*arrays["network.features.0.3"], *arrays["classes"]], strict=True):
        np.testing.assert_array_equal(drawn, picture.transpose(1, 2, 0))


def test_too_many_pictures_for_a_page_are_cut_and_the_figure_says_so():
    many = [f"class_{i}" for i in range(101)]
    figure = maximisation.draw(*maximised(many, shown=101), "activation_maximisation")
    assert "logits of the classes, 32 of 101 images: reached (best validation image)" in written(figure)
    assert "class 31" in written(figure) and "class 32" not in written(figure)
    assert figure.get_size_inches()[1] <= style.HEIGHT
