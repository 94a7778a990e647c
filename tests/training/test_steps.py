"""Steps wait for no device, and a graph of them is used only where it gives the bits of single operations.

There may be no GPU here: a stand-in for a CUDA graph takes the captured step again at each replay.
"""

from contextlib import contextmanager, nullcontext
from types import SimpleNamespace

import pytest
import torch
from test_loop import LOG, problem, run, spec, weights  # noqa: F401
from torch.utils._python_dispatch import TorchDispatchMode

from cnnatlas.training import loop, precision, steps
from cnnatlas.training.data import to_device
from cnnatlas.training.run import Run

EVERYTHING = {
    "augmentation": {
        "flip": "alternating",
        "crop": 1,
        "cutout": 2,
        "colour_jitter": 0.2,
        "cutmix": 0.5,
        "resized_crop": [0.5, 1.0],
    },
    "label_smoothing": 0.1,
    "l1": 1e-5,
}
SGD = {"optimiser": {"name": "sgd", "learning_rate": 0.05, "momentum": 0.9, "nesterov": True}}


class Waits(TorchDispatchMode):
    """Notes operations for which a GPU would be waited: values read from tensors, and tensors made from numbers."""

    def __init__(self):
        super().__init__()
        self.found = []

    def __torch_dispatch__(self, function, types, arguments=(), options=None):
        if function.name() in ("aten::_local_scalar_dense", "aten::lift_fresh", "aten::nonzero"):
            self.found.append(function.name())
        return function(*arguments, **(options or {}))


def begun(problem, **changes) -> Run:  # noqa: F811
    data = to_device(*problem[:3], torch.device("cpu"))
    return Run(spec(**changes), 0, data, problem[3], precision.for_cpu(frozenset()), {})


@pytest.mark.parametrize("changes", [EVERYTHING, SGD, {"targets": "one_hot"}], ids=["everything", "sgd", "one hot"])
def test_a_step_waits_for_nothing(problem, monkeypatch, changes):  # noqa: F811
    training = begun(problem, **changes)
    training.train_mode()
    # On the CPU Adam reads its own count of steps; what a GPU takes instead is tested where there is one
    monkeypatch.setattr(training.optimiser, "step", lambda rate: None)
    given = torch.arange(16), 8, torch.tensor(0.1), torch.tensor(1)
    with Waits() as waits:
        steps.step(training, *given)
    assert waits.found == []


def test_waiting_would_be_noticed():
    with Waits() as waits:
        torch.zeros(3).sum().item()
        torch.tensor([1.0, 2.0])
    assert waits.found == ["aten::_local_scalar_dense", "aten::lift_fresh"]


@pytest.mark.parametrize("optimiser", [SGD["optimiser"], {"name": "adam"}, {"name": "adamw", "weight_decay": 0.1}])
def test_the_fused_form_does_what_the_other_does(problem, optimiser):  # noqa: F811
    """Both are torch's; ours to see that they are given the same numbers, the rate as a tensor."""
    ends = []
    for fused, number in ((False, float), (True, torch.tensor)):
        training = begun(problem, optimiser=optimiser)
        training.optimiser.fused = fused
        training.train_mode()
        for index in torch.arange(64).split(16):
            steps.step(training, index, 8, number(0.01), 0)
        ends.append(torch.cat([value.flatten() for value in training.snapshot().values()]))
    assert torch.allclose(*ends, rtol=1e-4, atol=1e-6) and not torch.equal(ends[0], torch.zeros_like(ends[0]))


class StandIn:
    """A CUDA graph that takes the captured step again, on what the captured tensors then hold."""

    def __init__(self, spoil=None):
        self.spoil, self.replays = spoil, 0

    def register_generator_state(self, generator):
        self.registered = generator

    def pool(self):
        return None

    def replay(self):
        self.replays += 1
        self.sums.copy_(steps.step(*self.arguments))
        if self.spoil:
            self.spoil(self)


