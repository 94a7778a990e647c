"""Cats vs Dogs (Asirra, as Microsoft ships it): a zip of JPEGs, some of which are none."""

import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from cnnatlas.data.archives import LARGEST, Allowance, broken, open_zip, reading
from cnnatlas.data.dataset import Prepared, photographs
from cnnatlas.data.decoding import UndecodableError, centre_crop, stored_size
from cnnatlas.errors import AtlasError

Picture = tuple[np.ndarray, tuple[int, int]]  # pixels as prepared; width and height as stored
scale = centre_crop  # pets are mostly in the middle, and at their natural proportions
CLASSES = ["Cat", "Dog"]
# PetImages/Cat/0.jpg, or train/cat.0.jpg of Kaggle's copy, below any folder; Thumbs.db and the licence do not match
IMAGE = re.compile(r"(?:.*[/\\])?(cat|dog)(?:[/\\]|\.)([0-9]{1,9})\.jpe?g", re.IGNORECASE | re.ASCII | re.DOTALL)


def read(archive: Path, size: int, limits: Mapping[str, float], *, per_class: int, subset_seed: int) -> Prepared:
    """Read `per_class` cats and as many dogs, chosen by the seed, from kagglecatsanddogs_5340.zip.

    Files are visited in a seeded order, and decoded until there are enough; `skipped` lists the undecodable ones among
    the visited, not in the whole archive. The short side is scaled to `size` and the middle kept. Raises
    AtlasError where a class has too few decodable images.
    """
    skipped: list[dict[str, str]] = []
    chosen: list[dict[int, Picture]] = []
    with reading(archive), open_zip(archive, Allowance(archive, limits)) as (files, names):
        for index, (label, members) in enumerate(_by_class(archive, names).items()):
            order = np.random.Generator(np.random.PCG64([subset_seed, index])).permutation(sorted(members))
            chosen.append(_decode(files, label, {int(n): members[int(n)] for n in order}, per_class, size, skipped))
    for label, images in zip(CLASSES, chosen, strict=True):
        if len(images) < per_class:
            raise AtlasError(
                f"{archive}: {len(images)} decodable images of class {label}, but per_class asks for {per_class}; "
                f"lower datasets.cats_dogs.per_class to at most {len(images)}, or check the archive"
            )
    pictures = [images[number] for images in chosen for number in sorted(images)]
    pixels = np.stack([picture for picture, _ in pictures])
    return Prepared(
        images=pixels,
        labels=np.repeat(np.arange(len(CLASSES), dtype=np.int64), per_class),
        ids=[f"{label}/{k}" for label, images in zip(CLASSES, chosen, strict=True) for k in sorted(images)],
        classes=CLASSES,
        groups=photographs(pixels),
        partition=[""] * len(pixels),
        skipped=skipped,
        stored=[size for _, size in pictures],
    )


def _by_class(archive: Path, names: list[str]) -> dict[str, dict[int, str]]:
    """For each class, its members by the number in their names."""
    found: dict[str, dict[int, str]] = {label: {} for label in CLASSES}
    for match in filter(None, map(IMAGE.fullmatch, names)):
        members = found[match[1].capitalize()]
        if members.setdefault(int(match[2]), match[0]) != match[0]:
            raise broken(archive, f"{match[0]!r} and {members[int(match[2])]!r} are the same image by their names")
    return found


def _decode(
    files: zipfile.ZipFile,
    label: str,
    members: Mapping[int, str],
    enough: int,
    size: int,
    skipped: list[dict[str, str]],
) -> dict[int, Picture]:
    images: dict[int, Picture] = {}
    for number, member in members.items():
        if len(images) == enough:
            break
        try:
            with files.open(member) as stream:
                content = stream.read(LARGEST + 1)
            images[number] = scale(content, size), stored_size(content)
        except UndecodableError as error:
            skipped.append({"id": f"{label}/{number}", "reason": str(error)})
    return images
