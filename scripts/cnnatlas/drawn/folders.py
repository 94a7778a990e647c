"""The drawn Caltech-101 and Cats vs Dogs: JPEGs of many sizes in a folder per class."""

import zlib
from dataclasses import replace

import numpy as np

from cnnatlas.drawn import catalogue, writers
from cnnatlas.drawn.photograph import Contents, Difficulty, generator, photograph
from cnnatlas.drawn.scenes import Picture

CALTECH101 = Difficulty(extent=(0.7, 1.0), usual_setting=0.8, crowd=3, hidden=0.05, noise=5)
FACES = replace(CALTECH101, extent=(0.2, 0.4))
CATS_DOGS = Difficulty(extent=(0.35, 1.0), usual_setting=0.3, crowd=8, hidden=0.25, noise=10)
NUMBERS = {
    "airplanes": 30,
    "Motorbikes": 30,
    "Faces": 26,
    "Faces_easy": 26,
    "watch": 20,
    "Leopards": 18,
    "inline_skate": 6,
}
PER_CLASS = 1000  # numbers of images that belong to one class, for their generators


def _size(rng: np.random.Generator, shortest: int, longest: int) -> tuple[int, int]:
    short = int(rng.integers(shortest, longest))
    long = int(short * rng.uniform(1.0, 1.45))
    return (short, long) if rng.random() < 0.7 else (long, short)


def _grey(rng: np.random.Generator, picture: Picture, chance: float) -> Picture:
    if rng.random() >= chance:
        return picture
    return Picture((picture.image @ np.array([0.299, 0.587, 0.114], np.float32)).astype(np.uint8), picture.mask)


def close_up(picture: Picture) -> Picture:
    """Return the part of the photograph that shows the object."""
    rows, columns = np.flatnonzero(picture.mask.any(1)), np.flatnonzero(picture.mask.any(0))
    around = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return Picture(np.ascontiguousarray(picture.image[around]), picture.mask[around])


def _caltech101_picture(seed: int, name: str, index: int) -> Picture:
    rng = generator(seed, "caltech101", index)
    difficulty = FACES if name == "Faces" else CALTECH101
    picture = photograph(rng, catalogue.SUBJECTS[name], _size(rng, 78, 100), difficulty)
    return _grey(rng, picture, 0.05)


def _number(name: str) -> int:
    return NUMBERS.get(name, 7 + zlib.crc32(name.encode()) % 8)


def caltech101(seed: int, count: int = 30) -> Contents:
    """Draw Caltech-101: 6 to 30 images (at most `count`) per class, unequally many, and a few without a class.

    `Faces_easy` shows the photographs of `Faces`, cut to the head, as upstream.
    """
    contents, masks = {}, {}
    for position, name in enumerate(("BACKGROUND_Google", *catalogue.CALTECH101)):
        for number in range(1, min(count, _number(name)) + 1):
            if name == "Faces_easy":
                first = PER_CLASS * (1 + catalogue.CALTECH101.index("Faces"))
                picture = close_up(_caltech101_picture(seed, "Faces", first + number))
            else:
                picture = _caltech101_picture(seed, name, PER_CLASS * position + number)
            image = f"{name}/image_{number:04d}"
            contents[f"101_ObjectCategories/{image}.jpg"] = writers.jpeg(picture.image)
            masks[image] = picture.mask
    masks = {image: mask for image, mask in masks.items() if not image.startswith("BACKGROUND_Google")}
    return {"caltech-101/101_ObjectCategories.tar.gz": writers.tar_gz(contents)}, masks


def _undecodable(cat: bytes) -> tuple[bytes, ...]:
    return b"", b"<html><body>404 Not Found</body></html>\n", cat[: len(cat) // 2]


def cats_dogs(seed: int, count: int = 400) -> Contents:
    """Draw Cats vs Dogs: `count` images of each, some grey; among them files that no one can decode, as upstream."""
    contents, masks = {"readme[1].txt": b"Drawn images in the layout of Cats vs Dogs.\n"}, {}
    for position, name in enumerate(("Cat", "Dog")):
        images = []
        for k in range(count):
            rng = generator(seed, "cats_dogs", PER_CLASS * position + k)
            picture = photograph(rng, catalogue.SUBJECTS[name.lower()], _size(rng, 96, 116), CATS_DOGS)
            images.append(_grey(rng, picture, 0.03))
        encoded = [writers.jpeg(picture.image) for picture in images]
        broken = dict(zip((count // 6, count // 3, count // 2), _undecodable(encoded[0]), strict=True))
        numbers = [k for k in range(count + len(broken)) if k not in broken]
        files = broken | dict(zip(numbers, encoded, strict=True))
        contents |= {f"PetImages/{name}/{k}.jpg": files[k] for k in sorted(files)}
        contents[f"PetImages/{name}/Thumbs.db"] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
        masks |= {f"{name}/{k}": picture.mask for k, picture in zip(numbers, images, strict=True)}
    return contents, masks