@pytest.fixture
def graphs(monkeypatch):
    """All graphs that are captured; what is appended to `spoil` is called after each replay."""
    found, spoil, real = [], [], steps.step

    def new():
        found.append(StandIn(spoil[0] if spoil else None))
        return found[-1]

    @contextmanager
    def capturing(graph, pool):
        with monkeypatch.context() as patch:
            patch.setattr(steps, "step", lambda *arguments: noted(graph, *arguments))
            yield

    def noted(graph, *arguments):
        graph.arguments, graph.sums = arguments, torch.zeros(2)
        real(*arguments)  # changes the state, as a capture must not; so what comes before it has to be restored
        return graph.sums

    stream = SimpleNamespace(wait_stream=lambda other: None)
    for name, value in {
        "CUDAGraph": new,
        "graph": capturing,
        "Stream": lambda: stream,
        "current_stream": lambda: stream,
        "stream": lambda stream: nullcontext(),
    }.items():
        monkeypatch.setattr(torch.cuda, name, value)
    return SimpleNamespace(found=found, spoil=spoil)


@pytest.mark.parametrize("changes", [EVERYTHING, SGD | {"schedule": {"name": "cosine"}}], ids=["everything", "sgd"])
def test_replayed_steps_end_in_the_same_weights(problem, graphs, monkeypatch, changes):  # noqa: F811
    singly = run(problem, epochs=3, **changes)
    monkeypatch.setattr(loop, "steps", steps.Captured)
    replayed = run(problem, epochs=3, **changes)
    assert torch.equal(weights(singly), weights(replayed)) and singly.history == replayed.history
    (graph,) = graphs.found
    assert graph.replays == steps.COMPARED + 3 * 3  # of four batches an epoch one is not whole
    assert graph.registered.initial_seed() != torch.initial_seed()


def test_each_side_has_a_graph(problem, graphs, monkeypatch):  # noqa: F811
    monkeypatch.setattr(Run, "side", property(lambda self: 8 if self.progress > 0.5 else 4))
    monkeypatch.setattr(loop, "steps", steps.Captured)
    run(problem, epochs=4)
    assert [graph.arguments[2] for graph in graphs.found] == [4, 8]


def other_bits(graph):
    graph.sums[0] += 1e-3


def test_a_graph_that_gives_other_bits_is_not_used(problem, graphs, monkeypatch, caplog):  # noqa: F811
    caplog.set_level("INFO")
    singly = run(problem)
    graphs.spoil.append(other_bits)
    monkeypatch.setattr(loop, "steps", steps.Captured)
    refused = run(problem)
    assert torch.equal(weights(singly), weights(refused)) and singly.history == refused.history
    assert len(graphs.found) == 1 and graphs.found[0].replays == steps.COMPARED
    assert "a step is single operations, launched one by one: a CUDA graph of it gives other bits" in caplog.messages


def test_a_step_that_cannot_be_captured_is_taken_singly(problem, graphs, monkeypatch, caplog):  # noqa: F811
    caplog.set_level("INFO")
    singly = run(problem)

    def refuse(*_, **__):
        raise RuntimeError("operation not permitted when stream is capturing\nand more")

    monkeypatch.setattr(torch.cuda, "graph", refuse)
    monkeypatch.setattr(loop, "steps", steps.Captured)
    assert torch.equal(weights(singly), weights(run(problem)))
    assert any("cannot be captured (operation not permitted when stream is capturing)" in m for m in caplog.messages)


@pytest.mark.gpu
@pytest.mark.parametrize("changes", [EVERYTHING, SGD], ids=["everything", "sgd"])
def test_on_a_gpu_graphs_are_used_and_nothing_waits(problem, monkeypatch, caplog, changes):  # noqa: F811
    caplog.set_level("INFO")
    run(problem, device="gpu", **changes)
    assert any("replays of a CUDA graph" in message for message in caplog.messages)
    training = Run(
        spec(device="gpu", **changes),
        0,
        to_device(*problem[:3], torch.device("cuda")),
        problem[3],
        precision.choose(torch.device("cuda")),
        {},
    )
    take = steps.Captured(training, LOG)
    take.refused = True
    index = torch.arange(16, device="cuda")
    take(index)
    torch.cuda.set_sync_debug_mode("error")
    try:
        take(index)
    finally:
        torch.cuda.set_sync_debug_mode("default")
