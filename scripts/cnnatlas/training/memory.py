"""What a person reads when a training does not fit into memory."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnatlas.errors import AtlasError

GPU_NEEDS = re.compile(r"Tried to allocate ([\d.]+ \w+)")  # torch's own words
GPU_HAS = re.compile(r"total capacity of ([\d.]+ \w+) of which ([\d.]+ \w+) is free")
CPU_NEEDS = re.compile(r"DefaultCPUAllocator: .*?allocate (\d+) bytes")


@contextmanager
def shortage_explained(spec: dict) -> Iterator[None]:
    """Turn torch's and numpy's errors for want of memory into an AtlasError that says what to set."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise AtlasError(
            f"batch_size: with {spec['batch_size']}, {spec['architecture']['name']} does not fit into the GPU's "
            f"memory: {_gpu(str(error))}; lower `batch_size`, set `device: cpu`, or end what else runs on the GPU"
        ) from error
    except (MemoryError, RuntimeError) as error:
        needed = CPU_NEEDS.search(str(error))
        if not needed and not isinstance(error, MemoryError):
            raise
        needs = f"{int(needed[1]) / 2**20:.0f} MiB more are needed" if needed else str(error)
        raise AtlasError(
            f"batch_size: with {spec['batch_size']}, {spec['architecture']['name']} does not fit into the computer's "
            f"memory: {needs}; lower `batch_size` or `resolution`, or let fewer jobs run at once"
        ) from error


def _gpu(message: str) -> str:
    needs, has = GPU_NEEDS.search(message), GPU_HAS.search(message)
    if not needs:
        return message
    return f"{needs[1]} more are needed" + (f", {has[2]} of {has[1]} are free" if has else "")
