"""A trained network that takes photographs: `from cnnatlas import load`."""

import inspect
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

import numpy as np
from PIL import Image

from cnnatlas.architectures.classifier import Classifier, load_trained
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.selection import softmax_scores
from cnnatlas.prediction.photographs import Photograph, opened, scaled
from cnnatlas.training.data import resized


@dataclass(frozen=True)
class Network:
    """A trained network with what its file says of it; `load` makes one.

    `classifier`: the torch module, from images (N, 3, H, W) in [0, 1] to logits (N, classes), in evaluation mode;
    `classes`: their names, in the order of the logits; `preprocessing`: how an image becomes the network's input
    (cnnatlas.training.save.description); `spec`: the resolved variant; `seed`: that of its training, None for weights
    that torchvision publishes, which have no spec either.
    """

    classifier: Classifier
    classes: list[str]
    preprocessing: dict
    spec: dict
    seed: int | None

    def predict(self, images: Photograph | Sequence[Photograph] | np.ndarray) -> list[list[tuple[str, float]]]:
        """For each image all classes with their softmax scores, the likeliest first; an image alone is a list of one.

        An image is a path, a PIL image or a uint8 array (H, W, 3); many are a sequence of these, or (N, H, W, 3).
        Raises AtlasError for what is none of them, naming it.
        """
        scores = self.scores(images)
        ranked = np.argsort(-scores, axis=1, kind="stable")
        return [[(self.classes[k], float(row[k])) for k in order] for row, order in zip(scores, ranked, strict=True)]

    def scores(self, images: Photograph | Sequence[Photograph] | np.ndarray) -> np.ndarray:
        """Softmax scores (N, classes), float32, in the order of `classes`; for images as `predict` takes them."""
        return softmax_scores(self.classifier, self.prepare(images))

    def prepare(self, images: Photograph | Sequence[Photograph] | np.ndarray) -> np.ndarray:
        """Images as the network was trained on them: (N, size, size, 3) uint8.

        Arrays of that size are taken as they are. All else is scaled twice, as the training's images were.
        """
        size, prepared = self.preprocessing["size"], self.preprocessing["prepared"]
        pictures = [opened(image) for image in _several(images)]
        if not pictures:
            raise AtlasError("images: there is none; give at least one")
        crop = not self.preprocessing["squashed"]
        return np.concatenate([
            np.asarray(each)[None] if each.size == (size, size) else resized(scaled(each, prepared, crop), size)
            for each in pictures
        ])  # fmt: skip

    def attribution(
        self, method: str, images: Photograph | Sequence[Photograph] | np.ndarray,
        targets: Sequence[str] | None = None, **options: object,
    ) -> np.ndarray:  # fmt: skip
        """What a method (`cam`, `occlusion`, ...) attributes to each pixel: (N, 1 or 3, size, size) float32.

        `targets`: names of the classes to explain, one for each image; by default those predicted. `options`: keyword
        arguments of cnnatlas.interpretation.methods.<method>. Raises AtlasError for an unknown method, class or option,
        and where the method does not fit the network.
        """
        if method not in attributions():
            raise AtlasError(f"method: `{method}` gives no map of an image; choose one of {', '.join(attributions())}")
        function = getattr(import_module(f"cnnatlas.interpretation.methods.{method}"), method)
        known = [name for name, p in inspect.signature(function).parameters.items() if p.kind == p.KEYWORD_ONLY]
        if unknown := sorted(set(options) - set(known)):
            raise AtlasError(f"{method}: takes {', '.join(known) or 'no options'}, and no `{unknown[0]}`")
        arrays = self.prepare(images)
        if targets is None:
            indices = softmax_scores(self.classifier, arrays).argmax(1)
        else:
            indices = np.array([self._index(name) for name in targets])
        return function(self.classifier, arrays, indices, **options)["attribution"]

    def _index(self, name: str) -> int:
        if name not in self.classes:
            raise AtlasError(f"targets: `{name}` is no class of the network; it knows {', '.join(self.classes)}")
        return self.classes.index(name)


def attributions() -> list[str]:
    """The names of all methods of attribution, sorted."""
    declared = import_module("cnnatlas.interpretation.declarations")  # by name: no job is made of titles (sources.py)
    return sorted(name for name, method in declared.METHODS.items() if method.kind == "attribution")


def load(weights: Path | str) -> Network:
    """The network of a weights.safetensors that this version's trainings write; nothing else of the run is needed.

    Raises AtlasError, naming the file, where it is missing, damaged, or does not say what it holds.
    """
    classifier, described = load_trained(weights)
    return Network(classifier, **described)


def load_pretrained(name: str, weights: Path | str, side: int) -> Network:
    """torchvision's network `name` with its published weights (.pth), which sees images at `side` pixels.

    Raises AtlasError where the file is damaged or holds other weights.
    """
    from cnnatlas.architectures.published import load_published  # imports torchvision

    classifier, classes = load_published(name, weights)
    return Network(classifier, classes, {"prepared": side, "size": side, "squashed": False}, {}, None)


def _several(images: Photograph | Sequence[Photograph] | np.ndarray) -> Sequence[Photograph]:
    alone = isinstance(images, str | Path | Image.Image) or (isinstance(images, np.ndarray) and images.ndim == 3)
    return [images] if alone else list(images)
