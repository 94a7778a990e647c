import io
from contextlib import suppress

import numpy as np
import pytest
from archive_builders import LIMITS, caltech101, image_file, outline_file, smooth, zip_file
from scipy.io import savemat

from cnnatlas.data.caltech101_outlines import UnusableError, parse, read
from cnnatlas.data.object_masks import fill
from cnnatlas.errors import AtlasError

# An L in an image of 40 rows and 70 columns: x, y of its outermost pixels' centres
L = np.array([[10, 13, 13, 60, 60, 10], [5, 5, 25, 25, 30, 30]], float)
PICTURE = image_file(smooth(40, 70))


def l_shape():
    mask = np.zeros((40, 70), bool)
    mask[5:31, 10:14] = True
    mask[25:31, 10:61] = True
    return mask


def matlab(compressed=False, **variables):
    stream = io.BytesIO()
    savemat(stream, variables, do_compression=compressed)
    return stream.getvalue()


def test_an_outline_encloses_just_the_pixels_that_it_was_drawn_around():
    assert np.array_equal(fill(parse(outline_file(L)), (40, 70)), l_shape())


def test_contours_are_relative_to_the_box_and_count_from_1():
    content = matlab(
        box_coord=np.array([[30, 137, 49, 349]], np.uint16), obj_contour=[[0.0, 299.5, 300], [107, 0, 0.5]]
    )
    assert parse(content).tolist() == [[48, 347.5, 348], [136, 29, 29.5]]


def test_outlines_that_leave_the_image_are_cut_off():
    assert np.array_equal(fill(np.array([[-9.0, 99, 99, -9], [30, 30, 99, 99]]), (40, 70)).any(1), np.arange(40) >= 30)


def test_folders_are_called_as_the_images(tmp_path):
    folders = {"Faces_2": 1, "Faces_3": 2, "Motorbikes_16": 3, "Airplanes_Side_2": 4, "accordion": 5}
    files = {f"{name}/annotation_0001.mat": outline_file(L + k) for name, k in folders.items()}
    files |= {"accordion/annotation_0012.mat": outline_file(L), "accordion/tmp": b"odd", "progress.mat": b"odd"}
    found, skipped = read(caltech101(tmp_path / "caltech-101.zip", {"a/image_0001.jpg": PICTURE}, (), files), LIMITS)
    names = ["Faces", "Faces_easy", "Motorbikes", "airplanes", "accordion"]
    assert set(found) == {f"{name}/image_0001" for name in names} | {"accordion/image_0012"}
    assert [found[f"{name}/image_0001"][0, 0] for name in names] == [11, 12, 13, 14, 15]
    assert found["accordion/image_0012"][0, 0] == 10 and skipped == []


UNUSABLE = {
    "text": (b"no MATLAB file", "not a MATLAB file"),
    "empty": (b"", "not a MATLAB file"),
    "cut off": (outline_file(L)[:-30], "not a MATLAB file"),
    "no box": (matlab(obj_contour=L), r"box_coord \(0,\)"),
    "two points": (outline_file(L[:, :2]), r"obj_contour \(2, 2\)"),
    "columns": (outline_file(L, obj_contour=L.T), r"obj_contour \(6, 2\)"),
    "text for numbers": (outline_file(L, obj_contour="abc"), r"obj_contour \(0,\)"),
    "nested": (outline_file(L, box_coord={"a": {"b": 1}}), r"box_coord \(0,\)"),
    "too many points": (outline_file(L, obj_contour=np.zeros((2, 10_001), np.uint8)), r"obj_contour \(2, 10001\)"),
    "unpacks to too much": (
        matlab(True, box_coord=[[1, 2, 1, 2]], obj_contour=np.zeros((2, 999_999))),
        "unpacks to more than 262,144 bytes",
    ),
    "too large": (bytes(300_000), "more than 262,144 bytes"),
    "far away": (outline_file(L, obj_contour=L * 1e300), "beyond any image"),
    "not a number": (outline_file(L, obj_contour=L * np.nan), "not a number"),
}


@pytest.mark.parametrize("kind", UNUSABLE)
def test_what_is_no_outline_says_why(kind):
    content, reason = UNUSABLE[kind]
    with pytest.raises(UnusableError, match=reason):
        parse(content)


def test_no_damaged_byte_ends_the_reading():
    whole, rng = outline_file(L), np.random.default_rng(0)
    for _ in range(300):
        damaged = bytearray(whole)
        damaged[rng.integers(len(whole))] = rng.integers(256)
        with suppress(UnusableError):
            assert fill(parse(bytes(damaged)), (40, 70)).shape == (40, 70)


def test_the_unusable_are_counted_and_the_others_read(tmp_path):
    files = {"a/annotation_0001.mat": b"odd", "a/annotation_0002.mat": outline_file(L)}
    found, skipped = read(caltech101(tmp_path / "caltech-101.zip", {"a/image_0001.jpg": PICTURE}, (), files), LIMITS)
    assert list(found) == ["a/image_0002"]
    assert [entry["id"] for entry in skipped] == ["a/image_0001"]


def test_a_zip_without_outlines_has_none(tmp_path):
    assert read(zip_file(tmp_path / "caltech-101.zip", {"readme": b""}), LIMITS) == ({}, [])


def test_broken_archives_and_those_over_the_limits_are_named(tmp_path):
    with pytest.raises(AtlasError, match=r"broken\.zip.*delete it"):
        read(zip_file(tmp_path / "broken.zip", {"caltech-101/Annotations.tar": b"no tar at all"}), LIMITS)
    files = {f"a/annotation_{k:04d}.mat": outline_file(L) for k in range(20)}
    many = caltech101(tmp_path / "many.zip", {"a/image_0001.jpg": PICTURE}, (), files)
    with pytest.raises(AtlasError, match=r"many\.zip.*limits\.members"):
        read(many, {"bytes": 1e8, "members": 10})
    evil = caltech101(tmp_path / "evil.zip", {}, (), {"../../a/annotation_0001.mat": outline_file(L)})
    with pytest.raises(AtlasError, match=r"evil\.zip.*would leave the folder"):
        read(evil, LIMITS)
