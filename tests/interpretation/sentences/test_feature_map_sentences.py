"""Dead channels, zeros and detail of maps made by hand."""

import numpy as np
import pytest
from scipy import ndimage

from cnnatlas.interpretation.sentences import feature_maps as activations


@pytest.fixture(scope="module")
def arrays():
    """Three images of a bright square; maps that follow it finely, coarsely, and not at all."""
    images = np.full((3, 32, 32, 3), 30, np.uint8)
    for i in range(3):
        images[i, 6 + i : 20 + i, 8 : 22 + i] = 220
    grey = images.mean(axis=3) / 255
    fine = np.stack([grey, 1 - grey, np.zeros_like(grey)], axis=1)
    fine[:, 0, :, :16] = 0
    coarse = np.stack([ndimage.zoom(g, 0.25, order=1, grid_mode=True, mode="nearest") for g in grey])[:, None]
    coarse = np.concatenate([np.maximum(coarse - 0.3, 0), np.zeros((3, 3, 8, 8))], axis=1)
    return {
        "early": fine.astype(np.float32),
        "late": coarse.astype(np.float32),
        "flat": np.ones((3, 2, 1, 1)),
        "images": images,
    }


def test_each_layer_is_counted(arrays):
    early, late, flat = activations.describe(arrays)
    assert [row["layer"] for row in (early, late, flat)] == ["early", "late", "flat"]
    assert (early["channels"], early["size"], early["dead"]) == (3, [32, 32], 1)
    assert early["zeros"] == pytest.approx([0.5] * 3)
    assert (late["dead"], flat["dead"]) == (3, 0)
    assert min(early["detail"]) > 0.7
    assert all(0 < b < a for a, b in zip(early["detail"], late["detail"], strict=True))
    assert flat["detail"] == [0, 0, 0]


def test_maps_of_edges_elsewhere_hold_no_detail(arrays):
    shuffled = np.random.default_rng(0).permuted(arrays["early"].reshape(3, 3, -1), axis=2).reshape(3, 3, 32, 32)
    (row,) = activations.describe({"early": shuffled, "images": arrays["images"]})
    assert np.abs(row["detail"]).max() < 0.2


def test_a_channel_is_dead_only_where_it_is_zero_on_every_image(arrays):
    maps = arrays["early"].copy()
    maps[2, 2, 5, 5] = 1
    (row,) = activations.describe({"early": maps, "images": arrays["images"]})
    assert row["dead"] == 0


def test_the_words_follow_the_numbers(arrays):
    rows = activations.describe(arrays)[:2]
    first, last, change, conclusion = activations.sentences(rows)
    assert first.startswith("early has 3 maps of 32×32, 1 of them dead on every image; 50 % of their values are zero")
    assert "(means over 3 images)" in last
    assert change == (
        "From early to late the share of zeros rises on all 3 images, the correlation of the edges falls on all 3 "
        "images."
    )
    early, late = (f"{np.mean(row['detail']):.2f}" for row in rows)
    sparser = f"{100 * np.mean(rows[1]['zeros']):.0f} % against 50 % zeros"
    assert conclusion == (
        f"Conclusion on feature maps: the last layer shown, late, responds more sparsely ({sparser}) and keeps less of "
        f"the image's edges (correlation {late} against {early}) on all 3 images, compared with the first layer shown, "
        "early (maps of 8×8 against 32×32); 3 of 4 maps of late are dead on every image."
    )
    backwards = activations.sentences(rows[::-1])[-1]
    assert f"early, responds more widely (50 % against {sparser.partition(' against')[0]} zeros)" in backwards
    assert f"and keeps more of the image's edges (correlation {early} against {late})" in backwards


def test_a_direction_on_most_images_that_their_mean_contradicts_is_none(arrays):
    row = {**activations.describe(arrays)[0], "dead": 0, "zeros": [0.5, 0.5, 0.9], "detail": [0.5, 0.5, 0.1]}
    other = {**row, "layer": "late", "zeros": [0.52, 0.52, 0.3], "detail": [0.48, 0.48, 0.9]}
    assert activations.sentences([row, other])[-1] == (
        "Conclusion on feature maps: the share of zeros rises on 2 of 3 images and falls on 1; the correlation of the "
        "edges rises on 1 of 3 images and falls on 2."
    )


