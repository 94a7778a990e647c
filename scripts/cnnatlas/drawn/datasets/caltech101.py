"""The drawn Caltech-101: JPEGs of many sizes in a folder per class, unequally many."""

import zlib
from dataclasses import replace

import numpy as np

from cnnatlas.drawn.catalogue import SUBJECTS
from cnnatlas.drawn.photograph import Contents, Difficulty, any_size, generator, photograph, sometimes_grey
from cnnatlas.drawn.scenes import Picture
from cnnatlas.drawn.writers import jpeg, tar_gz, zipped

STREAM = 2
CLASSES = [
    "Faces", "Faces_easy", "Leopards", "Motorbikes", "accordion", "airplanes", "anchor", "ant", "barrel", "bass",
    "beaver", "binocular", "bonsai", "brain", "brontosaurus", "buddha", "butterfly", "camera", "cannon", "car_side",
    "ceiling_fan", "cellphone", "chair", "chandelier", "cougar_body", "cougar_face", "crab", "crayfish",
    "crocodile", "crocodile_head", "cup", "dalmatian", "dollar_bill", "dolphin", "dragonfly", "electric_guitar",
    "elephant", "emu", "euphonium", "ewer", "ferry", "flamingo", "flamingo_head", "garfield", "gerenuk",
    "gramophone", "grand_piano", "hawksbill", "headphone", "hedgehog", "helicopter", "ibis", "inline_skate",
    "joshua_tree", "kangaroo", "ketch", "lamp", "laptop", "llama", "lobster", "lotus", "mandolin", "mayfly",
    "menorah", "metronome", "minaret", "nautilus", "octopus", "okapi", "pagoda", "panda", "pigeon", "pizza",
    "platypus", "pyramid", "revolver", "rhino", "rooster", "saxophone", "schooner", "scissors", "scorpion",
    "sea_horse", "snoopy", "soccer_ball", "stapler", "starfish", "stegosaurus", "stop_sign", "strawberry",
    "sunflower", "tick", "trilobite", "umbrella", "watch", "water_lilly", "wheelchair", "wild_cat", "windsor_chair",
    "wrench", "yin_yang",
]  # fmt: skip
DIFFICULTY = Difficulty(extent=(0.7, 1.0), usual_setting=0.8, crowd=3, hidden=0.05, noise=5)
FACES = replace(DIFFICULTY, extent=(0.2, 0.4))
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
pack = zipped


def draw(seed: int, count: int = 30) -> Contents:
    """Draw 6 to 30 images (at most `count`) of each class, and a few without a class.

    `Faces_easy` shows the photographs of `Faces`, cut to the head, as upstream.
    """
    contents, masks = {}, {}
    for position, name in enumerate(("BACKGROUND_Google", *CLASSES)):
        for number in range(1, min(count, _number(name)) + 1):
            if name == "Faces_easy":
                first = PER_CLASS * (1 + CLASSES.index("Faces"))
                picture = close_up(_picture(seed, "Faces", first + number))
            else:
                picture = _picture(seed, name, PER_CLASS * position + number)
            image = f"{name}/image_{number:04d}"
            contents[f"101_ObjectCategories/{image}.jpg"] = jpeg(picture.image)
            masks[image] = picture.mask
    masks = {image: mask for image, mask in masks.items() if not image.startswith("BACKGROUND_Google")}
    return {"caltech-101/101_ObjectCategories.tar.gz": tar_gz(contents)}, masks


def close_up(picture: Picture) -> Picture:
    """Return the part of the photograph that shows the object."""
    rows, columns = np.flatnonzero(picture.mask.any(1)), np.flatnonzero(picture.mask.any(0))
    around = slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)
    return Picture(np.ascontiguousarray(picture.image[around]), picture.mask[around])


def _picture(seed: int, name: str, index: int) -> Picture:
    rng = generator(seed, STREAM, index)
    picture = photograph(rng, SUBJECTS[name], any_size(rng, 78, 100), FACES if name == "Faces" else DIFFICULTY)
    return sometimes_grey(rng, picture, 0.05)


def _number(name: str) -> int:
    return NUMBERS.get(name, 7 + zlib.crc32(name.encode()) % 8)
