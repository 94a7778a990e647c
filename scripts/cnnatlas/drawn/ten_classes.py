"""The drawn CIFAR-10 and STL-10: ten classes, equally many images of each, all of one size."""

import numpy as np

from cnnatlas.drawn import catalogue, writers
from cnnatlas.drawn.photograph import Contents, Difficulty, generator, photograph

CIFAR10 = Difficulty(extent=(0.45, 1.0), usual_setting=0.4, crowd=5, hidden=0.15, noise=8)
STL10 = Difficulty(extent=(0.55, 1.0), usual_setting=0.9, crowd=3, hidden=0.1, noise=6)


def _balanced(seed: int, dataset: str, number: int, classes: int) -> np.ndarray:
    return generator(seed, dataset, 2**31).permutation(np.arange(number) % classes)


def cifar10(seed: int, count: int = 2000) -> Contents:
    """Draw CIFAR-10: five training batches and a test batch with a fifth of `count`, 32 pixels."""
    classes = catalogue.CIFAR10
    labels = _balanced(seed, "cifar10", count, len(classes))
    subjects = {name: catalogue.SUBJECTS[name] for name in classes}
    pictures = [
        photograph(generator(seed, "cifar10", k), subjects[classes[label]], (32, 32), CIFAR10)
        for k, label in enumerate(labels)
    ]
    per_batch = (count - count // 5) // 5
    contents = {"batches.meta": writers.cifar10_meta(classes, per_batch)}
    for k in range(6):
        part = slice(k * per_batch, (k + 1) * per_batch if k < 5 else count)
        name = f"data_batch_{k + 1}" if k < 5 else "test_batch"
        title = f"training batch {k + 1} of 5" if k < 5 else "testing batch 1 of 1"
        names = [f"{classes[labels[i]]}_s_{i:06d}.png" for i in range(*part.indices(count))]
        images = np.stack([picture.image for picture in pictures[part]])
        contents[name] = writers.cifar10_batch(title, images, labels[part], names)
    train, test = pictures[: 5 * per_batch], pictures[5 * per_batch :]
    masks = {f"{split}/{k}": p.mask for split, part in (("train", train), ("test", test)) for k, p in enumerate(part)}
    return {f"cifar-10-batches-py/{name}": content for name, content in contents.items()}, masks


def stl10(seed: int, count: int = 2000) -> Contents:
    """Draw STL-10, 96 pixels: 5 of 13 images for training, in ten folds too, the rest for testing."""
    classes = catalogue.STL10
    subjects = [catalogue.SUBJECTS[name] for name in classes]
    train = count * 5 // 13
    contents, masks = {}, {}
    for split, first, number in (("train", 0, train), ("test", train, count - train)):
        labels = _balanced(seed, "stl10", count, len(classes))[first : first + number]
        pictures = [
            photograph(generator(seed, "stl10", first + k), subjects[label], (96, 96), STL10)
            for k, label in enumerate(labels)
        ]
        contents[f"{split}_X.bin"] = writers.stl10_images(np.stack([picture.image for picture in pictures]))
        contents[f"{split}_y.bin"] = writers.stl10_labels(labels)
        masks |= {f"{split}/{k}": picture.mask for k, picture in enumerate(pictures)}
    rng = generator(seed, "stl10", 2**31 + 1)
    folds = [rng.permutation(train)[: max(1, train // 5)] for _ in range(10)]
    contents["class_names.txt"] = "".join(f"{name}\n" for name in classes).encode()
    contents["fold_indices.txt"] = "".join(" ".join(map(str, fold)) + " \n" for fold in folds).encode()
    return {f"stl10_binary/{name}": content for name, content in contents.items()}, masks
