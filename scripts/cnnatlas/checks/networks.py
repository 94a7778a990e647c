"""Every network of a run, built on torch's meta device, without memory or time: does it fit data, weights, machine?"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence

import torch
from torch import nn

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.checks import machine
from cnnatlas.checks.stated import stated_at
from cnnatlas.costs.sizes import sizes
from cnnatlas.errors import AtlasError
from cnnatlas.training import progressive
from cnnatlas.training.augmentations.pipeline import Pipeline
from cnnatlas.training.initial_weights import freeze


def check(variants: Mapping[str, dict], places: Mapping[str, Mapping[str, str]], trains_here: bool) -> int:
    """Raise AtlasError for the first variant that cannot be trained, with file and line; give the number of networks.

    A variant is the part of its spec that its network and batches depend on, with `classes` and `size`, the side of its
    images in pixels; its places are those that state it, by key. Threads and memory are those of this machine, and are
    judged only where it `trains_here`.
    """
    networks = _different(variants, lambda spec: {key: spec[key] for key in spec if key != "augmentation"})
    for name in networks:
        with torch.device("meta"):
            _check(name, variants, places[name], trains_here)
    for name in _different(variants, lambda spec: {key: spec[key] for key in ("augmentation", "classes", "size")}):
        with stated_at(places[name]["augmentation"], f"variant `{name}`"):
            _augment(variants[name])
    return len(networks)


def multiply_adds(variants: Mapping[str, dict], places: Mapping[str, Mapping[str, str]]) -> dict[str, int]:
    """Of one image, by variant, as `check` takes them: what the time of their trainings is estimated from."""
    networks = {name: (spec["architecture"], spec["classes"], spec["size"]) for name, spec in variants.items()}
    found = sizes(networks, lambda name: places[name]["architecture"])
    return {name: size.multiply_adds for name, size in found.items()}


def _different(variants: Mapping[str, dict], part: Callable[[dict], dict]) -> list[str]:
    """The first variant of each kind, by a part of their specs."""
    found: dict[str, str] = {}
    for name, spec in variants.items():
        found.setdefault(json.dumps(part(spec)), name)
    return list(found.values())


def _augment(spec: dict) -> None:
    """Augment a batch of noise as a training would."""
    pipeline = Pipeline(spec["augmentation"], torch.full((3,), 0.5), torch.Generator().manual_seed(0))
    images = torch.randint(0, 256, (2, spec["size"], spec["size"], 3), dtype=torch.uint8, generator=pipeline.generator)
    targets = torch.eye(spec["classes"])[:2] if pipeline.mixes else torch.arange(2)
    pipeline(images, torch.arange(2), targets)


def unequal_images(pairs: Iterable[Sequence[str]], variants: Mapping[str, dict]) -> list[str]:
    """A line for each pair of compared variants that see images of different sizes; the report says so too."""
    sizes = ((a, b, variants[a]["size"], variants[b]["size"]) for a, b in pairs)
    return [f"`{a}` and `{b}` are compared on images of {m} and {n} pixels" for a, b, m, n in sizes if m != n]


def _check(name: str, variants: Mapping[str, dict], where: Mapping[str, str], trains_here: bool) -> None:
    spec, subject = variants[name], f"variant `{name}`"
    with stated_at(where["architecture"], subject):
        classifier = _built(spec)
        needs = _training_memory(classifier, spec)
    for key in ("start", "base"):
        if spec[key] in variants:
            with stated_at(where[key], subject):
                _check_weights(classifier.network, key, spec[key], variants[spec[key]])
    if spec["progressive"] < 1:
        with stated_at(where["progressive"], subject):
            progressive.check(classifier, spec["size"], spec["progressive"])
    if trains_here:
        with stated_at(where["threads"], subject):
            machine.check_threads(spec["threads"])
        with stated_at(where["resolution" if spec["resolution"] else "batch_size"], subject):
            machine.check_memory(needs, spec)


def _built(spec: dict) -> Classifier:
    return Classifier(build(spec["architecture"], spec["classes"], spec["size"]))


def _training_memory(classifier: Classifier, spec: dict) -> int:
    """Bytes in float32 that a step with one batch holds for its backward pass, weights included."""
    freeze(classifier, spec["trainable"])
    kept = {}

    def keep(tensor: torch.Tensor) -> torch.Tensor:
        storage = tensor.untyped_storage()
        kept[storage._cdata] = storage.nbytes()
        return tensor

    images = torch.zeros(spec["batch_size"], 3, spec["size"], spec["size"])
    try:
        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            logits = classifier.train()(images)
    except (RuntimeError, ValueError) as error:
        raise AtlasError(f"architecture {spec['architecture']['name']}: does not run on {spec['batch_size']} images of "
                         f"{spec['size']} pixels: {error}") from error  # fmt: skip
    if logits.shape != (spec["batch_size"], spec["classes"]):
        raise AtlasError(f"architecture {spec['architecture']['name']}: gives {tuple(logits.shape)} for "
                         f"{spec['batch_size']} images of {spec['classes']} classes; correct `forward`")  # fmt: skip
    return sum(kept.values())


def _check_weights(network: nn.Module, key: str, other: str, spec: dict) -> None:
    """Weights of the same names and shapes: all of them for a warm start, the `features` of a base."""
    given = _built(spec).network
    ours, theirs = (each if key == "start" else each.features for each in (network, given))
    a, b = ({name: tuple(t.shape) for name, t in each.state_dict().items()} for each in (ours, theirs))
    different = next((name for name in [*a, *b] if a.get(name) != b.get(name)), None)
    if different:
        raise AtlasError(f"`{key}: {other}` has other weights: `{different}` is {b.get(different, 'absent')} there and "
                         f"{a.get(different, 'absent')} here; name a variant with the same `architecture`, classes and "
                         "`resolution`")  # fmt: skip
