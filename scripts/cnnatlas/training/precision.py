"""Number format and memory layout of a training: a property of the host, by a fixed rule, for reproducible bits.

Measured in training steps on two cores of an AMD EPYC with AVX512-BF16: bfloat16 under autocast with channels_last is
the fastest of the four combinations for every family here (1.3 to 3 times float32 in the default layout). Intel's
AVX512-BF16 multiplies as many bfloat16 as float32 numbers a cycle, and float32 trains 1.1 to 1.6 times as fast there;
its AMX is fastest. Whatever multiplies bfloat16 fast also takes the weight gradients of small maps as products sooner
than as convolutions (docs/results.md). A short measurement at the start of each job would choose the same except for
noise, and noise would change the bits of a repeated job.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnatlas.training.environment import cpu_flags, cpu_vendor

INTEL = "GenuineIntel"


@dataclass(frozen=True)
class Precision:
    """A number format, a layout, and the rule that chose them."""

    dtype: torch.dtype
    channels_last: bool
    rule: str
    products: bool = False  # whether `convolutions.use_products` is faster

    @property
    def memory_format(self) -> torch.memory_format:
        """The layout of images and weights."""
        return torch.channels_last if self.channels_last else torch.contiguous_format

    def autocast(self, device: torch.device) -> AbstractContextManager:
        """The context for forward passes; each weight is converted once per context."""
        return torch.autocast(device.type, dtype=torch.bfloat16, enabled=self.dtype is torch.bfloat16)

    def laid_out(self, inputs: Tensor) -> Tensor:
        """Images in the layout of this precision; vectors as they are."""
        return inputs.contiguous(memory_format=self.memory_format) if inputs.dim() == 4 else inputs

    def record(self) -> dict:
        """As saved in training.json."""
        return {"dtype": str(self.dtype).removeprefix("torch."), "channels_last": self.channels_last, "rule": self.rule}


def choose(device: torch.device) -> Precision:
    """The precision for a device of this host."""
    if device.type == "cuda":
        return for_gpu(torch.cuda.get_device_capability(device))
    return for_cpu(cpu_flags(), cpu_vendor())


def for_gpu(capability: tuple[int, int]) -> Precision:
    """bfloat16 and channels_last where tensor cores take bfloat16: compute capability 8.0 and later."""
    if capability >= (8, 0):
        return Precision(torch.bfloat16, True, "GPU of compute capability 8.0 or later: bfloat16, channels_last")
    return Precision(torch.float32, False, "GPU before compute capability 8.0: float32, default layout")


def for_cpu(flags: frozenset[str], vendor: str = "") -> Precision:
    """bfloat16 and channels_last where it is faster than float32; flags and vendor have Linux's names."""
    if "amx_bf16" in flags or ("avx512_bf16" in flags and vendor != INTEL):
        unit = "AMX-BF16" if "amx_bf16" in flags else "AVX512-BF16"
        rule = f"CPU with {unit}: bfloat16, channels_last, weight gradients of small maps as matrix products"
        return Precision(torch.bfloat16, True, rule, products=True)
    if flags & {"avx2", "avx512f"}:
        return Precision(torch.float32, True, "x86 CPU without faster bfloat16 arithmetic: float32, channels_last")
    return Precision(torch.float32, False, "other CPU: float32, default layout")
