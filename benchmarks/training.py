"""Images per second of our training loop against a plain PyTorch loop, in one run.

    python benchmarks/training.py [--resources resources] [--threads 2] [--workers 0]

Both sides train the same network on the same images for the same epochs, with the same batch size, optimiser and
schedule, from the same initial weights and in the same order; each runs in a process of its own, in turns.

plain   what a tutorial writes: a Dataset that gives PIL images, torchvision's ToTensor and Normalize, a DataLoader
        (its default of no worker processes; --workers asks for some), float32, default layout, torch.optim
ours    cnnatlas.training.loop as the workflow runs it

Speed is images per second of a training epoch, with loading and without validation; the best epoch of each side
counts, since other work on the machine only ever slows one. Accuracy is that of the last epoch on the validation
images, averaged over rounds (a seed each), with its binomial standard error. Targets on two cores with AVX512-BF16:
3 times, 2 for the shallow STL-10 network. Takes about three minutes there.
"""

import argparse
import logging
import multiprocessing
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import nn
from torch.utils.data import DataLoader, Dataset, RandomSampler
from torchvision import transforms

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from cnnatlas.architectures.registry import build  # noqa: E402
from cnnatlas.configuration import run as configuration  # noqa: E402
from cnnatlas.configuration import strict_yaml  # noqa: E402
from cnnatlas.training.data import colour_moments, to_device  # noqa: E402
from cnnatlas.training.loop import train  # noqa: E402


@dataclass(frozen=True)
class Case:
    """A comparison: what is trained on how much, how often, and the speed-up that is to be reached."""

    dataset: str
    architecture: str
    size: int
    batch_size: int
    images: int
    epochs: int
    rounds: int
    target: float


CASES = (
    Case("caltech101", "lenet5", 64, 64, images=3000, epochs=5, rounds=2, target=3.0),
    Case("stl10", "stl_shallow", 96, 64, images=1500, epochs=5, rounds=1, target=2.0),
    Case("cifar10", "vgg", 32, 64, images=2000, epochs=3, rounds=1, target=3.0),
    Case("cifar10", "resnet", 32, 64, images=2000, epochs=3, rounds=1, target=3.0),
    Case("stl10", "stl_deep", 96, 64, images=1000, epochs=3, rounds=1, target=3.0),
)
RATE = 0.001


@dataclass(frozen=True)
class Problem:
    """Arrays of a prepared data set, cut to the size of a case."""

    source: str
    images: np.ndarray
    labels: np.ndarray
    split: dict[str, np.ndarray]
    classes: int


def problem(case: Case, resources: Path) -> Problem:
    """The case's data: downloaded if there, else embedded, else noise in which the class tints the image."""
    for collection in ("upstream", "embedded"):
        folder = resources / collection / case.dataset
        if (folder / "split.npz").exists():
            labels, split = np.load(folder / "labels.npy"), dict(np.load(folder / "split.npz"))
            split = {"train": chosen(split["train"], case.images), "validation": chosen(split["validation"], 1000)}
            kept = np.concatenate([split["train"], split["validation"]])
            images, labels = np.load(folder / "images.npy", mmap_mode="r")[kept], labels[kept]
            count = len(split["train"])
            split = {"train": np.arange(count), "validation": np.arange(count, len(kept))}
            return Problem(f"{collection} {case.dataset}", images, labels, split, int(labels.max()) + 1)
    generator = np.random.default_rng(0)
    labels = np.arange(case.images + 500) % 10
    images = generator.integers(0, 200, (len(labels), case.size, case.size, 3), dtype=np.uint8)
    images += generator.integers(0, 50, (10, 1, 1, 3), dtype=np.uint8)[labels]
    split = {"train": np.arange(case.images), "validation": np.arange(case.images, len(labels))}
    return Problem("noise", images, labels, split, 10)


def chosen(index: np.ndarray, count: int) -> np.ndarray:
    """At most `count` of the indices, at random but always the same ones."""
    return np.sort(np.random.default_rng(0).permutation(index)[:count])


class Pictures(Dataset):
    """Images in memory that come out as PIL images, as torchvision's CIFAR10 and STL10 do it."""

    def __init__(self, data: Problem, split: str, transform):
        self.data, self.index, self.transform = data, data.split[split], transform

    def __len__(self) -> int:
        return len(self.index)

    def __getitem__(self, item: int):
        number = self.index[item]
        return self.transform(Image.fromarray(self.data.images[number])), int(self.data.labels[number])


