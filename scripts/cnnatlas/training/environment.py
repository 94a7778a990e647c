"""What a training ran on: recorded with its results, since versions and processors change speed and bits."""

import platform
from pathlib import Path

import numpy as np
import torch

CPU_INFORMATION = Path("/proc/cpuinfo")


def record(device: torch.device) -> dict:
    """Versions, processor, threads and device of this process."""
    return {
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numpy": np.__version__,
        "system": f"{platform.system()} {platform.machine()}",
        "cpu": cpu_name(),
        "cpu_capability": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "device": device.type,
        "device_name": torch.cuda.get_device_name(device) if device.type == "cuda" else cpu_name(),
    }


def cpu_name() -> str:
    """The processor's name according to the system."""
    return _field("model name") or platform.processor() or platform.machine()


def cpu_flags() -> frozenset[str]:
    """The instruction sets of an x86 processor by Linux's names, such as avx512_bf16; empty elsewhere."""
    return frozenset(_field("flags").split())


def cpu_vendor() -> str:
    """The maker of an x86 processor by Linux's names, such as GenuineIntel; empty elsewhere."""
    return _field("vendor_id")


def _field(name: str) -> str:
    if not CPU_INFORMATION.exists():
        return ""
    for line in CPU_INFORMATION.read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return ""
