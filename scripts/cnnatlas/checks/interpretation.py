"""Every method of interpretation of a run, tried on a network with fresh weights: do its layers and options fit it?"""

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from inspect import signature

import numpy as np
import torch

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.layers import make_relus_inspectable
from cnnatlas.architectures.registry import build
from cnnatlas.checks.stated import stated_at
from cnnatlas.errors import AtlasError

REPEATING = ("most", "samples", "steps")  # options of which 1 shows as well whether a method runs


def check(trials: Sequence[dict], places: Sequence[str]) -> None:
    """Raise AtlasError for the first method that cannot be applied to its network, with file and line.

    A trial is {name, network, side, method, options, wanted}: the network as {architecture, classes, size}, the
    architecture None for the one of torchvision's that is called `name`; the side of the images that it is shown, in
    pixels; of how many classes. Each method runs on one image of noise.
    """
    specs = {trial["name"]: trial["network"] for trial in trials}
    network = cache(lambda name: _network(name, specs[name]))
    for trial, where in zip(trials, places, strict=True):
        with stated_at(where, f"`{trial['method']}` of `{trial['name']}`"):
            _try(network(trial["name"]), trial)


def _network(name: str, spec: Mapping) -> Classifier:
    if spec["architecture"]:
        return Classifier(build(spec["architecture"], spec["classes"], spec["size"])).eval()
    from torchvision import models  # takes seconds, and only these networks need it

    network = models.get_model(name, weights=None)
    make_relus_inspectable(network)
    return Classifier(network).eval()


def _try(network: Classifier, trial: Mapping) -> None:
    images = np.random.default_rng(0).integers(0, 256, (1, trial["side"], trial["side"], 3), dtype=np.uint8)
    method = getattr(import_module(f"cnnatlas.interpretation.methods.{trial['method']}"), trial["method"])
    once = {option: 1 for option in REPEATING if option in signature(method).parameters}
    try:
        classes = network(torch.zeros(1, 3, trial["side"], trial["side"])).shape[1]
        method(network, images, [0], **trial["options"] | once)
    except (RuntimeError, TypeError, ValueError) as error:
        raise AtlasError(f"cannot be computed with {trial['options'] or 'its defaults'} on images of {trial['side']} "
                         f"pixels: {error}") from error  # fmt: skip
    if trial["wanted"] > classes:
        raise AtlasError(f"`targets` wants {trial['wanted']} classes, and the network has {classes}; lower it")
