"""Speed of the convolution against torch's on the same machine, in turns, each on one thread."""

import time
from collections.abc import Callable

import numpy as np
import torch
from threadpoolctl import threadpool_limits

from cnnatlas.mytorch.agreement import ours, problem, torchs

CASES = ((16, 32), (64, 64))  # input and output channels
IMAGES, SIZE, KERNEL = 32, 32, 3
TARGET = 1.5  # times torch's time for forward and backward
ROUNDS = 15


def compare() -> list[dict]:
    """Milliseconds of processor time of forward plus backward in float32, for each case.

    Gives [{in, out, images, size, kernel, rounds, ours, torch, ratio, target}]. The fastest of ROUNDS counts on each
    side, since other work on the machine only ever slows one.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            return [case(channels, out) for channels, out in CASES]
    finally:
        torch.set_num_threads(threads)


def case(channels: int, out: int) -> dict:
    """Time one case."""
    arguments = {"kernel_size": KERNEL, "padding": KERNEL // 2}
    given = problem((IMAGES, channels, SIZE, SIZE), out, arguments, np.float32)
    sides = {"ours": lambda: ours(*given), "torch": lambda: torchs(*given)}
    times = {side: [] for side in sides}
    for _ in range(ROUNDS):
        for side, step in sides.items():
            times[side].append(milliseconds(step))
    best = {side: min(values) for side, values in times.items()}
    shape = {"in": channels, "out": out, "images": IMAGES, "size": SIZE, "kernel": KERNEL, "rounds": ROUNDS}
    return {**shape, **best, "ratio": best["ours"] / best["torch"], "target": TARGET}


def milliseconds(step: Callable[[], object]) -> float:
    """Processor time of a step: of all threads, so that a second one would show, and none of other processes."""
    start = time.process_time()
    step()
    return 1e3 * (time.process_time() - start)
