"""What a GPU computes against what the CPU computes, and a plain training loop, for benchmarks/gpu.py."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.interpretation.declarations import METHODS
from cnnatlas.training import optimisers
from cnnatlas.training.augmentations.batch import Batch
from cnnatlas.training.augmentations.registry import declarations
from cnnatlas.training.losses import cross_entropy

# Largest difference as a share of the largest value, in float32: sums of many numbers in another order
LIMITS = {"network": 1e-3, "augmentation": 1e-4, "optimiser": 1e-5, "method": 1e-2}
VALUES = {  # of augmentations, strong enough to be seen
    "colour_jitter": 0.3,
    "crop": 4,
    "cutmix": 0.5,
    "cutout": 8,
    "flip": True,
    "mixup": 0.5,
    "resized_crop": [0.5, 1.0],
    "trivial_augment": True,
}
OPTIMISERS = (
    {"name": "sgd", "weight_decay": 5e-4, "momentum": 0.9, "nesterov": True, "normalisation_rate": 4.0},
    {"name": "adam", "weight_decay": 5e-4},
    {"name": "adamw", "weight_decay": 5e-2},
)
# Few steps: ascents are chaotic, so that small differences grow with each
OPTIONS = {
    "activation_maximisation": {"units": 2, "steps": 2},
    "fooling": {"steps": 1},
    "integrated_gradients": {"steps": 4},
    "occlusion": {"patch": 8, "stride": 8},
    "response": {"scales": (1.0, 1.5)},
    "smooth_grad": {"samples": 2, "noise": 0.0},  # each device draws noise of its own
}
NEED_CAPTUM = ("integrated_gradients", "smooth_grad")
AVERAGED = {"name": "resnet", "stem": 16, "widths": [16, 32], "blocks": [1, 1]}

Difference = tuple[str, str, float, float]


def differences(specs: dict, device: torch.device) -> Iterator[Difference]:
    """(kind, subject, difference, limit) of everything that can be compared."""
    left_out = untried()
    for kind, subjects, compare in (
        ("network", list(specs), lambda name: _network(specs[name], device)),
        ("augmentation", sorted(declarations()), lambda name: _augmentation(name, device)),
        ("optimiser", [each["name"] for each in OPTIMISERS], lambda name: _optimiser(name, device)),
        ("method", sorted(METHODS), lambda name: _method(name, device)),
    ):
        for subject in subjects:
            if (kind, subject) not in left_out:
                yield kind, subject, compare(subject), LIMITS[kind]


def untried() -> dict[tuple[str, str], str]:
    """By (kind, subject), why something cannot be compared."""
    without_value = sorted(declarations().keys() - VALUES.keys())
    without_captum = () if find_spec("captum") else NEED_CAPTUM
    return {("augmentation", name): "benchmarks/gpu_agreement.py has no value for it" for name in without_value} | {
        ("method", name): "captum is missing" for name in without_captum
    }


def _apart(pairs: Iterator[tuple[Tensor, Tensor]]) -> float:
    """The largest difference of any pair, as a share of its largest value."""
    return max(
        float((a.cpu().double() - b.cpu().double()).abs().max() / b.abs().max().clamp(min=1e-12)) for a, b in pairs
    )


def _network(entry: dict, device: torch.device) -> float:
    """Logits, and gradients of all weights."""
    torch.manual_seed(0)
    network = Classifier(build(entry["spec"]["architecture"], entry["classes"], entry["size"])).eval()
    images, labels = torch.rand(8, 3, entry["size"], entry["size"]), torch.arange(8) % entry["classes"]

    def computed(where: torch.device | str) -> list[Tensor]:
        network.to(where).zero_grad()
        logits = network(images.to(where))
        cross_entropy(logits, labels.to(where)).backward()
        return [
            t.detach().cpu().clone() for t in (logits, *(p.grad for p in network.parameters() if p.grad is not None))
        ]

    return _apart(zip(computed(device), computed("cpu"), strict=True))


@dataclass(frozen=True)
class Dealt(Batch):
    """A batch that draws the same numbers on every device: on the CPU, by the given generator."""

    def uniform(self, count: int) -> Tensor:
        """As Batch.uniform."""
        return torch.rand(count, len(self.images), generator=self.generator).to(self.images.device)

    def shifts(self, most: int) -> Tensor:
        """As Batch.shifts."""
        return torch.randint(-most, most + 1, (2, len(self.images), 1), generator=self.generator).to(self.images.device)

    def partners(self) -> Tensor:
        """As Batch.partners."""
        return torch.randperm(len(self.images), generator=self.generator).to(self.images.device)


def _augmentation(name: str, device: torch.device) -> float:
    module = import_module(f"cnnatlas.training.augmentations.{name}")
    images = torch.rand(32, 3, 32, 32, generator=torch.Generator().manual_seed(0))

    def computed(where: torch.device | str) -> Batch:
        targets, index = torch.eye(32).to(where), torch.arange(32).to(where)
        drawn, mean = torch.Generator().manual_seed(1), torch.full((3,), 0.5).to(where)
        return getattr(module, name)(Dealt(images.to(where), targets, index, 0, 32, 32, mean, drawn), VALUES[name])

    there, here = computed(device), computed("cpu")
    return _apart(iter([(there.images, here.images), (there.targets, here.targets)]))


def _optimiser(name: str, device: torch.device) -> float:
    """The weights after five steps with given gradients."""
    spec = next(each for each in OPTIMISERS if each["name"] == name)

    def computed(where: torch.device | str) -> list[Tensor]:
        torch.manual_seed(0)
        network = nn.Sequential(nn.Conv2d(3, 8, 3), nn.BatchNorm2d(8)).to(where)
        optimiser = optimisers.build(network, spec)
        for _ in range(5):
            for parameter in optimiser.parameters:
                parameter.grad = torch.randn(parameter.shape).to(where)
            optimiser.step(torch.tensor(0.01, device=where) if optimiser.fused else 0.01)
        return [p.detach() for p in network.parameters()]

    return _apart(zip(computed(device), computed("cpu"), strict=True))


def _method(name: str, device: torch.device) -> float:
    """The first array that a method gives of a network that ends in global average pooling."""
    torch.manual_seed(0)
    network = Classifier(build(AVERAGED, 10, 32)).eval()
    images = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)
    apply = getattr(import_module(f"cnnatlas.interpretation.methods.{name}"), name)

    def computed(where: torch.device | str) -> Tensor:
        arrays = apply(network.to(where), images, [1, 2], **OPTIONS.get(name, {}))
        return torch.from_numpy(np.asarray(next(iter(arrays.values())), dtype=np.float64))

    return _apart(iter([(computed(device), computed("cpu"))]))


def plain_images_per_second(spec: dict, problem: tuple, device: torch.device) -> float:
    """A loop as a tutorial writes it: DataLoader, autocast, torch.optim; its best of three epochs."""
    images, labels, split, classes = problem
    chosen = split["train"]
    tensors = TensorDataset(torch.from_numpy(images[chosen]).permute(0, 3, 1, 2), torch.from_numpy(labels[chosen]))
    loader = DataLoader(tensors, batch_size=spec["batch_size"], shuffle=True, pin_memory=device.type == "cuda")
    network = build(spec["architecture"], classes, images.shape[1]).to(device)
    optimiser = torch.optim.SGD(network.parameters(), lr=0.01, momentum=0.9, nesterov=True)
    return len(chosen) / min(_plain_epoch(network, loader, optimiser, device) for _ in range(3))


def _plain_epoch(
    network: nn.Module, loader: DataLoader, optimiser: torch.optim.Optimizer, device: torch.device
) -> float:
    network.train()
    start, total = time.perf_counter(), 0.0
    for images, labels in loader:
        optimiser.zero_grad()
        with torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda"):
            loss = nn.functional.cross_entropy(network(images.to(device).float() / 255), labels.to(device))
        loss.backward()
        optimiser.step()
        total += loss.item()
    return time.perf_counter() - start
