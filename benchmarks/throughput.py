"""How near to the processor's limit training comes: multiply-adds per second, and the time outside the model.

    python benchmarks/throughput.py [VARIANT ...] [--config config/cpu.yaml] [--threads 1]

limit    multiply-adds per second of a matrix product (2,048 x 2,048) in the number format of trainings on this host
model    those of forward and backward passes of a variant's network on batches that lie ready, and their share of the
         limit, which is measured before and after each network, for other work on the machine only ever slows one
outside  the share of a training's time that is not forward and backward passes: augmentation, batches, optimiser,
         evaluation after each epoch, final scores; on noise, with splits in the proportions of the real data

Only convolutions and dense layers count as multiply-adds. The default is one variant of each architecture of the full
study. Targets: 75 % of the limit above 30 x 10^6 multiply-adds an image, 50 % above 5; outside at most 10 %.
"""

import argparse
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "scripts"))

from cnnatlas.architectures.classifier import Classifier  # noqa: E402
from cnnatlas.architectures.describe import describe  # noqa: E402
from cnnatlas.architectures.registry import build  # noqa: E402
from cnnatlas.configuration import run as configuration  # noqa: E402
from cnnatlas.configuration import strict_yaml, studies  # noqa: E402
from cnnatlas.costs import rates  # noqa: E402
from cnnatlas.costs.work import PASSES  # noqa: E402
from cnnatlas.training import device as devices  # noqa: E402
from cnnatlas.training import precision as precisions  # noqa: E402
from cnnatlas.training.convolutions import use_products  # noqa: E402
from cnnatlas.training.loop import train  # noqa: E402
from cnnatlas.training.losses import cross_entropy  # noqa: E402

SIDE = 2048  # of the matrices
REPEATS = 5
IMAGES = 1200  # of the training split, in the measurement of what is outside the model


def best(action: Callable[[], object]) -> float:
    """Seconds of the fastest of some repetitions."""
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        action()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def limit(precision: precisions.Precision) -> float:
    """Multiply-adds per second of a matrix product."""
    matrix = torch.randn(SIDE, SIDE).to(precision.dtype)
    return SIDE**3 / best(lambda: matrix @ matrix)


def step_of(spec: dict, classes: int, size: int, precision: precisions.Precision) -> Callable[[], None]:
    """A forward and a backward pass of one batch."""
    network = Classifier(build(spec["architecture"], classes, size))
    classifier = network.to(memory_format=precision.memory_format).train()
    if precision.products:
        use_products(classifier)
    images = precision.laid_out(torch.rand(spec["batch_size"], 3, size, size))
    labels = torch.arange(spec["batch_size"]) % classes

    def step() -> None:
        classifier.zero_grad()
        with precision.autocast(images.device):
            logits = classifier(images)
        cross_entropy(logits, labels).backward()

    return step


def training_seconds(spec: dict, classes: int, size: int, epochs: int) -> float:
    """Seconds of a whole training of so many epochs on noise."""
    whole = rates.measured()["images"]["upstream"][spec["dataset"]]
    counts = [max(2, round(count * IMAGES / whole[0])) for count in whole]
    ends = np.cumsum(counts)
    names = ("train", "validation", "test") if counts[2] > 2 else ("train", "validation")
    split = {name: np.arange(end - count, end) for name, count, end in zip(names, counts, ends, strict=False)}
    images = np.random.default_rng(0).integers(0, 256, (ends[-1], size, size, 3), dtype=np.uint8)
    changed = {**spec, "epochs": epochs, "train_images": None, "progressive": 1.0, "allow_divergence": True}
    start = time.perf_counter()
    train(changed, 0, images, np.arange(len(images)) % classes, split, classes, logging.getLogger("benchmark"))
    return time.perf_counter() - start


def outside(spec: dict, classes: int, size: int, step: float) -> float:
    """The share of a training's time outside the model."""
    one, three = (training_seconds(spec, classes, size, epochs) for epochs in (1, 3))
    epoch = (three - one) / 2
    model = spec["epochs"] * step * IMAGES / spec["batch_size"]
    return 1 - model / (one + (spec["epochs"] - 1) * epoch)


def report(variant: str, spec: dict, classes: int, size: int) -> None:
    """Measure a variant and print its row."""
    precision = precisions.choose(torch.device("cpu"))
    multiply_adds = describe(build(spec["architecture"], classes, size), size)["multiply_adds"]
    before = limit(precision)
    step = best(step_of(spec, classes, size, precision))
    most = max(before, limit(precision))
    rate = PASSES * multiply_adds * spec["batch_size"] / step
    share = outside(spec, classes, size, step)
    print(f"| `{variant}` | {spec['architecture']['name']} | {multiply_adds / 1e6:.1f} | {spec['batch_size']} | "
          f"{most / 1e9:.0f} | {rate / 1e9:.0f} | {rate / most:.0%} | {share:.0%} |", flush=True)  # fmt: skip


def chosen(atlas: studies.Atlas, names: list[str]) -> list[str]:
    """The named variants, or the last one that is trained from scratch of each architecture."""
    scratch = {s["architecture"]["name"]: v for v, s in atlas.specs.items() if not s["base"] and not s["start"]}
    return names or sorted(scratch.values())


def load(path: str | None) -> studies.Atlas:
    """The studies, with a file of configuration over the defaults."""
    given = strict_yaml.load(path).content if path else {}
    config, files = configuration.completed(ROOT, given, [path] if path else [])
    return studies.load(ROOT, config, files)


def main() -> None:
    """Print a table row for each variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="*")
    parser.add_argument("--config", default=None)
    parser.add_argument("--threads", type=int, default=1)
    arguments = parser.parse_args()
    atlas = load(arguments.config)
    devices.keep_freed_memory()
    print(f"{precisions.choose(torch.device('cpu')).rule}; {arguments.threads} threads; limit and model in GMAC/s")
    print("| variant | network | 10⁶ multiply-adds | batch | limit | model | share | outside |\n" + "|---" * 8 + "|")
    with devices.reproducible(arguments.threads):
        for variant in chosen(atlas, arguments.variants):
            spec = {**atlas.specs[variant], "threads": arguments.threads, "device": "cpu"}
            dataset = atlas.datasets[spec["dataset"]]
            report(variant, spec, dataset["classes"], spec["resolution"] or dataset["size"])


if __name__ == "__main__":
    main()
