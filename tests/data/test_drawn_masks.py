import numpy as np
import pytest

from cnnatlas.data.drawn_masks import read_masks, write_masks
from cnnatlas.errors import AtlasError


def test_masks_of_different_shapes_come_back(tmp_path):
    rng = np.random.default_rng(0)
    masks = {f"train/{k}": rng.random((5 + k, 7)) < 0.5 for k in range(4)}
    write_masks(tmp_path / "masks.npz", masks)
    found = read_masks(tmp_path / "masks.npz")
    assert len(found) == 4 and "train/3" in found and "train/4" not in found
    for name, mask in masks.items():
        assert found.mask(name).dtype == bool and np.array_equal(found.mask(name), mask)


def test_an_unknown_id_is_named_with_an_example(tmp_path):
    write_masks(tmp_path / "masks.npz", {"Cat/1": np.ones((2, 2), bool)})
    with pytest.raises(AtlasError, match=r"no image has the id 'Cat/2'; ids look like 'Cat/1'"):
        read_masks(tmp_path / "masks.npz").mask("Cat/2")


def test_a_file_that_is_no_masks_is_named(tmp_path):
    path = tmp_path / "masks.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(AtlasError, match=r"masks\.npz: not a file of masks"):
        read_masks(path)
    np.savez(path, ids=["a"])
    with pytest.raises(AtlasError, match="not a file of masks"):
        read_masks(path)
