"""How fast the cores of this machine multiply: what the times of trainings scale with from machine to machine."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import chain
from statistics import median
from threading import Barrier

SIDE = 1024  # of the matrices: a product takes some milliseconds
PRODUCTS = 40  # of each core


def product(cores: int) -> float:
    """Multiply-adds per second of each of `cores` cores, or of all there are, while every one of them multiplies.

    All at once, as a run keeps them: two hardware threads of one core share its arithmetic. In the number format of
    trainings on this host, and by processor time, so that other work on the machine counts for less.
    """
    import torch  # seconds, which the console does not wait for

    from cnnatlas.training import device, precision

    cores = min(cores, os.cpu_count() or 1)
    matrix = torch.randn(SIDE, SIDE).to(precision.choose(torch.device("cpu")).dtype)
    together = Barrier(cores)

    def seconds(_: int) -> list[float]:
        torch.set_num_threads(1)  # a setting of each thread
        together.wait()
        return [_seconds(matrix) for _ in range(PRODUCTS)]

    with device.reproducible(threads=1), ThreadPoolExecutor(cores) as threads:
        return SIDE**3 / median(chain.from_iterable(threads.map(seconds, range(cores))))


def _seconds(matrix) -> float:
    start = time.thread_time()
    matrix @ matrix
    return time.thread_time() - start
