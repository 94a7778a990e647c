"""How fast a core of this machine multiplies: what the times of trainings scale with from machine to machine."""

import time

SIDE = 1024  # of the matrices: a product takes some milliseconds
PRODUCTS = 20


def product() -> float:
    """Multiply-adds per second of the fastest of some matrix products, in the number format of trainings on this host.

    By processor time, on one thread, so that other work on the machine hardly counts.
    """
    import torch  # seconds, which the console does not wait for

    from cnnatlas.training import device, precision

    matrix = torch.randn(SIDE, SIDE).to(precision.choose(torch.device("cpu")).dtype)
    with device.reproducible(threads=1):
        return SIDE**3 / min(_seconds(matrix) for _ in range(PRODUCTS))


def _seconds(matrix) -> float:
    start = time.process_time()
    matrix @ matrix
    return time.process_time() - start
