"""The steps of a training: on a CPU one operation after another, on a GPU as replays of one CUDA graph.

A small network's step is hundreds of short operations. A GPU ends each before the next has been launched; a graph
launches them all at once (pytorch.org/docs, "CUDA semantics", "CUDA Graphs").
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from cnnatlas.training.losses import classes_of, cross_entropy, l1_norm
from cnnatlas.training.run import Run
from cnnatlas.training.state import generators, set_generators, tensors

WARM_UP = 3  # steps before a capture: libraries choose their algorithms and take their memory in the first ones
COMPARED = 3  # steps in which a graph must give the bits of single operations


def steps(run: Run, log: logging.Logger) -> Callable[[Tensor], Tensor]:
    """What takes a step of a run: of the indices of a batch, what `step` returns."""
    if run.device.type == "cuda":
        return Captured(run, log)
    return lambda index: step(run, index, run.side, run.rate(run.steps), run.epoch)


def step(run: Run, index: Tensor, side: int, rate: float | Tensor, epoch: int | Tensor) -> Tensor:
    """One update; the batch's summed cross-entropy and number of correct predictions, as a tensor (2,).

    `index` (B,) are the batch's images, `side` their side in pixels, `rate` the learning rate, `epoch` the number of
    the epoch from 0. Nothing here waits for the device: no value is read from it, and none is copied to it.
    """
    inputs, targets = _inputs(run, index, side, epoch)
    run.optimiser.zero_gradients()
    with run.precision.autocast(run.device):
        logits = run.model(run.precision.laid_out(inputs))
    smoothed = cross_entropy(logits, targets, run.spec["label_smoothing"])
    penalty = run.spec["l1"] * l1_norm(run.model) if run.spec["l1"] else 0.0
    (smoothed + penalty).backward()
    run.optimiser.step(rate)
    logits = logits.detach()
    correct = (logits.argmax(1) == classes_of(targets)).sum()
    return torch.stack([cross_entropy(logits, targets) * len(index), correct])


def _inputs(run: Run, index: Tensor, side: int, epoch: int | Tensor) -> tuple[Tensor, Tensor]:
    """A batch's augmented images, or the representations of its images, and their targets."""
    if run.represented:
        return run.data.batch(index), run.targets[index]
    return run.augmentation(run.data.images, index, run.targets[index], side, epoch)


@dataclass(frozen=True)
class Graph:
    """A captured step, and the tensor that each replay writes its sums to."""

    graph: torch.cuda.CUDAGraph
    sums: Tensor


class Captured:
    """Takes steps on a GPU: those of whole batches as replays of a graph, one for each side of the images.

    A graph repeats its operations on the same memory, so what differs from step to step is written into tensors. Where
    a step cannot be captured, or its replays do not give the bits of single operations, all steps are single operations
    and the log says why.
    """

    def __init__(self, run: Run, log: logging.Logger):
        self.run, self.log = run, log
        self.rate = torch.zeros((), device=run.device)
        self.epoch = torch.zeros((), dtype=torch.int64, device=run.device)
        self.index = torch.zeros(run.spec["batch_size"], dtype=torch.int64, device=run.device)
        self.graphs: dict[int, Graph] = {}
        self.refused = False

    def __call__(self, index: Tensor) -> Tensor:
        """Take the run's next step."""
        side = self.run.side
        if len(index) == len(self.index) and not self.refused and side not in self.graphs:
            self._capture(index, side)
        self._set(self.run.rate(self.run.steps), self.run.epoch)
        if len(index) == len(self.index) and side in self.graphs:
            return self._replay(self.graphs[side], index)
        return self._single(index, side)

    def _set(self, rate: float, epoch: int) -> None:
        self.rate.fill_(rate)
        self.epoch.fill_(epoch)

    def _single(self, index: Tensor, side: int) -> Tensor:
        return step(self.run, index, side, self.rate, self.epoch)

    def _replay(self, captured: Graph, index: Tensor) -> Tensor:
        self.index.copy_(index)
        captured.graph.replay()
        return captured.sums

    def _capture(self, index: Tensor, side: int) -> None:
        """Add the graph of a side, or give up on graphs; the run stays in the state that it was in."""
        before = self._state()
        try:
            captured = self._captured(index, side, before)
            same = self._compared(captured, index, side, before)
        except RuntimeError as error:
            self._refuse(f"it cannot be captured ({str(error).splitlines()[0]})")
        else:
            if same:
                self.graphs[side] = captured
                self.log.info("steps of %d x %d pixels are replays of a CUDA graph", side, side)
            else:
                self._refuse("a CUDA graph of it gives other bits")
        self._restore(before)

    def _refuse(self, why: str) -> None:
        self.graphs, self.refused = {}, True
        self.log.info("a step is single operations, launched one by one: %s", why)

    def _captured(self, index: Tensor, side: int, before: dict[str, Tensor]) -> Graph:
        stream = torch.cuda.Stream()
        stream.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(stream):
            for _ in range(WARM_UP):
                self._single(index, side)
        torch.cuda.current_stream().wait_stream(stream)
        self._restore(before)
        graph = torch.cuda.CUDAGraph()
        graph.register_generator_state(self.run.augmentation.generator)
        pool = next((each.graph.pool() for each in self.graphs.values()), None)  # they are never replayed at once
        with torch.cuda.graph(graph, pool=pool):
            sums = self._single(self.index, side)
        self._restore(before)
        return Graph(graph, sums)

    def _compared(self, captured: Graph, index: Tensor, side: int, before: dict[str, Tensor]) -> bool:
        """Whether some steps, of other images, rates and epochs, end in the same bits as replays."""
        ends = []
        for take in (lambda some: self._single(some, side), lambda some: self._replay(captured, some)):
            self._restore(before)
            sums = []
            for number in range(COMPARED):
                self._set(self.run.rate(self.run.steps) / (1 + number), self.run.epoch + number)
                sums.append(take(index.roll(number)).clone())
            ends.append([*sums, *self._state().values()])
        return all(torch.allclose(a, b, rtol=0, atol=0, equal_nan=True) for a, b in zip(*ends, strict=True))

    def _state(self) -> dict[str, Tensor]:
        """Copies of all that a step changes."""
        return {name: tensor.clone() for name, tensor in (tensors(self.run) | generators(self.run)).items()}

    @torch.no_grad()
    def _restore(self, state: dict[str, Tensor]) -> None:
        for name, tensor in tensors(self.run).items():
            tensor.copy_(state[name])
        set_generators(self.run, state)
