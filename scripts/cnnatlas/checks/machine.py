"""Whether this machine can train a variant at all: its processors and its memory."""

import os

import torch

from cnnatlas.errors import AtlasError
from cnnatlas.training import device

GB = 1e9
LEAST = 0.5  # of the memory in float32: a training in bfloat16 keeps half as many bytes


def check_threads(threads: int) -> None:
    """Raise AtlasError for more threads than processors, which would wait for each other for minutes a step."""
    processors = os.cpu_count() or 1
    if threads > processors:
        raise AtlasError(f"`threads: {threads}` is more than the {processors} processors of this machine; lower it")


def check_memory(needs: int, spec: dict) -> None:
    """Raise AtlasError where one batch of a training cannot fit: `needs` is what it keeps, in bytes of float32.

    Only what is impossible is refused: what else runs at the same time is not known here.
    """
    least, has = LEAST * needs, _memory(device.choose(spec["device"]))
    if least > has:
        raise AtlasError(
            f"`batch_size: {spec['batch_size']}` with images of {spec['size']:,} pixels a side needs at least "
            f"{least / GB:,.0f} GB, and there are {has / GB:,.0f} GB; lower `resolution` or `batch_size`"
        )


def _memory(chosen: torch.device) -> int:
    """All memory of the device, in bytes."""
    if chosen.type == "cuda":
        return torch.cuda.get_device_properties(chosen).total_memory
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
