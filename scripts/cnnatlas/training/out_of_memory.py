"""One readable line where a training runs out of memory."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import torch

from cnnatlas.errors import AtlasError

GPU_NEEDS = re.compile(r"Tried to allocate ([\d.]+ \w+)")  # torch's wording
GPU_HAS = re.compile(r"total capacity of ([\d.]+ \w+) of which ([\d.]+ \w+) is free")
CPU_NEEDS = re.compile(r"DefaultCPUAllocator: .*?allocate (\d+) bytes")


@contextmanager
def out_of_memory_explained(spec: dict) -> Iterator[None]:
    """Turn torch's and NumPy's out-of-memory errors into an AtlasError that names the settings to change."""
    try:
        yield
    except torch.OutOfMemoryError as error:
        raise AtlasError(
            f"batch_size: with {spec['batch_size']}, {spec['architecture']['name']} does not fit into the GPU's "
            f"memory: {_gpu(str(error))}; lower `batch_size`, set `device: cpu`, or end other processes on the GPU"
        ) from error
    except (MemoryError, RuntimeError) as error:
        needed = CPU_NEEDS.search(str(error))
        if not needed and not isinstance(error, MemoryError):
            raise
        needs = f"{int(needed[1]) / 2**20:.0f} MiB more are needed" if needed else str(error)
        raise AtlasError(
            f"batch_size: with {spec['batch_size']}, {spec['architecture']['name']} does not fit into the computer's "
            f"memory: {needs}; lower `batch_size` or `resolution`, or run fewer jobs at once"
        ) from error


def _gpu(message: str) -> str:
    needs, has = GPU_NEEDS.search(message), GPU_HAS.search(message)
    if not needs:
        return message
    return f"{needs[1]} more are needed" + (f", {has[2]} of {has[1]} are free" if has else "")