def test_of_zeros_that_hardly_any_value_is_nothing_is_concluded(arrays):
    row = {**activations.describe(arrays)[0], "dead": 0, "zeros": [0.001, 0.0, 0.0], "detail": [0.5, 0.5, 0.5]}
    told = activations.sentences([row, {**row, "layer": "late", "zeros": [0.0] * 3, "detail": [0.1] * 3}])
    assert "zero" not in told[-1] and "keeps less of the image's edges" in told[-1]
    assert "the share of zeros tells nothing" in told[-2]


def test_a_change_without_direction_is_not_made_one(arrays):
    row = {**activations.describe(arrays)[0], "dead": 0}
    other = {**row, "zeros": [row["zeros"][0] + 0.1, row["zeros"][1], row["zeros"][2] - 0.1]}
    other["detail"] = [value / 2 for value in row["detail"]]
    assert activations.sentences([row, other])[-1].endswith(
        "on all 3 images, compared with the first layer shown, early (maps of 32×32 against 32×32); the share of "
        "zeros rises on 1 of 3 images, falls on 1 and is the same on 1."
    )
    other["detail"] = [row["detail"][0] + 0.1, row["detail"][1], row["detail"][2] - 0.1]
    assert activations.sentences([row, other])[-1].endswith(
        "feature maps: the share of zeros rises on 1 of 3 images, falls on 1 and is the same on 1; the correlation of "
        "the edges rises on 1 of 3 images, falls on 1 and is the same on 1."
    )
    other["zeros"] = [value + 0.1 for value in row["zeros"][:2]] + [row["zeros"][2] - 0.1]
    other["detail"] = [value / 2 for value in row["detail"]]
    conclusion = activations.sentences([row, other])[-1]
    assert "zeros) on 2 of 3 images and keeps less of the image's edges" in conclusion
    assert ") on all 3 images, compared with the first layer shown, early (maps of" in conclusion
    two = {key: row[key][:2] for key in ("zeros", "detail")}
    apart = {**row, "zeros": [row["zeros"][0] + 0.1, row["zeros"][1] - 0.1], "detail": [v / 2 for v in two["detail"]]}
    assert activations.sentences([{**row, **two}, apart])[-1].endswith(
        "on both images, compared with the first layer shown, early (maps of 32×32 against 32×32); the share of zeros "
        "rises on one image and falls on the other."
    )
    assert len(activations.sentences([row])) == 1


def test_images_that_the_network_misclassifies_are_named(arrays):
    images = [{"id": name, "split": "train", "class": "cat", "prediction": "cat"} for name in "abc"]
    assert activations.misclassified({"classes": ["cat", "dog"], "images": images}) == ""
    images[1]["prediction"] = images[2]["prediction"] = "dog"
    said = "The network misclassifies 2 of 3 images (b as dog and c as dog)."
    assert activations.misclassified({"classes": ["cat", "dog"], "images": images}) == said
    found = activations.summarise(arrays, {"classes": ["cat", "dog"], "images": images})
    assert said in found["sentences"] and found["shown"] == [row["layer"] for row in activations.describe(arrays)]
    assert activations.misclassified({"classes": ["tabby"], "images": images}) == ""  # whose right names are not known


def test_images_that_the_network_was_trained_on_are_named():
    images = [{"id": "a/1", "split": "train"}, {"id": "b/1", "split": "validation"}, {"id": "c/1", "split": "train"}]
    found = activations.splits({"images": images})
    assert found == "Of these images, a/1 and c/1 are in the training split and b/1 is in the validation split."
    alone = activations.splits({"images": images[1:2]})
    assert alone == "Of these images, b/1 is in the validation split, on which no network of this run is trained."
