"""What responses of larger images say in numbers: counted by image, pointed at objects."""

import numpy as np
import pytest
from scipy import stats

from cnnatlas.interpretation.sentences import response


def case(n=20, size=8):
    """Each image has two rows; the response of its prediction peaks in the upper left quarter, the other's below."""
    maps = np.full((2 * n, size, size), -1.0, np.float32)
    maps[::2, 1, 1], maps[1::2, 6, 6] = 2.0, 2.0
    targets = n * [("cat", 0.6), ("dog", 0.4)]
    entries = [
        {"index": 10 + i // 2, "prediction": "cat", "target": target, "target_score": score}
        for i, (target, score) in enumerate(targets)
    ]
    record = {"images": entries, "options": {"scales": [1.0, 2.0]}}
    bias = np.zeros(2 * n, np.float32)
    return {"response_0": maps, "response_1": np.repeat(np.repeat(maps, 2, 1), 2, 2), "bias": bias}, record


def mask(rows, columns):
    found = np.zeros((32, 32), bool)
    found[rows, columns] = True
    return found


def test_only_the_prediction_of_each_image_counts():
    found = response.summarise(*case())["scales"]
    assert [scale["images"] for scale in found] == [20, 20] and [scale["size"] for scale in found] == [[8, 8], [16, 16]]
    assert "pointing" not in found[0]


def test_the_predicted_class_is_compared_with_the_most_probable_other_one():
    """Positive responses alone say nothing: behind a ReLU, those of every class are."""
    arrays, record = case(2)
    for maps in (arrays["response_0"], arrays["response_1"]):
        maps += 1  # nothing is negative any more
    arrays["bias"][3] = 0.5  # of the second image's other class: it leads by 0.5 at all positions but one
    found, doubled = response.summarise(arrays, record)["scales"]
    assert (found["compared"], found["ahead"]) == (2, 0)  # peaks of equal height do not make a lead on the whole
    assert found["positions"] == doubled["positions"] == pytest.approx(1 / 64)
    arrays["bias"][3] = -0.5
    text = response.summarise(arrays, record)["sentences"][0]
    assert "in 1 of 2 images as a whole, and at 50.0 % of the positions" in text


def test_of_several_other_classes_the_most_probable_counts():
    arrays, record = case(1)
    third = {**record["images"][1], "target": "frog", "target_score": 0.1}
    arrays = {key: np.append(values, values[1:] + 9, axis=0) for key, values in arrays.items()}
    found = response.summarise(arrays, record | {"images": [*record["images"], third]})
    assert found["scales"][0]["positions"] == pytest.approx(1 / 64)


def test_without_another_class_nothing_is_compared():
    arrays, record = case(3)
    alone = {key: values[::2] for key, values in arrays.items()}, record | {"images": record["images"][::2]}
    found = response.summarise(*alone)
    assert found["scales"][0]["compared"] == 0 and "higher logit" not in found["sentences"][0]


def test_a_peak_on_the_object_is_counted():
    on, off = mask(slice(0, 16), slice(0, 16)), mask(slice(16, 32), slice(16, 32))
    masks = {10 + i: on if i < 15 else off for i in range(20)}
    for scale in response.summarise(*case(), masks=masks)["scales"]:
        assert (scale["n"], scale["pointing"]) == (20, 15) and scale["covered"] == pytest.approx(0.25)
        assert scale["p"] < 1e-3


def test_a_peak_is_compared_with_the_middle_of_the_image():
    """Where objects are in the middle, a random position is too easy a comparison."""
    corner, middle = mask(slice(0, 16), slice(0, 16)), mask(slice(8, 24), slice(8, 24))
    scale = response.summarise(*case(), masks={10 + i: corner if i < 15 else middle for i in range(20)})["scales"][0]
    assert (scale["pointing"], scale["centre"]) == (15, 5)
    assert scale["p_centre"] == pytest.approx(stats.binomtest(15, 20).pvalue)
    said = response.sentence(scale)
    assert said.endswith("; the middle of the image does in 5 of them (sign test p = 0.041).")
    both = response.summarise(*case(), masks={10 + i: np.ones((32, 32), bool) for i in range(20)})["scales"][0]
    assert both["p_centre"] == 1


def test_rows_and_columns_are_not_exchanged():
    arrays, record = case(1)
    arrays["response_0"][0, 1, 1], arrays["response_0"][0, 1, 6] = -1, 2
    upper_right = {10: mask(slice(0, 16), slice(16, 32))}
    assert response.summarise(arrays, record, masks=upper_right)["scales"][0]["pointing"] == 1


def test_the_verdict_follows_from_the_numbers():
    on = {10 + i: mask(slice(0, 16), slice(0, 16)) for i in range(20)}
    everywhere = {10 + i: np.ones((32, 32), bool) for i in range(20)}
    assert "more often than a random position" in response.summarise(*case(), masks=on)["sentences"][0]
    assert "not clearly more often" in response.summarise(*case(), masks=everywhere)["sentences"][0]


def test_images_without_a_mask_are_left_out_of_pointing():
    assert response.summarise(*case(), masks={10: mask(slice(0, 16), slice(0, 16))})["scales"][0]["n"] == 1


@pytest.mark.parametrize(("n", "least"), [(1, 1), (3, 2), (12, 6), (20, 9)])
def test_of_few_images_the_probability_is_exact(n, least):
    """A normal approximation makes p = 0.001 of one hit with a chance of a tenth."""
    on, off = mask(slice(0, 16), slice(0, 16)), mask(slice(16, 32), slice(16, 32))
    masks = {10 + i: on if i < least else off for i in range(n)}
    scale = response.summarise(*case(n), masks=masks)["scales"][0]
    assert scale["p"] == pytest.approx(stats.binom.sf(least - 1, n, 0.25))
    assert scale["p_fewer"] == pytest.approx(stats.binom.cdf(least, n, 0.25))


def test_where_there_is_one_position_chance_cannot_miss_either():
    arrays, record = case(20, 8)
    arrays["response_0"] = arrays["response_0"].max((1, 2), keepdims=True)
    centre = {10 + i: mask(slice(8, 24), slice(8, 24)) for i in range(20)}
    found = response.summarise(arrays, record, masks=centre)
    scale = found["scales"][0]
    assert (scale["pointing"], scale["covered"], scale["p"]) == (20, 1.0, 1.0)
    assert "not clearly more often" in found["sentences"][0]


def test_fewer_hits_than_chance_gives_are_told():
    low = {10 + i: mask(slice(16, 32), slice(0, 32)) for i in range(20)}
    assert "less often than a random position" in response.summarise(*case(), masks=low)["sentences"][0]
