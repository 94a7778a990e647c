"""Caltech-101: a zip with a .tar.gz inside, one folder of JPEGs for each class."""

import re
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath

import numpy as np

from cnnatlas.data.archives import LARGEST, Allowance, broken, open_zip, reading, tar_gz_files
from cnnatlas.data.dataset import Prepared, photographs
from cnnatlas.data.decoding import UndecodableError, squash, stored_size

INNER = "101_ObjectCategories.tar.gz"
IMAGE = re.compile(
    r"(?:.*/)?101_ObjectCategories/([\w-]+)/(image_\d+)\.(?i:jpg)", re.ASCII
)  # odd files such as `tmp` do not match
scale = squash  # objects fill the frame: a crop would cut off the ends of a pencil-shaped class such as `crocodile`
BACKGROUND = "BACKGROUND_Google"  # no class, but pictures that show none of them

# Faces_easy is Faces, cropped. That equal numbers are the same photograph was measured by template matching (normalised
# cross-correlation over all positions and scales): 431 of the 435 crops match the photograph of their own number best,
# 370 of them against all 435 at half resolution, 61 against their closest rivals at full resolution (own 0.96 to 1.00,
# always above the rival's; rivals reach 0.98 where two frames show one person). The other 4 (0114, 0324, 0360, 0389)
# are not crops but the whole frame again, so that no smaller template fits; side by side they are plainly the same.
SAME_PHOTOGRAPHS = {"Faces_easy": "Faces"}


def read(archive: Path, size: int, limits: Mapping[str, float]) -> Prepared:
    """Read caltech-101.zip: classes in the order of their names (capitals first, as torchvision has them), then ids.

    Images are squashed to a square, since the assignments' networks take (64, 64, 3). Grey images become
    RGB. Raises AtlasError for a broken archive.
    """
    images: dict[tuple[str, str], np.ndarray] = {}
    sizes: dict[tuple[str, str], tuple[int, int]] = {}
    skipped = []
    for label, name, content in _files(archive, limits):
        try:
            images[label, name] = scale(content, size)
            sizes[label, name] = stored_size(content)
        except UndecodableError as error:
            skipped.append({"id": f"{label}/{name}", "reason": str(error)})
    if not images:
        raise broken(archive, f"{INNER} holds no images")
    keys = sorted(images)
    classes = sorted({label for label, _ in keys})
    pixels = np.stack([images.pop(key) for key in keys])
    return Prepared(
        images=pixels,
        labels=np.array([classes.index(label) for label, _ in keys], dtype=np.int64),
        ids=[f"{label}/{name}" for label, name in keys],
        classes=classes,
        groups=photographs(pixels, [f"{SAME_PHOTOGRAPHS.get(label, label)}/{name}" for label, name in keys]),
        partition=[""] * len(keys),
        skipped=sorted(skipped, key=lambda entry: entry["id"]),
        stored=[sizes[key] for key in keys],
        squashed=True,
    )


def _files(archive: Path, limits: Mapping[str, float]):
    """Yield (class, name, bytes) of every image but the background's, streamed through both archives."""
    allowance = Allowance(archive, limits)
    with reading(archive), open_zip(archive, allowance) as (outer, names):
        inner = next((name for name in names if PureWindowsPath(name).name == INNER), None)
        if inner is None:
            raise broken(archive, f"no member {INNER}")
        with outer.open(inner) as stream:
            for name, file in tar_gz_files(stream, allowance):
                match = IMAGE.fullmatch(name.replace("\\", "/"))
                if match and match[1] != BACKGROUND:
                    yield match[1], match[2], file.read(LARGEST + 1)
