"""Lookahead: every few steps the weights are pulled to their own running average."""

from collections.abc import Mapping

import torch
from torch import Tensor

STRONGEST = 0.95**5  # share of the average that is kept at the end of a run; in between it grows with progress cubed


class Lookahead:
    """Slow weights that follow the trained ones, and replace them every `every` steps.

    Zhang et al., "Lookahead optimizer: k steps forward, 1 step back" (1907.08610), with the averaging that grows
    during a run of Jordan (2404.00498, section 3.4); running statistics are averaged too. `weights` are the tensors
    themselves, which training changes in place.
    """

    def __init__(self, weights: Mapping[str, Tensor], every: int):
        self.every = every
        self.fast = {name: tensor for name, tensor in weights.items() if every and tensor.is_floating_point()}
        self.slow = {name: tensor.clone() for name, tensor in self.fast.items()}

    @torch.no_grad()
    def step(self, steps: int, total: int) -> None:
        """After step number `steps` of `total`, counted from 1: average, where it is due, and after the last one."""
        if not self.every or (steps % self.every and steps < total):
            return
        kept = STRONGEST * (steps / total) ** 3
        for name, slow in self.slow.items():
            slow.lerp_(self.fast[name], 1 - kept)
            self.fast[name].copy_(slow)
