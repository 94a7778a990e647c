"""The progress of a training: with its Run, all that is needed to resume after any step to the same bits."""

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
    tensors = _changing(run, state) | {f"kept/{key}": value for key, value in state.kept.items()}
    tensors |= {f"random/{name}": value for name, value in _random(run, state).items()}
    return facts, {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


@torch.no_grad()
def restore(run: Run, state: State, facts: dict, tensors: dict[str, Tensor]) -> None:
    """Bring a fresh run and its state to where `capture` was called, to the last bit."""
    for name, tensor in _changing(run, state).items():
        tensor.copy_(tensors[name])
    state.kept = {
        key.removeprefix("kept/"): value.to(run.device) for key, value in tensors.items() if key.startswith("kept/")
    }
    run.steps = facts["steps"]
    state.history, state.chosen = facts["history"], facts["chosen"]
    state.clock.resume(facts["clock"])
    state.order = tensors["random/order"]
    run.shuffling.set_state(state.order)
    run.augmentation.generator.set_state(tensors["random/augmentation"])
    torch.set_rng_state(tensors["random/global"])
    if run.device.type == "cuda":
        torch.cuda.set_rng_state(tensors["random/cuda"], run.device)


def _changing(run: Run, state: State) -> dict[str, Tensor]:
    """All tensors that a step changes in place, by name."""
    weights = {f"weights/{key}": value for key, value in run.changing().items()}
    optimiser = {f"optimiser/{key}": value for key, value in run.optimiser.named_state().items()}
    averages = {f"averages/{key}": value for key, value in run.lookahead.slow.items()}
    return weights | optimiser | averages | {"sums": state.sums}


def _random(run: Run, state: State) -> dict[str, Tensor]:
    """The states of all generators; dropout draws from the device's global one."""
    states = {
        "order": state.order,
        "augmentation": run.augmentation.generator.get_state(),
        "global": torch.get_rng_state(),
    }
    if run.device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(run.device)
    return states
