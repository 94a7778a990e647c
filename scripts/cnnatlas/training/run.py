"""One training: network, data on the device, optimiser, and the sources of all random numbers."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.training import optimisers, progressive, schedules
from cnnatlas.training.augmentations.pipeline import Pipeline
from cnnatlas.training.convolutions import use_products
from cnnatlas.training.data import CHUNK, Data, batches, colour_moments, spread, subset
from cnnatlas.training.initial_weights import batch_norms, freeze, load_base, load_start
from cnnatlas.training.lookahead import Lookahead
from cnnatlas.training.losses import one_hot
from cnnatlas.training.precision import Precision


class Run:
    """What the steps of one training share; every random number comes from the seed.

    `classifier` is what is saved; `model` is what is trained and evaluated: the same, or its head alone, where the
    base is frozen and sees every image unchanged, so that its vectors are computed once (`represented`). `images` are
    the data before that, `data` what the model is given.
    """

    def __init__(
        self,
        spec: dict,
        seed: int,
        data: Data,
        classes: int,
        precision: Precision,
        initial_weights: Mapping[str, Path | str],
    ):
        self.spec, self.data, self.precision, self.device = spec, data, precision, data.images.device
        self.images = data
        weights, shuffling, augmenting, drawing = _seeds(seed, spec["start"])
        torch.manual_seed(weights)  # and then dropout
        self.shuffling = torch.Generator().manual_seed(shuffling)
        self.train_index = subset(data.splits["train"], spec["train_images"], torch.Generator().manual_seed(drawing))
        mean, std = colour_moments(data)
        drawn = torch.Generator(self.device).manual_seed(augmenting)
        self.augmentation = Pipeline(spec["augmentation"], mean.to(self.device), drawn)
        network = build(spec["architecture"], classes, data.size)
        self.classifier = Classifier(network, mean, std) if spec["normalise"] else Classifier(network)
        if hasattr(network, "initialise_from"):
            images = data.batch(spread(self.train_index)).cpu()  # where the network still is
            network.initialise_from(self.classifier.normalise(images))
        self._load(initial_weights)
        if precision.products:
            use_products(self.classifier)
        self.model: nn.Module = self.classifier.to(self.device, memory_format=precision.memory_format)
        self.represented = spec["trainable"] == "head" and not spec["augmentation"] and spec["progressive"] == 1
        if self.represented:
            self.data, self.model = represent(self.classifier, data, precision), self.classifier.network.head
        self.optimiser = optimisers.build(self.classifier, spec["optimiser"])
        self.lookahead = Lookahead(self.changing(), spec["lookahead"])
        vectors = spec["targets"] == "one_hot" or self.augmentation.mixes
        self.targets = one_hot(data.labels, classes) if vectors else data.labels
        self.steps = 0  # taken
        self.epoch_steps = len(batches(self.train_index, spec["batch_size"], torch.Generator()))
        self.total_steps = spec["epochs"] * self.epoch_steps

    def _load(self, initial_weights: Mapping[str, Path | str]) -> None:
        if "base" in initial_weights:
            load_base(self.classifier, initial_weights["base"])
        if "start" in initial_weights:
            load_start(self.classifier, initial_weights["start"])
        self.frozen = freeze(self.classifier, self.spec["trainable"])
        self.base_norms = batch_norms(self.classifier.network) if self.spec["base"] else []
        if self.spec["progressive"] < 1:
            progressive.check(self.classifier, self.data.size, self.spec["progressive"])

    @property
    def progress(self) -> float:
        """The share of all steps that is done."""
        return self.steps / self.total_steps

    @property
    def epoch(self) -> int:
        """The number of the epoch in progress, from 0."""
        return self.steps // self.epoch_steps

    def rate(self, step: int) -> float:
        """The learning rate of a step, counted from 0."""
        factor = schedules.factor(self.spec["schedule"], step, self.spec["epochs"], self.epoch_steps)
        return self.spec["optimiser"]["learning_rate"] * factor

    @property
    def side(self) -> int:
        """The side in pixels of the next step's images."""
        return progressive.side(self.images.size, self.spec["progressive"], self.progress)

    def changing(self) -> dict[str, Tensor]:
        """Weights and buffers that training changes: all except those of frozen modules, the tensors themselves."""
        frozen = {id(t) for module in self.frozen for t in module.state_dict(keep_vars=True).values()}
        state = self.classifier.state_dict(keep_vars=True)
        return {key: tensor.detach() for key, tensor in state.items() if id(tensor) not in frozen}

    def snapshot(self) -> dict[str, Tensor]:
        """A copy of what training changes."""
        return {key: tensor.clone() for key, tensor in self.changing().items()}

    def set_weights(self, weights: Mapping[str, Tensor]) -> None:
        """Restore a snapshot."""
        for key, tensor in self.changing().items():
            tensor.copy_(weights[key])

    def train_mode(self) -> None:
        """Put trained modules into training mode; frozen ones and a base's normalisation into evaluation mode."""
        self.classifier.train()
        for module in (*self.frozen, *self.base_norms):
            module.eval()


def _seeds(seed: int, start: str | None) -> tuple[int, ...]:
    """The seeds of weights and dropout, of shuffling, of augmentation, and of the draw of training images.

    A warm start from the variant `start` draws numbers of its own, except for the images: its weights have fitted the
    first stage's batches and dropout masks, so with the same ones its training loss would begin too low and then rise,
    even at a learning rate of 0.
    """
    first = np.random.SeedSequence(seed).generate_state(4)
    own = np.random.SeedSequence(seed, spawn_key=tuple((start or "").encode())).generate_state(4)
    return *map(int, own[:3]), int(first[3])


@torch.no_grad()  # not inference_mode: the head's backward pass keeps these vectors
def represent(classifier: Classifier, data: Data, precision: Precision) -> Data:
    """The data with each image replaced by its representation, the output of an `on_base` network's frozen part."""
    classifier.eval()
    parts = []
    for index in torch.arange(len(data.images), device=data.images.device).split(CHUNK):
        inputs = precision.laid_out(data.batch(index))
        with precision.autocast(inputs.device):
            parts.append(classifier.network.represent(classifier.normalise(inputs)).float())
    return Data(torch.cat(parts), data.labels, data.splits)
