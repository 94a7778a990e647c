"""How long trainings take on processors, by measured rates, and on GPUs, by assumed ones."""

import heapq
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cnnatlas.configuration.studies import Atlas
from cnnatlas.costs import rates
from cnnatlas.costs.work import Training, trainings
from cnnatlas.errors import AtlasError


@dataclass(frozen=True)
class Gpu:
    """What is assumed of a GPU: its peak, the share of it that is reached, seconds of a step at least and to begin."""

    name: str
    tflops: float
    share: float
    step: float
    start: float

    def arithmetic(self, training: Training) -> float:
        """Seconds of the arithmetic alone; a multiply-add is two operations."""
        return training.multiply_adds * 2 / (self.tflops * 1e12 * self.share)

    def stepping(self, training: Training) -> float:
        """Seconds of launching all steps, for no small network keeps a GPU busy."""
        return training.steps * self.step

    def seconds(self, training: Training) -> float:
        """A training's seconds, one at a time."""
        return self.start + max(self.arithmetic(training), self.stepping(training))

    @property
    def in_words(self) -> str:
        """The assumptions, to be printed with what follows from them."""
        return (f"assumed: {self.share:.0%} of {self.tflops:g} TFLOP/s ({self.name}), {self.step * 1e3:g} ms a step, "
                f"{self.start:g} s to begin")  # fmt: skip


@dataclass(frozen=True)
class Duration:
    """Seconds of a training: of one processor core, or of a GPU."""

    seconds: float
    on_gpu: bool = False

    def on(self, cores: int) -> float:
        """Seconds by the clock with this many cores, which share a processor's work out among them, but no GPU's."""
        return self.seconds if self.on_gpu else self.seconds / cores


def assumed_gpu() -> Gpu:
    """The GPU of rates.yaml."""
    return Gpu(**rates.measured()["gpu"])


def processor_seconds(training: Training, collection: str, speed: float = 1.0) -> float:
    """What a training takes of one core, at the rates of rates.yaml, where one multiplies `speed` times as fast."""
    rate: Mapping[str, float] = rates.measured()["training"][collection]
    arithmetic = training.multiply_adds / rate["multiply_adds"]
    return rate["start"] + training.steps * rate["step"] + arithmetic / speed


def expected(atlas: Atlas, collection: str, checked: Path | str, gpus: int = 0) -> dict[str, Duration]:
    """How long one training takes by variant, for those whose multiply-adds `checked` has: on a processor or a GPU.

    That is the file of the check that runs before all else; none of it is known before, or of uncounted images.
    """
    try:
        counted = json.loads(Path(checked).read_text(encoding="utf-8"))["multiply_adds"]
        work = trainings(atlas, collection, {name: int(count) for name, count in counted.items()})
    except (OSError, ValueError, KeyError, TypeError, AttributeError, AtlasError):
        return {}
    found = {}
    for name, training in work.items():
        on_gpu = gpus > 0 and atlas.specs[name]["device"] != "cpu"
        seconds = assumed_gpu().seconds(training) if on_gpu else processor_seconds(training, collection)
        found[name] = Duration(seconds, on_gpu)
    return found


def speed(collection: str, product: float) -> float:
    """How many times as fast a core with such matrix products (speed.product) is as the one that the rates are of."""
    return product / rates.measured()["training"][collection]["product"]


def makespan(durations: Sequence[float], machines: int) -> float:
    """When the last of these jobs ends, the longest placed first, each on the machine that is free first."""
    free = [0.0] * machines
    for duration in sorted(durations, reverse=True):
        heapq.heapreplace(free, free[0] + duration)
    return max(free)
