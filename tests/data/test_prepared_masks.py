import numpy as np
import pytest

from cnnatlas.data.drawn_masks import write_masks
from cnnatlas.data.prepared_masks import prepared_masks, resized_masks, write_prepared_masks
from cnnatlas.errors import AtlasError
from cnnatlas.training.data import resized


@pytest.mark.parametrize(("count", "size"), [(3, 5), (1, 8), (0, 7)])
def test_masks_of_any_size_come_back(tmp_path, count, size):
    masks = np.random.default_rng(0).random((count, size, size)) < 0.3
    write_prepared_masks(tmp_path / "masks.npz", np.arange(count) * 2, masks)
    index, found = prepared_masks(tmp_path / "masks.npz")
    assert index.dtype == np.int64 and index.tolist() == [2 * k for k in range(count)]
    assert found.dtype == bool and found.shape == masks.shape and np.array_equal(found, masks)
    with np.load(tmp_path / "masks.npz") as arrays:
        assert arrays["masks"].shape == (count, -(-(size**2) // 8)) and arrays["size"] == size


def test_a_file_that_is_no_prepared_masks_is_named(tmp_path):
    path = tmp_path / "masks.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(AtlasError, match=r"masks\.npz: not a file of masks"):
        prepared_masks(path)
    write_masks(path, {"Cat/1": np.ones((2, 2), bool)})  # the drawn ones, before they are prepared
    with pytest.raises(AtlasError, match="not a file of masks"):
        prepared_masks(path)


@pytest.mark.parametrize("side", [8, 24])
def test_masks_follow_their_images_to_another_resolution(side):
    masks = np.zeros((2, 16, 16), bool)
    masks[0, 4:12, 2:10] = True
    masks[1, 5, 5] = True  # smaller than half of a pixel of 8 x 8
    images = np.repeat(255 * masks[..., None].astype(np.uint8), 3, axis=3)
    found = resized_masks(masks, side)
    assert found.shape == (2, side, side)
    assert np.array_equal(found[0], resized(images, side)[0, ..., 0] >= 128)
    assert found[1].any()
    assert resized_masks(masks, None) is masks
