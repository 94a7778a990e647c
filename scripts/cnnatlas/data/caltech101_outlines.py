"""Caltech-101's outlines: a MATLAB file for each image, in the Annotations.tar beside the images."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np

from cnnatlas.data import matlab
from cnnatlas.data.archives import Allowance, open_zip, reading, tar_files

INNER = "Annotations.tar"
OUTLINE = re.compile(r"(?:.*/)?Annotations/([\w-]+)/annotation_(\d+)\.mat", re.ASCII)
# Folders that are named otherwise than the images' (torchvision.datasets.Caltech101 has the same list)
CLASSES = {
    "Faces_2": "Faces",
    "Faces_3": "Faces_easy",
    "Motorbikes_16": "Motorbikes",
    "Airplanes_Side_2": "airplanes",
}

LARGEST = 256 << 10  # bytes of a file, also when unpacked; 10,000 points and a box take 160,000
MOST_POINTS = 10_000
FARTHEST = 100_000  # pixels


class UnusableError(Exception):
    """A file that holds no outline; the text says why."""


def read(archive: Path, limits: Mapping[str, float]) -> tuple[dict[str, np.ndarray], list[dict[str, str]]]:
    """Read the outlines in caltech-101.zip: by image id, (2, n) float64, x and y in pixels; and {"id", "reason"} of
    the files that hold none.

    The centre of an image's first pixel is (0, 0). No outlines where the zip has no Annotations.tar: a mirror's may
    hold the images alone. Raises AtlasError for a broken archive.
    """
    outlines, skipped = {}, []
    for name, content in _files(archive, limits):
        try:
            outlines[name] = parse(content)
        except UnusableError as error:
            skipped.append({"id": name, "reason": str(error)})
    return outlines, skipped


def parse(content: bytes) -> np.ndarray:
    """Read one outline, (2, n) float64, x and y in pixels from the centre of the image's first.

    The file's `obj_contour` has x in its first row and y in its second, relative to the top left corner of `box_coord`
    = [top, bottom, left, right], all of them counted from 1 (Caltech's show_annotation.m, by Fei-Fei Li, 2004; see also
    https://github.com/pytorch/vision/issues/7748). Raises UnusableError where it does not, whatever is in the file.
    """
    if len(content) > LARGEST:
        raise UnusableError(f"more than {LARGEST:,} bytes, too many for an outline")
    try:
        found = matlab.variables(content, LARGEST)
    except ValueError as error:
        raise UnusableError(f"not a MATLAB file ({error})") from error
    contour, box = (found.get(name, np.empty(0)).astype(np.float64) for name in ("obj_contour", "box_coord"))
    if contour.shape[0] != 2 or not 3 <= contour.size // 2 <= MOST_POINTS or box.shape != (1, 4):
        raise UnusableError(f"obj_contour {contour.shape} and box_coord {box.shape}, not (2, 3 or more) and (1, 4)")
    outline = contour + np.array([[box[0, 2]], [box[0, 0]]]) - 1
    if not np.abs(outline).max() <= FARTHEST:
        raise UnusableError("coordinates beyond any image, or not a number")
    return outline


def _files(archive: Path, limits: Mapping[str, float]) -> Iterator[tuple[str, bytes]]:
    """Yield (image id, bytes) of every outline's file, streamed through both archives."""
    allowance = Allowance(archive, limits)
    with reading(archive), open_zip(archive, allowance) as (outer, names):
        inner = next((name for name in names if name.split("/")[-1] == INNER), None)
        if inner is None:
            return
        with outer.open(inner) as stream:
            for name, file in tar_files(stream, allowance):
                match = OUTLINE.fullmatch(name)
                if match:
                    yield f"{CLASSES.get(match[1], match[1])}/image_{match[2]}", file.read(LARGEST + 1)
