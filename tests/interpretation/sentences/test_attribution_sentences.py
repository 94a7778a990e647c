"""Attributions in words: each measure on maps whose answer is known, and words that change with the numbers."""

import numpy as np
import pytest

from cnnatlas.interpretation.sentences.attribution import (
    completeness,
    interpretation,
    measures,
    misclassified,
    summarise,
)


def record(right):
    return {
        "classes": ["cat", "dog"],
        "images": [{"class": "cat", "prediction": "cat" if hit else "dog"} for hit in right],
    }


def arrays(maps, images=None):
    maps = np.asarray(maps, np.float32)
    blank = np.zeros((len(maps), *maps.shape[2:], 3), np.uint8)
    return {"attribution": maps, "images": blank if images is None else images}


def squares(sides, size=16):
    """One map each, with a central square of ones of these sides."""
    maps = np.zeros((len(sides), 1, size, size))
    for values, side in zip(maps, sides, strict=True):
        start = (size - side) // 2
        values[0, start : start + side, start : start + side] = 1
    return maps


@pytest.mark.parametrize("shape", [(8, 8), (7, 9), (33, 6), (5, 5)])
def test_an_even_map_has_a_quarter_in_the_centre_and_half_in_half_the_area(shape):
    found = measures(arrays(np.ones((1, 1, *shape))), record([True]), "positive")
    assert found["centre"] == pytest.approx(0.25) and found["area"] == pytest.approx(0.5)


def test_centre_and_area_of_known_maps():
    maps = squares([8, 4, 16])
    maps[2, 0, 4:12, 4:12] = 0
    found = measures(arrays(maps), record([True] * 3), "positive")
    assert found["centre"] == pytest.approx([1, 1, 0])
    assert found["area"] == pytest.approx([64 / 512, 16 / 512, 192 / 512])


def test_the_mass_is_relevance_of_the_sign_that_is_given():
    signed = np.zeros((1, 1, 8, 8))
    signed[0, 0, 4, 4], signed[0, 0, 0, 0] = 1, -3
    assert measures(arrays(signed), record([True]), "positive")["centre"] == pytest.approx(1)
    coloured = np.repeat(signed, 3, axis=1) * np.array([1, -1, 0])[:, None, None]
    assert measures(arrays(coloured), record([True]), "either")["centre"] == pytest.approx(0.25)


def test_a_map_that_follows_edges_correlates_with_them():
    image = np.zeros((2, 24, 24, 3), np.uint8)
    image[:, :, 12:] = 200
    maps = np.zeros((2, 3, 24, 24))
    maps[0, :, :, 11:13], maps[1, :, :, :3], maps[1, :, :, -3:] = -1, 1, 1
    found = measures(arrays(maps, image), record([True, False]), "either")
    assert found["edges"][0] > 0.8 and found["edges"][1] < -0.3
    assert found["correct"].tolist() == [True, False]


def test_maps_and_images_without_anything_have_no_measure():
    found = measures(arrays(np.stack([-np.ones((1, 8, 8)), np.ones((1, 8, 8))])), record([True, True]), "positive")
    assert np.isnan(found["centre"]).tolist() == np.isnan(found["area"]).tolist() == [True, False]
    assert np.isnan(found["edges"]).all()


@pytest.mark.parametrize(
    ("maps", "words"),
    [(squares([10] * 6), "more than the 25 %"), (1 - squares([8] * 6), "less than the 25 %"),
     (np.ones((6, 1, 8, 8)), "not clearly different from the 25 %"),
     (np.concatenate([squares([8]), 1 - squares([8] * 5)]), "not clearly different from the 25 %")],
)  # fmt: skip
def test_the_centre_is_judged_by_its_interval(maps, words):
    assert words in interpretation(arrays(maps), record([True] * 6), "positive")


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [([6, 6, 6, 6, 7], [9, 9, 9, 9, 8], "more spread out"), ([9, 9, 9, 9, 8], [6, 6, 6, 6, 7], "more concentrated"),
     ([4, 9, 6, 5, 8], [5, 8, 6, 9, 4], "not significant"), ([5] * 4, [9] * 6, "too few to compare")],
)  # fmt: skip
def test_right_and_wrong_images_are_compared_by_their_interval(right, wrong, words):
    said = interpretation(
        arrays(squares([*right, *wrong])), record([True] * len(right) + [False] * len(wrong)), "positive"
    )
    assert words in said
    assert f"{len(right)} correctly classified images" in said and f"{len(wrong)} misclassified ones" in said


