"""The drawn STL-10: ten classes, equally many images of each, 96 pixels."""

from collections.abc import Sequence

import numpy as np

from cnnatlas.drawn.catalogue import SUBJECTS
from cnnatlas.drawn.photograph import Contents, Difficulty, balanced_labels, generator, photograph
from cnnatlas.drawn.writers import tar_gz

STREAM = 1
CLASSES = ["airplane", "bird", "car", "cat", "deer", "dog", "horse", "monkey", "ship", "truck"]
DIFFICULTY = Difficulty(extent=(0.55, 1.0), usual_setting=0.9, crowd=3, hidden=0.1, noise=6)
pack = tar_gz


def draw(seed: int, count: int = 1200) -> Contents:
    """Draw `count` images: 5 of 13 for training, in ten folds too, the rest for testing."""
    labels = balanced_labels(generator(seed, STREAM, 2**31), count, len(CLASSES))
    train = count * 5 // 13
    contents, masks = {}, {}
    for split, part in (("train", range(train)), ("test", range(train, count))):
        pictures = [
            photograph(generator(seed, STREAM, k), SUBJECTS[CLASSES[labels[k]]], (96, 96), DIFFICULTY) for k in part
        ]
        contents[f"{split}_X.bin"] = stored_images(np.stack([picture.image for picture in pictures]))
        contents[f"{split}_y.bin"] = stored_labels(labels[part.start : part.stop])
        masks |= {f"{split}/{k}": picture.mask for k, picture in enumerate(pictures)}
    rng = generator(seed, STREAM, 2**31 + 1)
    folds = [rng.permutation(train)[: max(1, train // 5)] for _ in range(10)]
    contents["class_names.txt"] = "".join(f"{name}\n" for name in CLASSES).encode()
    contents["fold_indices.txt"] = "".join(" ".join(map(str, fold)) + " \n" for fold in folds).encode()
    return {f"stl10_binary/{name}": content for name, content in contents.items()}, masks


def stored_images(images: np.ndarray) -> bytes:
    """Return (n, 96, 96, 3) uint8 as STL-10 stores it: per image and channel, column after column."""
    return np.ascontiguousarray(images.transpose(0, 3, 2, 1)).tobytes()


def stored_labels(labels: Sequence[int]) -> bytes:
    """Return labels 0..9 as STL-10 stores them: bytes 1..10."""
    return (np.asarray(labels, np.uint8) + 1).tobytes()
