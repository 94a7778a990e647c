"""Learning-rate schedules as functions of a run's progress, so that their shape does not depend on its length."""

from math import cos, floor, pi

START, END = 1 / 25, 1e-4 / 25  # of the peak: torch's OneCycleLR


def factor(schedule: dict, progress: float) -> float:
    """The multiplier of the peak rate after the share `progress` (0 to 1) of all steps; it changes at every step.

    constant: 1. step: multiplied by `gamma` after each share `every`. cosine: half a cosine from 1 to 0 (1608.03983).
    one_cycle: cosines from 1/25 up to 1 within the share `warmup`, then down to 1/250,000 (1708.07120, with the
    numbers of torch's OneCycleLR; momentum stays as it is).
    """
    name = schedule["name"]
    if name == "constant":
        return 1.0
    if name == "step":
        return schedule["gamma"] ** floor(progress / schedule["every"])
    if name == "cosine":
        return _cosine(1.0, 0.0, progress)
    warmup = schedule["warmup"]
    if progress < warmup:
        return _cosine(START, 1.0, progress / warmup)
    return _cosine(1.0, END, (progress - warmup) / (1 - warmup))


def _cosine(start: float, end: float, share: float) -> float:
    """Half a cosine from `start` at share 0 to `end` at share 1."""
    return end + (start - end) * (1 + cos(pi * share)) / 2