def test_without_wrong_images_nothing_is_compared():
    assert "classified" not in interpretation(arrays(squares([5] * 6)), record([True] * 6), "positive")


@pytest.mark.parametrize(
    ("at_edges", "elsewhere", "words"),
    [
        (20, 0, "The maps follow the edges of their images: the rank correlation is 0."),
        (0, 0, "Whether the maps follow the edges of their images is open: the rank correlation is "),
        (0, 20, "The maps avoid the edges of their images: the rank correlation is −0."),
    ],
)
def test_whether_edges_are_followed_is_told_by_the_interval_of_the_correlation(at_edges, elsewhere, words):
    image = np.zeros((6, 32, 32, 3), np.uint8)
    image[:, :, 16:] = 200
    maps = elsewhere + np.random.default_rng(0).random((6, 3, 32, 32))
    maps[..., 14:18] += at_edges - elsewhere
    said = interpretation(arrays(maps, image), record([True] * 6), "positive")
    assert words in said and said.count("95 % interval, not corrected, ") == 2  # of the centre, and of the edges
    few = interpretation(arrays(maps[:4], image[:4]), record([True] * 4), "positive")
    assert "Of the maps and the edges of their images, the rank correlation is" in few


@pytest.mark.parametrize(
    ("sides", "words"),
    [
        ([10] * 6, "is 64.0 %, clearly less (95 % interval of the difference, not corrected, −36"),
        ([6] * 6, "; with permuted weights it is 100.0 %, not clearly different"),
        ([12, 16, 8, 12, 9, 10], "clearly less"),
    ],
)  # fmt: skip
def test_each_mean_is_compared_with_that_of_permuted_weights(sides, words):
    values = arrays(squares([7, 8, 8, 8, 8, 8])) | {"permuted": squares(sides)}
    said = interpretation(values, record([True] * 6), "positive")
    assert words in said and said.count("; with permuted weights it is") == 2  # of the centre, and of the area
    assert "permuted" not in interpretation(arrays(squares([8] * 6)), record([True] * 6), "positive")


def test_a_mean_stands_beside_that_of_the_same_images_where_permuted_weights_leave_maps_without_mass():
    permuted = squares([10] * 12)
    permuted[:6] = 0
    values = arrays(squares([8] * 6 + [12] * 6)) | {"permuted": permuted}
    said = interpretation(values, record([True] * 12), "positive")
    centre = said.partition(" The ")[0]
    assert "for the 6 images whose map has any mass with permuted weights too it is 44.4 %, and 64.0 % with" in centre


def test_an_outline_of_an_image_whose_map_has_no_mass_is_known_all_the_same():
    maps = squares([8] * 6)
    maps[0] = 0
    entries = {"images": [entry | {"index": n} for n, entry in enumerate(record([True] * 6)["images"])]}
    said = interpretation(arrays(maps), entries, "positive", {0: np.ones((32, 32), bool)})
    assert "not known here" not in said


def test_the_object_and_the_edges_are_compared_with_permuted_weights_too():
    image = np.zeros((6, 32, 32, 3), np.uint8)
    image[:, :, 16:] = 200
    noise = np.random.default_rng(0).random((2, 6, 3, 32, 32))
    masks = dict.fromkeys(range(6), np.arange(32) * np.ones((32, 1)) < 8)
    entries = {"images": [entry | {"index": n} for n, entry in enumerate(record([True] * 6)["images"])]}
    edges = noise[0] + 20 * (abs(np.arange(32) - 15.5) < 2)
    said = interpretation(arrays(edges, image) | {"permuted": noise[1]}, entries, "either", masks)
    assert "with permuted weights it is 24.9 %, clearly more (95 %" in said  # on the object
    assert "; with permuted weights it is 0.03, clearly less (95 % interval of the difference, not corr" in said
    few = interpretation(arrays(edges[:4], image[:4]) | {"permuted": noise[1, :4]}, record([True] * 4), "either")
    assert "permuted weights it is" in few and "clearly" not in few


def test_maps_without_mass_are_told_and_left_out():
    maps = squares([8] * 6)
    maps[0] = 0
    said = interpretation(arrays(maps), record([True] * 6), "positive")
    assert said.startswith("1 map has no mass") and "over 5 images, 100.0 %" in said
    assert interpretation(arrays(0 * maps), record([True] * 6), "positive").startswith("No map has any mass")


