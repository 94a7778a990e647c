import numpy as np
import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.reliability import localisation as module
from cnnatlas.interpretation.reliability.localisation import localisation

SHAPE = (6, 20, 30)


@pytest.fixture
def masks():
    """Rectangles away from the centre."""
    masks = np.zeros(SHAPE, bool)
    for i, mask in enumerate(masks):
        mask[1 : 5 + i, 2:9] = True
    return masks


@pytest.fixture
def images():
    return np.random.default_rng(0).random((SHAPE[0], 3, *SHAPE[1:]))


def test_a_map_that_equals_the_mask_is_perfect_and_better_than_the_baselines(masks, images):
    found = localisation(masks.astype(float), masks, images)
    for measure in module.MEASURES:
        least = 0.5 if measure == "pointing" else 1  # six hits are no proof that the next image is one
        assert [found[measure][key] for key in ("value", "high")] == pytest.approx([1, 1])
        assert least - 1e-9 <= found[measure]["low"] <= 1
        assert found[measure]["centre_box"]["than"]["low"] > 0
        assert found[measure]["edges"]["than"]["low"] > 0
    assert found["images"] == 6


def test_a_constant_map_has_what_chance_gives(masks, images):
    share = masks.mean((1, 2))
    for constant in (np.zeros(SHAPE), np.full(SHAPE, 3.0)):
        np.testing.assert_allclose(module.pointing(constant, masks), share)
        np.testing.assert_allclose(module.energy(constant, masks), share)
        assert localisation(constant, masks, images)["iou"]["value"] == pytest.approx(share.mean())


def test_a_map_of_everything_else_finds_nothing(masks):
    beside = (~masks).astype(float)
    assert not module.pointing(beside, masks).any() and not module.energy(beside, masks).any()


def test_overlaps_are_those_of_a_plain_count(masks):
    heats = np.random.default_rng(1).random(SHAPE) ** 2
    found = module.overlaps(heats, masks)
    for at in (0, 17, 60, 100):
        above = module.scaled(heats) >= module.THRESHOLDS[at] - 1e-9
        expected = (above & masks).sum((1, 2)) / (above | masks).sum((1, 2))
        np.testing.assert_allclose(found[:, at], expected)


def test_no_image_is_judged_at_a_threshold_that_it_tuned():
    # half of the maps are right above 0.3 and half above 0.7, so tuning on the image itself would give IoU 1
    masks = np.zeros(SHAPE, bool)
    masks[:, 5:10, 5:10] = True
    heats = np.where(masks, 1.0, 0.0)
    heats[::2, 0:5, 0:30], heats[1::2, 5:10, 5:10] = 0.6, 0.35
    heats[:, 7, 7] = 1.0
    found = localisation(heats, masks, np.zeros((6, 3, 20, 30)))
    assert found["thresholds"][0] <= 0.35 and found["thresholds"][1] > 0.6
    right_of_two = ((25 / 175) + (1 / 25)) / 2
    assert found["iou"]["value"] == pytest.approx(right_of_two)


def test_the_centre_box_has_the_mean_area_of_the_other_half():
    masks = np.zeros((4, 40, 40), bool)
    masks[::2, :20], masks[1::2, :10] = True, True
    boxes = module.centre_boxes(masks)
    assert (boxes > 0.5).mean((1, 2)) == pytest.approx([0.25, 0.5, 0.25, 0.5], abs=0.03)
    hottest = np.argwhere(boxes[0] == boxes[0].max())
    assert hottest.mean(0) == pytest.approx([19.5, 19.5]) and len(hottest) == 4


def test_edges_are_where_the_picture_changes():
    images = np.zeros((1, 3, 10, 10))
    images[..., 5:] = 1
    found = module.edges(images)
    assert found[0, :, 4:6].all() and np.count_nonzero(found) == 20
    np.testing.assert_array_equal(found, module.edges(images.transpose(0, 2, 3, 1)))


def test_unusable_masks_are_refused(masks, images):
    with pytest.raises(AtlasError, match="at least 2"):
        localisation(np.ones((1, 20, 30)), masks[:1], images[:1])
    masks[2] = False
    with pytest.raises(AtlasError, match="image 2 is empty"):
        localisation(np.ones(SHAPE), masks, images)
