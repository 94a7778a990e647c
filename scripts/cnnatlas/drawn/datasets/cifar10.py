"""The drawn CIFAR-10: ten classes, equally many images of each, 32 pixels."""

from collections.abc import Sequence

import numpy as np

from cnnatlas.drawn.catalogue import SUBJECTS
from cnnatlas.drawn.photograph import Contents, Difficulty, balanced_labels, generator, photograph
from cnnatlas.drawn.writers import python2_pickle, tar_gz

STREAM = 0
CLASSES = ["airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck"]
DIFFICULTY = Difficulty(extent=(0.45, 1.0), usual_setting=0.4, crowd=5, hidden=0.15, noise=8)
pack = tar_gz


def draw(seed: int, count: int = 2000) -> Contents:
    """Draw `count` images: five training batches, and a test batch with a fifth of them."""
    labels = balanced_labels(generator(seed, STREAM, 2**31), count, len(CLASSES))
    pictures = [
        photograph(generator(seed, STREAM, k), SUBJECTS[CLASSES[label]], (32, 32), DIFFICULTY)
        for k, label in enumerate(labels)
    ]
    per_batch = (count - count // 5) // 5
    contents = {"batches.meta": meta(CLASSES, per_batch)}
    for k in range(6):
        part = slice(k * per_batch, (k + 1) * per_batch if k < 5 else count)
        name = f"data_batch_{k + 1}" if k < 5 else "test_batch"
        title = f"training batch {k + 1} of 5" if k < 5 else "testing batch 1 of 1"
        names = [f"{CLASSES[labels[i]]}_s_{i:06d}.png" for i in range(*part.indices(count))]
        images = np.stack([picture.image for picture in pictures[part]])
        contents[name] = batch(title, images, labels[part], names)
    train, test = pictures[: 5 * per_batch], pictures[5 * per_batch :]
    masks = {f"{split}/{k}": p.mask for split, part in (("train", train), ("test", test)) for k, p in enumerate(part)}
    return {f"cifar-10-batches-py/{name}": content for name, content in contents.items()}, masks


def batch(title: str, images: np.ndarray, labels: Sequence[int], names: Sequence[str]) -> bytes:
    """Return one batch file: images (n, 32, 32, 3) become rows of 3072 bytes, all red, all green, all blue."""
    return python2_pickle(
        {
            b"batch_label": title.encode(),
            b"labels": [int(label) for label in labels],
            b"data": np.ascontiguousarray(images.transpose(0, 3, 1, 2)).reshape(len(images), -1),
            b"filenames": [name.encode() for name in names],
        }
    )


def meta(classes: Sequence[str], per_batch: int) -> bytes:
    """Return batches.meta."""
    names = [name.encode() for name in classes]
    return python2_pickle({b"num_cases_per_batch": per_batch, b"label_names": names, b"num_vis": 3072})
