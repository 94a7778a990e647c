"""The device of a training, and the settings under which it is fast and reproducible to the bit."""

import ctypes
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnatlas.errors import AtlasError


def choose(requested: str) -> torch.device:
    """The device for a spec's `device`: `auto` is a GPU where there is one.

    Raises AtlasError where `gpu` is requested and there is none.
    """
    available = torch.cuda.is_available()
    if requested == "gpu" and not available:
        raise AtlasError(
            "device: `gpu` is required, and torch finds none here; set `device: auto` or `cpu` for this variant, "
            "or run it on a machine with a GPU and a torch built for it"
        )
    return torch.device("cuda" if available and requested != "cpu" else "cpu")


@contextmanager
def reproducible(threads: int) -> Iterator[None]:
    """Run with `threads` CPU threads and deterministic algorithms; restore the settings afterwards.

    With the same seed and thread count, a host then yields the same bits; another thread count sums in another order.
    An operation without a deterministic version warns (in the job's log) instead of ending a long training.
    """
    filling = torch.utils.deterministic
    convolutions = torch.backends.cudnn
    before = torch.get_num_threads(), torch.get_deterministic_debug_mode(), filling.fill_uninitialized_memory
    tf32 = convolutions.allow_tf32
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # read when CUDA starts
    torch.set_num_threads(threads)
    torch.set_deterministic_debug_mode("warn")  # as use_deterministic_algorithms, which would import torch's compiler
    convolutions.allow_tf32 = False  # of float32 it keeps 10 bits of 23, and scores would tie
    filling.fill_uninitialized_memory = False  # costs time, and every tensor here is written before it is read
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.set_deterministic_debug_mode(before[1])
        filling.fill_uninitialized_memory = before[2]
        convolutions.allow_tf32 = tf32


def keep_freed_memory() -> None:
    """Let the C library keep freed memory for the next batch instead of returning it to the system (glibc only).

    A batch's activations are large enough that glibc maps them again at every step, and the system then clears each
    page: up to a third of a training step on the CPU. Results do not depend on it; it applies to the whole process.
    """
    if sys.platform != "linux":
        return
    library = ctypes.CDLL(None)
    if hasattr(library, "mallopt"):
        trim_threshold, map_threshold = -1, -3  # numbers of malloc.h
        library.mallopt(map_threshold, 2**30)
        library.mallopt(trim_threshold, 2**31 - 1)
