"""Learning-rate schedules whose shape does not depend on a run's length; no torch, for the report imports them."""

from collections.abc import Mapping
from math import ceil, cos, pi

START, END = 1 / 25, 1e-4 / 25  # of the peak: torch's OneCycleLR


def factor(schedule: dict, step: int, epochs: int, epoch_steps: int) -> float:
    """The multiplier of the peak rate at a step, counted from 0, of `epochs` times `epoch_steps`.

    constant: 1. step: torch's StepLR, which multiplies by `gamma` after every `period`. cosine: half a cosine from 1 to
    0 (1608.03983). one_cycle: cosines from 1/25 up to 1 within the share `warmup`, then down to 1/250,000 (1708.07120,
    with the numbers of torch's OneCycleLR; momentum stays as it is). These two change the rate at every step.
    """
    name, progress = schedule["name"], step / (epochs * epoch_steps)
    if name == "constant":
        return 1.0
    if name == "step":
        return schedule["gamma"] ** (step // epoch_steps // period(schedule, epochs))
    if name == "cosine":
        return _cosine(1.0, 0.0, progress)
    warmup = schedule["warmup"]
    if progress < warmup:
        return _cosine(START, 1.0, progress / warmup)
    return _cosine(1.0, END, (progress - warmup) / (1 - warmup))


def period(schedule: Mapping, epochs: int) -> int:
    """After how many whole epochs a step schedule drops, again and again, in a training planned for `epochs`.

    So many that there are `drops` of them or, where the epochs are too few, fewer.
    """
    return ceil(epochs / (schedule["drops"] + 1))


def _cosine(start: float, end: float, share: float) -> float:
    """Half a cosine from `start` at share 0 to `end` at share 1."""
    return end + (start - end) * (1 + cos(pi * share)) / 2
