"""Time of an occlusion map, 484 positions at 96 pixels, against captum's, in one run on one thread each.

    python benchmarks/occlusion.py

Float32, one image, a grey patch of 12 pixels in steps of 4, the softmax score of the two networks of assignment D with
fresh weights of He's scale (the time does not depend on them). All sides in turns in one process; the fastest round of
each counts, as processor time, since other work on the machine only ever slows one. The maps must be equal. Target: at
least 4 times faster than captum's Occlusion with its defaults (one position at a time); captum with 64 at once is shown
too. Takes about half a minute.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from captum.attr import Occlusion
from torch import Tensor, nn

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from cnnatlas.architectures.classifier import Classifier
from cnnatlas.architectures.registry import build
from cnnatlas.interpretation.methods.occlusion import occlusion

NETWORKS = ("stl_shallow", "stl_deep")
SIZE, PATCH, STRIDE, FILL, TARGET_CLASS = 96, 12, 4, 0.5, 3
BATCH = 64  # positions at once, of captum with batches
ROUNDS = 3
TARGET = 4.0


def captums(network: nn.Module, image: Tensor, batch: int) -> np.ndarray:
    """Captum's map, (1, 1, H, W)."""
    window, steps = (3, PATCH, PATCH), (3, STRIDE, STRIDE)
    method = Occlusion(nn.Sequential(network, nn.Softmax(1)))
    found = method.attribute(image, window, steps, baselines=FILL, target=TARGET_CLASS, perturbations_per_eval=batch)
    return found[:, :1].numpy()


def seconds(step: Callable[[], np.ndarray]) -> tuple[float, np.ndarray]:
    """Processor time of a step, and its result."""
    start = time.process_time()
    result = step()
    return time.process_time() - start, result


def compare(name: str) -> None:
    """Time a network and print its lines."""
    torch.manual_seed(0)
    network, image = Classifier(build({"name": name}, 10, SIZE)).eval(), torch.rand(1, 3, SIZE, SIZE)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d):
            nn.init.kaiming_normal_(layer.weight)
    options = {"patch": PATCH, "stride": STRIDE, "fill": FILL}
    sides = {
        "ours": lambda: occlusion(network, image, [TARGET_CLASS], **options)["attribution"],
        "captum": lambda: captums(network, image, 1),
        f"captum, {BATCH} at once": lambda: captums(network, image, BATCH),
    }
    times, maps = {side: [] for side in sides}, {}
    for _ in range(ROUNDS):
        for side, step in sides.items():
            taken, maps[side] = seconds(step)
            times[side].append(taken)
    best = {side: min(values) for side, values in times.items()}
    apart = max(np.abs(maps["ours"] - found).max() for found in maps.values()) / np.abs(maps["captum"]).max()
    positions = len(range(0, SIZE - PATCH + 1, STRIDE)) ** 2
    print(f"occlusion, {name}: {positions} positions at {SIZE} pixels, maps equal to {apart:.0e} of their largest drop")
    for side, value in best.items():
        print(f"  {side:20} {value:6.2f} s, {value / best['ours']:.1f} times ours")
    ratio = best["captum"] / best["ours"]
    print(f"  speed-up {ratio:.2f}, target {TARGET}: {'reached' if ratio >= TARGET else 'MISSED'}", flush=True)


def main() -> None:
    """Compare both networks."""
    torch.set_num_threads(1)
    for name in NETWORKS:
        compare(name)


if __name__ == "__main__":
    main()
