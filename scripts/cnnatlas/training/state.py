"""The progress of a training: with its Run, all that is needed to resume after any step to the same bits."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from torch import Tensor

from cnnatlas.training.clock import Clock
from cnnatlas.training.run import Run


@dataclass
class State:
    """The epoch in progress, and the results of those before.

    order: the shuffling generator's state at the start of the epoch in progress, which reproduces its batches.
    sums: the epoch's summed loss and number of correct predictions so far (2,), on the device, since reading them at
        every step would wait for a GPU.
    kept: the weights of the epoch chosen so far, where they are needed.
    """

    order: Tensor
    sums: Tensor
    clock: Clock
    history: list[dict] = field(default_factory=list)
    chosen: int = 0
    kept: dict[str, Tensor] = field(default_factory=dict)

    def end_epoch(self, run: Run) -> None:
        """Prepare the next epoch."""
        self.clock.end_epoch(len(run.train_index))
        self.order = run.shuffling.get_state()
        self.sums.zero_()


def initial_state(run: Run, clock: Clock) -> State:
    """The state before the first step."""
    state = State(run.shuffling.get_state(), torch.zeros(2, device=run.device), clock)
    if run.spec["allow_divergence"]:
        state.kept = run.snapshot()
    return state


def capture(run: Run, state: State) -> tuple[dict, dict[str, Tensor]]:
    """Facts for JSON, and tensors on the CPU, that `restore` needs."""
    facts = {"steps": run.steps, "history": state.history, "chosen": state.chosen, "clock": state.clock.facts()}
    found = _changing(run, state) | {f"kept/{key}": value for key, value in state.kept.items()}
    found |= {"random/order": state.order} | generators(run)
    return facts, {name: tensor.detach().cpu().contiguous() for name, tensor in found.items()}


@torch.no_grad()
def restore(run: Run, state: State, facts: dict, saved: dict[str, Tensor]) -> None:
    """Bring a fresh run and its state to where `capture` was called, to the last bit."""
    for name, tensor in _changing(run, state).items():
        tensor.copy_(saved[name])
    state.kept = {
        key.removeprefix("kept/"): value.to(run.device) for key, value in saved.items() if key.startswith("kept/")
    }
    run.steps = facts["steps"]
    state.history, state.chosen = facts["history"], facts["chosen"]
    state.clock.resume(facts["clock"])
    state.order = saved["random/order"]
    run.shuffling.set_state(state.order)
    set_generators(run, saved)


def _changing(run: Run, state: State) -> dict[str, Tensor]:
    return tensors(run) | {"sums": state.sums}


def tensors(run: Run) -> dict[str, Tensor]:
    """All tensors that a step of a run changes in place, by name: the tensors themselves."""
    weights = {f"weights/{key}": value for key, value in run.changing().items()}
    optimiser = {f"optimiser/{key}": value for key, value in run.optimiser.named_state().items()}
    averages = {f"averages/{key}": value for key, value in run.lookahead.slow.items()}
    return weights | optimiser | averages


def generators(run: Run) -> dict[str, Tensor]:
    """The states of all generators that a step draws from; dropout draws from the device's global one."""
    states = {"random/augmentation": run.augmentation.generator.get_state(), "random/global": torch.get_rng_state()}
    if run.device.type == "cuda":
        states["random/cuda"] = torch.cuda.get_rng_state(run.device)
    return states


def set_generators(run: Run, states: Mapping[str, Tensor]) -> None:
    """Set all generators to states that `generators` returned."""
    run.augmentation.generator.set_state(states["random/augmentation"])
    torch.set_rng_state(states["random/global"])
    if run.device.type == "cuda":
        torch.cuda.set_rng_state(states["random/cuda"], run.device)