def test_a_handful_of_images_gets_no_interval():
    said = interpretation(arrays(squares([8, 8])), record([True, False]), "positive")
    assert "95 %" not in said and "over 2 images, 100.0 %" in said


def test_the_same_words_come_again():
    values = arrays(np.random.default_rng(0).random((12, 3, 9, 9)), np.arange(12 * 243).reshape(12, 9, 9, 3) % 255)
    right = record([True, False] * 6)
    assert interpretation(values, right, "either") == interpretation(values, right, "either")


def test_the_residual_of_integrated_gradients_is_reported():
    arrays = {
        "residual": np.array([0.01, -0.4, 0.0]),
        "rise": np.array([1.0, -1.0, 0.0]),
        "points": np.array([16, 64, 16]),
    }
    text = completeness({**arrays, "tolerance": np.full(3, 0.05)})
    assert "by 1.0 % of the rise in the median and 40.0 % at most" in text
    assert "by up to 5 % for 2 of 3 images, with 16 to 64 points" in text
    alike = completeness({**arrays, "points": np.full(3, 32), "tolerance": np.full(3, 0.05)})
    assert "with 32 points of the quadrature" in alike


def indexed(right):
    return {"images": [entry | {"index": i} for i, entry in enumerate(record(right)["images"])]}


def test_mass_on_the_object_is_measured_against_what_the_object_covers():
    mask = np.zeros((32, 32), bool)
    mask[:16] = True  # the upper half, at twice the maps' resolution
    maps = np.zeros((2, 1, 16, 16))
    maps[0, 0, :4], maps[1, 0, 6:10] = 1, 1
    found = measures(arrays(maps), indexed([True, True]), "positive", {0: mask, 1: mask})
    assert found["object"].tolist() == [1.0, 0.5] and found["covered"].tolist() == [0.5, 0.5]
    partly = measures(arrays(maps), indexed([True, True]), "positive", {1: mask})
    assert np.isnan(partly["object"]).tolist() == [True, False]


@pytest.mark.parametrize(
    ("sides", "words"),
    [([4, 6] * 3, "about the object more than"), ([16] * 6, "object or the background is open")],
)
def test_object_or_background_is_said_by_an_interval_and_errors_are_compared(sides, words):
    box = np.zeros((16, 16), bool)
    box[4:12, 4:12] = True
    masks = dict.fromkeys(range(len(sides)), box)
    text = interpretation(arrays(squares(sides)), indexed([True] * len(sides)), "positive", masks)
    assert words in text and "covers 25.0 % of the image" in text and "stands for them" not in text
    background = interpretation(arrays(1 - squares([8, 10] * 3)), indexed([True] * 6), "positive", masks)
    told = "about the background more than about the object (95 % interval of the difference, not corrected, "
    assert told in background


def test_where_the_network_errs_its_maps_may_be_about_the_object_less():
    box = np.zeros((16, 16), bool)
    box[4:12, 4:12] = True
    maps = np.concatenate([squares([6, 6, 8, 8, 8]), squares([14, 14, 16, 16, 16])])
    text = interpretation(arrays(maps), indexed([True] * 5 + [False] * 5), "positive", dict.fromkeys(range(10), box))
    assert "where the network errs, its maps are less about the object" in text


def test_without_masks_the_centre_stands_for_the_object_and_is_named_so():
    assert "the centre box stands for them" in interpretation(arrays(squares([4] * 6)), record([True] * 6), "positive")


def test_a_network_with_other_classes_than_the_images_is_said_to_misclassify_none():
    """A network of ImageNet's breeds is not wrong about a cat that it calls tabby."""
    said = misclassified({"classes": ["tabby"], "images": [{"class": "Cat", "prediction": "tabby"}]})
    assert said.startswith("The network has other classes than the images")


def test_misclassified_images_are_counted_and_the_patch_of_occlusion_is_told():
    of = record([True, True, False, False, False, True])
    found = summarise(arrays(squares([5] * 6)), of | {"options": {"patch": 12, "stride": 6}}, sign="positive")
    assert found["sentences"][1:] == [
        "The network misclassifies 3 of 6 images.",
        "The patch has 12 × 12 pixels, and moves by 6.",
    ]
    assert len(summarise(arrays(squares([5] * 6)), of | {"options": {}}, sign="positive")["sentences"]) == 2