def plain(case: Case, data: Problem, seed: int, threads: int, workers: int) -> tuple[float, float]:
    """The plain loop: images per second of its best epoch, and its last validation accuracy."""
    torch.set_num_threads(threads)
    initial, shuffling, _ = (
        int(s) for s in np.random.SeedSequence(seed).generate_state(3)
    )  # as ours, for the same initial weights
    torch.manual_seed(initial)
    mean, std = colour_moments(to_device(data.images, data.labels, data.split, torch.device("cpu")))
    transform = transforms.Compose([transforms.ToTensor(), transforms.Normalize(mean.tolist(), std.tolist())])
    network = build({"name": case.architecture}, data.classes, case.size)
    pictures, order = Pictures(data, "train", transform), torch.Generator().manual_seed(shuffling)
    options = {"batch_size": case.batch_size, "num_workers": workers}
    loader = DataLoader(pictures, sampler=RandomSampler(pictures, generator=order), **options)
    held_out = DataLoader(Pictures(data, "validation", transform), **options)
    optimiser = torch.optim.Adam(network.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, case.epochs * len(loader))
    seconds = [plain_epoch(network, loader, optimiser, schedule) for _ in range(case.epochs)]
    return len(data.split["train"]) / min(seconds), plain_accuracy(network.eval(), held_out)


def plain_epoch(network: nn.Module, loader: DataLoader, optimiser, schedule) -> float:
    """One training epoch; its seconds."""
    start = time.perf_counter()
    network.train()
    criterion = nn.CrossEntropyLoss()
    total = 0.0
    for images, labels in loader:
        optimiser.zero_grad()
        loss = criterion(network(images), labels)
        loss.backward()
        optimiser.step()
        schedule.step()
        total += loss.item()
    return time.perf_counter() - start


@torch.no_grad()
def plain_accuracy(network: nn.Module, loader: DataLoader) -> float:
    """The share of validation images that the network classifies correctly."""
    return torch.cat([network(images).argmax(1) == labels for images, labels in loader]).float().mean().item()


def ours(case: Case, data: Problem, seed: int, threads: int) -> tuple[float, float]:
    """Our loop: images per second of its best epoch, and its last validation accuracy."""
    changes = {
        "architecture": {"name": case.architecture},
        "epochs": case.epochs,
        "batch_size": case.batch_size,
        "optimiser": {"name": "adam", "learning_rate": RATE, "weight_decay": 0.0},
        "schedule": {"name": "cosine"},
        "select_epoch": "last",
        "threads": threads,
        "device": "cpu",
    }
    spec = configuration.merge(strict_yaml.load(ROOT / "config/defaults.yaml").content, changes)
    quiet = logging.getLogger("benchmark")
    result = train(spec, seed, data.images, data.labels, data.split, data.classes, quiet)
    return max(row["images_per_second"] for row in result.timing["epochs"]), result.history[-1]["validation_accuracy"]


def alone(side: Callable, *arguments) -> tuple[float, float]:
    """Run a side in a process of its own: ours changes how the process handles memory."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(side, *arguments).result()


def compare(case: Case, resources: Path, threads: int, workers: int) -> None:
    """Run a case and print its lines."""
    data = problem(case, resources)
    sides: dict[str, list] = {"plain": [], "ours": []}
    for seed in range(case.rounds):
        sides["plain"].append(alone(plain, case, data, seed, threads, workers))
        sides["ours"].append(alone(ours, case, data, seed, threads))
    speed = {side: max(rate for rate, _ in rounds) for side, rounds in sides.items()}
    accuracy = {side: np.mean([share for _, share in rounds]) for side, rounds in sides.items()}
    print(f"{case.architecture}, {data.source}: {len(data.split['train'])} images, {case.epochs} epochs")
    for side in sides:
        print(f"  {side:5}  {speed[side]:8.0f} images/s   validation accuracy {accuracy[side]:.3f}")
    ratio = speed["ours"] / speed["plain"]
    print(f"  speed-up {ratio:.2f}, target {case.target}: {'reached' if ratio >= case.target else 'MISSED'}")
    error = (accuracy["plain"] * (1 - accuracy["plain"]) / len(data.split["validation"])) ** 0.5
    difference = accuracy["ours"] - accuracy["plain"]
    within = "within" if abs(difference) <= error else "NOT within"
    print(f"  accuracy difference {difference:+.3f}, {within} one standard error of {error:.3f}", flush=True)


def main() -> None:
    """Compare all cases."""
    parser = argparse.ArgumentParser(description="Our training loop against a plain PyTorch loop.")
    parser.add_argument("--resources", type=Path, default=ROOT / "resources")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=0, help="worker processes of the plain loop's DataLoader")
    arguments = parser.parse_args()
    for case in CASES:
        compare(case, arguments.resources, arguments.threads, arguments.workers)


if __name__ == "__main__":
    main()
