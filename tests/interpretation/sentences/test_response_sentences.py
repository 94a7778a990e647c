"""What responses of larger images say in numbers: counted by image, pointed at objects."""

import numpy as np
import pytest

from cnnatlas.interpretation.sentences import response


def case(n=20, size=8):
    """Each image has two rows; the response of its prediction peaks in the upper left quarter, the other's below."""
    maps = np.full((2 * n, size, size), -1.0, np.float32)
    maps[::2, 1, 1], maps[1::2, 6, 6] = 2.0, 2.0
    entries = [{"index": 10 + i // 2, "prediction": "cat", "target": "dog" if i % 2 else "cat"} for i in range(2 * n)]
    record = {"images": entries, "options": {"scales": [1.0, 2.0]}}
    return {"response_0": maps, "response_1": np.repeat(np.repeat(maps, 2, 1), 2, 2)}, record


def mask(rows, columns):
    found = np.zeros((32, 32), bool)
    found[rows, columns] = True
    return found


def test_only_the_prediction_of_each_image_counts():
    found = response.summarise(*case())["scales"]
    assert [scale["images"] for scale in found] == [20, 20] and [scale["size"] for scale in found] == [[8, 8], [16, 16]]
    assert found[0]["positive"] == pytest.approx(1 / 64) and "pointing" not in found[0]


def test_a_peak_on_the_object_is_counted():
    on, off = mask(slice(0, 16), slice(0, 16)), mask(slice(16, 32), slice(16, 32))
    masks = {10 + i: on if i < 15 else off for i in range(20)}
    for scale in response.summarise(*case(), masks=masks)["scales"]:
        assert (scale["n"], scale["pointing"]) == (20, 15) and scale["covered"] == pytest.approx(0.25)
        assert scale["p"] < 1e-3


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
