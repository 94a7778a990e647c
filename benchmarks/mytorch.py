"""Time of MyTorch's convolution, forward plus backward, against torch's, in one run on one thread each.

    python benchmarks/mytorch.py

Float32, 32 images of 32 x 32, kernel 3, padding 1; both sides in turns in one process, the fastest round of each
counts, as processor time, since other work on the machine only ever slows one. Target: at most 1.5 times torch's time.
Takes a few seconds.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from threadpoolctl import threadpool_limits

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "scripts"))

from cnnatlas.mytorch.agreement import ours, problem, torchs

CASES = ((16, 32), (64, 64))  # input and output channels
IMAGES, SIZE, KERNEL = 32, 32, 3
ROUNDS = 15
TARGET = 1.5


def milliseconds(step: Callable[[], object]) -> float:
    """Processor time of a step: of all threads, so that a second one would show, and none of other processes."""
    start = time.process_time()
    step()
    return 1e3 * (time.process_time() - start)


def compare(channels: int, out: int) -> None:
    """Run a case and print its lines."""
    arguments = {"kernel_size": KERNEL, "padding": KERNEL // 2}
    given = problem((IMAGES, channels, SIZE, SIZE), out, arguments, np.float32)
    sides = {"ours": lambda: ours(*given), "torch": lambda: torchs(*given)}
    rounds = [{side: milliseconds(step) for side, step in sides.items()} for _ in range(ROUNDS)]
    best = {side: min(times[side] for times in rounds) for side in sides}
    ratio = best["ours"] / best["torch"]
    print(f"convolution {channels} -> {out} channels, forward plus backward of {IMAGES} images")
    print(f"  ours {best['ours']:.1f} ms, torch {best['torch']:.1f} ms")
    print(f"  ratio {ratio:.2f}, target at most {TARGET}: {'reached' if ratio <= TARGET else 'MISSED'}", flush=True)


def main() -> None:
    """Compare all cases."""
    torch.set_num_threads(1)
    with threadpool_limits(1):
        for channels, out in CASES:
            compare(channels, out)


if __name__ == "__main__":
    main()
