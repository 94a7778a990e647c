"""Training steps with weight gradients as matrix products against steps with oneDNN's.

    python benchmarks/convolutions.py VARIANT ... [--config config/cpu.yaml]

Forward and backward passes of a variant's network on one batch that lies ready, one thread, both sides in turns: the
fastest step of each, and the median of the ratios of neighbours, for other work on the machine slows both.
"""

import argparse
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))
from throughput import load, step_of

from cnnatlas.training import device as devices
from cnnatlas.training import precision as precisions

ROUNDS = 15


def seconds(step: Callable[[], None]) -> float:
    """Wall time of a step."""
    start = time.perf_counter()
    step()
    return time.perf_counter() - start


def compare(variant: str, spec: dict, classes: int, size: int) -> None:
    """Measure a variant and print its row."""
    precision = precisions.choose(torch.device("cpu"))
    sides = [step_of(spec, classes, size, replace(precision, products=products)) for products in (False, True)]
    for step in sides:
        step()
    times = [[seconds(step) for step in sides] for _ in range(ROUNDS)]
    plain, products = (min(column) * 1000 for column in zip(*times, strict=True))
    ratio = median(before / after for before, after in times)
    print(f"| `{variant}` | {spec['batch_size']} | {plain:.0f} | {products:.0f} | {ratio:.2f} |", flush=True)


def main() -> None:
    """Print a table row for each variant."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("variants", nargs="+")
    parser.add_argument("--config", default=None)
    arguments = parser.parse_args()
    atlas = load(arguments.config)
    devices.keep_freed_memory()
    print("| variant | batch | oneDNN's, ms | products, ms | ratio |\n" + "|---" * 5 + "|")
    with devices.reproducible(1):
        for variant in arguments.variants:
            spec, dataset = atlas.specs[variant], atlas.datasets[atlas.specs[variant]["dataset"]]
            compare(variant, spec, dataset["classes"], spec["resolution"] or dataset["size"])


if __name__ == "__main__":
    main()
