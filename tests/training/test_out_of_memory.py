"""Running out of memory: one line with the batch size, what was needed, and what to set."""

import numpy as np
import pytest
import torch

from cnnatlas.errors import AtlasError
from cnnatlas.training import steps
from training.test_loop import problem, run  # noqa: F401 (a fixture)

GPU = (
    "CUDA out of memory. Tried to allocate 1.50 GiB. GPU 0 has a total capacity of 7.79 GiB of which 312.00 MiB is "
    "free. Process 123 has 6.00 GiB memory in use. Of the allocated memory 5.00 GiB is allocated by PyTorch."
)
CPU = (
    "[enforce fail at alloc_cpu.cpp:127] err == 0. DefaultCPUAllocator: can't allocate memory: you tried to allocate "
    "2097152000 bytes. Error code 12 (Cannot allocate memory)"
)


def refused(problem, monkeypatch, error: Exception) -> str:  # noqa: F811
    def step(*_):
        raise error

    monkeypatch.setattr(steps, "step", step)
    with pytest.raises(AtlasError) as raised:
        run(problem)
    return str(raised.value)


def test_a_gpu_that_is_full_is_told_with_what_it_needs_and_has(problem, monkeypatch):  # noqa: F811
    line = refused(problem, monkeypatch, torch.OutOfMemoryError(GPU))
    assert line.startswith("batch_size: with 16, resnet does not fit into the GPU's memory")
    assert "1.50 GiB more are needed, 312.00 MiB of 7.79 GiB are free" in line
    assert "lower `batch_size`" in line and "`device: cpu`" in line


def test_a_gpu_that_is_full_and_says_nothing_more(problem, monkeypatch):  # noqa: F811
    assert "batch_size: with 16" in refused(problem, monkeypatch, torch.OutOfMemoryError("HIP out of memory"))


def test_a_computer_that_is_full_is_told_with_what_is_needed(problem, monkeypatch):  # noqa: F811
    line = refused(problem, monkeypatch, RuntimeError(CPU))
    assert "batch_size: with 16" in line and "2000 MiB more are needed" in line and "`batch_size`" in line
    assert "5.12 GiB" in refused(problem, monkeypatch, MemoryError("Unable to allocate 5.12 GiB for an array"))


def test_torch_still_says_it_in_these_words():
    with pytest.raises(RuntimeError, match=r"DefaultCPUAllocator: .*allocate \d+ bytes"):
        torch.empty(2**60, dtype=torch.uint8)
    with pytest.raises(MemoryError):
        np.empty(2**60, dtype=np.uint8)


def test_other_errors_stay_what_they_are(problem, monkeypatch):  # noqa: F811
    monkeypatch.setattr(steps, "step", lambda *_: torch.zeros(2) @ torch.zeros(3))
    with pytest.raises(RuntimeError, match="inconsistent tensor size"):
        run(problem)
