"""Schedules, losses, optimisers, precision, device and data: each against its definition or torch's own."""

import copy
import subprocess
import sys
from math import ceil
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn, optim

from cnnatlas.configuration import strict_yaml
from cnnatlas.errors import AtlasError
from cnnatlas.training import device, environment, losses, optimisers, precision, schedules
from cnnatlas.training.data import batches, colour_moments, spread, to_device
from cnnatlas.training.lookahead import Lookahead

ROOT = Path(__file__).parents[2]
STEPS, EPOCHS = 40, 20


def rates(schedule: dict) -> list[float]:
    return [schedules.factor(schedule, step, EPOCHS, STEPS // EPOCHS) for step in range(STEPS)]


def torch_rates(make) -> list[float]:
    optimiser = optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler, found = make(optimiser), []
    for _ in range(STEPS):
        found.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    return found


def test_constant():
    assert set(rates({"name": "constant"})) == {1.0}


def test_step_equals_torch():
    expected = torch_rates(lambda o: optim.lr_scheduler.StepLR(o, STEPS // 4, 0.1))
    assert rates({"name": "step", "drops": 3, "gamma": 0.1}) == pytest.approx(expected)


@pytest.mark.parametrize("epochs", [1, 3, 5, 7, 10, 30, 100, 120])
def test_steps_are_those_of_torch_in_whole_epochs_and_no_more_than_asked_for(epochs):
    optimiser = optim.SGD([nn.Parameter(torch.zeros(1))], lr=1.0)
    scheduler = optim.lr_scheduler.StepLR(optimiser, ceil(epochs / 3), 0.1)
    schedule = strict_yaml.load(ROOT / "config/defaults.yaml").content["schedule"] | {"name": "step"}
    for epoch in range(epochs):
        for step in range(7):
            found = schedules.factor(schedule, 7 * epoch + step, epochs, 7)
            assert found == pytest.approx(scheduler.get_last_lr()[0])
        optimiser.step()
        scheduler.step()
    assert found == pytest.approx(0.1 ** min(2, epochs - 1))


def test_cosine_equals_torch():
    expected = torch_rates(lambda o: optim.lr_scheduler.CosineAnnealingLR(o, STEPS))
    assert rates({"name": "cosine"}) == pytest.approx(expected)


def test_one_cycle_has_the_ends_and_the_peak_of_torch():
    schedule = {"name": "one_cycle", "warmup": 0.25}
    expected = torch_rates(lambda o: optim.lr_scheduler.OneCycleLR(o, 1.0, STEPS + 1, pct_start=0.275 * 40 / 41))
    found = rates(schedule)
    assert found[0] == pytest.approx(0.04) and max(found) == found[10] == pytest.approx(1.0)
    assert schedules.factor(schedule, STEPS, EPOCHS, STEPS // EPOCHS) == pytest.approx(4e-6)
    assert found == pytest.approx(expected, abs=0.05)


def test_one_hot_and_index_give_the_same_loss_with_and_without_smoothing():
    logits, labels = torch.randn(8, 5), torch.randint(5, (8,))
    for smoothing in (0.0, 0.2):
        index = losses.cross_entropy(logits, labels, smoothing)
        assert torch.allclose(losses.cross_entropy(logits, losses.one_hot(labels, 5), smoothing), index)
    by_hand = 0.9 * losses.one_hot(labels, 5) + 0.1 / 5
    expected = -(by_hand * logits.log_softmax(1)).sum(1).mean()
    assert torch.allclose(losses.cross_entropy(logits, labels, 0.1), expected)


def test_l1_counts_weights_of_convolutions_and_dense_layers_only():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(4, 2))
    expected = network[0].weight.abs().sum() + network[3].weight.abs().sum()
    assert torch.allclose(losses.l1_norm(network), expected)


@pytest.mark.parametrize(("name", "nesterov"), [("sgd", True), ("sgd", False), ("adam", None), ("adamw", None)])
def test_optimisers_equal_torch_s_classes(name, nesterov):
    spec = {"name": name, "learning_rate": 0.1, "momentum": 0.9, "nesterov": nesterov, "weight_decay": 0.01}
    spec |= {"normalisation_rate": 1.0}
    torch.manual_seed(0)
    ours, theirs = nn.Linear(3, 2), nn.Linear(3, 2)
    theirs.load_state_dict(ours.state_dict())
    kind = {"sgd": optim.SGD, "adam": optim.Adam, "adamw": optim.AdamW}[name]
    extra = {"momentum": 0.9, "nesterov": nesterov} if name == "sgd" else {}
    optimiser, reference = optimisers.build(ours, spec), kind(theirs.parameters(), lr=0.1, weight_decay=0.01, **extra)
    for _ in range(5):
        x = torch.randn(4, 3)
        optimiser.zero_gradients()
        ours(x).square().sum().backward()
        optimiser.step(0.1)
        reference.zero_grad()
        theirs(x).square().sum().backward()
        reference.step()
    assert torch.allclose(ours.weight, theirs.weight, atol=1e-6)


def test_normalisation_has_a_rate_of_its_own_and_the_same_decay_per_step():
    torch.manual_seed(0)
    ours = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    theirs = copy.deepcopy(ours)
    spec = {"name": "sgd", "momentum": 0.9, "nesterov": True, "weight_decay": 0.1, "normalisation_rate": 8.0}
    optimiser = optimisers.build(ours, spec)
    normalising = {"params": theirs[1].parameters(), "lr": 0.8, "weight_decay": 0.1 / 8}
    groups = [{"params": theirs[0].parameters()}, normalising]
    reference = optim.SGD(groups, lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1)
    for _ in range(5):
        x = torch.randn(4, 3, 5, 5)
        for network, step in ((ours, lambda: optimiser.step(0.1)), (theirs, reference.step)):
            network.zero_grad()
            network(x).square().sum().backward()
            step()
    for mine, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.allclose(mine, other, atol=1e-6)


def test_lookahead_pulls_the_weights_to_an_average_that_grows_heavier():
    weight, count = torch.tensor([0.0]), torch.tensor(7)
    lookahead = Lookahead({"weight": weight, "batches": count}, every=2)
    weight += 8
    lookahead.step(1, 4)
    assert weight == 8  # not due
    lookahead.step(2, 4)
    assert weight == pytest.approx(8 * (1 - 0.95**5 / 8))
    middle = weight.item()
    weight += 8
    lookahead.step(4, 4)
    assert weight == pytest.approx(middle + 8 * (1 - 0.95**5))
    assert lookahead.slow["weight"] == weight and count == 7
    alone = torch.tensor([0.0])
    rare = Lookahead({"weight": alone}, every=1000)
    alone += 8
    rare.step(15, 15)
    assert alone == pytest.approx(8 * (1 - 0.95**5))  # what a run ends with is averaged, however short it is


def test_without_lookahead_nothing_is_kept_and_nothing_changes():
    weight = torch.tensor([1.0])
    lookahead = Lookahead({"weight": weight}, every=0)
    lookahead.step(5, 5)
    assert not lookahead.slow and weight == 1


@pytest.mark.parametrize(
    ("flags", "vendor", "dtype", "channels_last"),
    [
        ({"avx2", "avx512f", "avx512_bf16"}, "AuthenticAMD", torch.bfloat16, True),
        ({"avx2", "avx512f", "avx512_bf16"}, "GenuineIntel", torch.float32, True),
        ({"avx2", "avx512f", "avx512_bf16", "amx_bf16"}, "GenuineIntel", torch.bfloat16, True),
        ({"avx2", "avx512f"}, "AuthenticAMD", torch.float32, True),
        (set(), "", torch.float32, False),
    ],
)
def test_precision_follows_the_processor(monkeypatch, flags, vendor, dtype, channels_last):
    monkeypatch.setattr(precision, "cpu_flags", lambda: frozenset(flags))
    monkeypatch.setattr(precision, "cpu_vendor", lambda: vendor)
    chosen = precision.choose(torch.device("cpu"))
    assert (chosen.dtype, chosen.channels_last) == (dtype, channels_last)
    with chosen.autocast(torch.device("cpu")):
        assert nn.Linear(2, 2)(torch.ones(1, 2)).dtype is dtype
    assert chosen.record() == {"dtype": str(dtype)[6:], "channels_last": channels_last, "rule": chosen.rule}


@pytest.mark.parametrize(
    ("capability", "dtype"), [((7, 5), torch.float32), ((8, 0), torch.bfloat16), ((9, 0), torch.bfloat16)]
)
def test_precision_follows_the_gpu(monkeypatch, capability, dtype):
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert precision.choose(torch.device("cuda")).dtype is dtype


def test_a_gpu_that_is_required_and_missing_is_named(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert device.choose("auto").type == device.choose("cpu").type == "cpu"
    with pytest.raises(AtlasError, match=r"device: .*gpu.*auto"):
        device.choose("gpu")


def test_a_gpu_is_taken_where_there_is_one_unless_the_cpu_is_wanted(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert [device.choose(wanted).type for wanted in ("auto", "gpu", "cpu")] == ["cuda", "cuda", "cpu"]


def test_reproducible_restores_what_it_sets():
    before = torch.get_num_threads()
    with pytest.raises(KeyError), device.reproducible(before + 1):
        assert torch.get_num_threads() == before + 1 and torch.are_deterministic_algorithms_enabled()
        assert not torch.backends.cudnn.allow_tf32
        raise KeyError
    assert torch.get_num_threads() == before and not torch.are_deterministic_algorithms_enabled()
    assert torch.backends.cudnn.allow_tf32  # torch's own default


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="a setting of glibc")
def test_freed_memory_is_kept():
    """40 MB blocks are mapped, and cleared, anew each time unless freed memory is kept."""
    code = (
        "import resource, sys, torch; sys.path.insert(0, 'scripts'); from cnnatlas.training import device;"
        "device.keep_freed_memory(); [torch.ones(10**7).sum() for _ in range(20)];"
        "before = resource.getrusage(0).ru_minflt; [torch.ones(10**7).sum() for _ in range(5)];"
        "print(resource.getrusage(0).ru_minflt - before)"
    )
    output = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    assert int(output) < 10_000  # otherwise about 10,000 pages for each of the five


def test_the_processor_is_read_from_the_system(monkeypatch, tmp_path):
    text = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Some CPU @ 2 GHz\nflags\t: fpu avx2 avx512_bf16\n"
    monkeypatch.setattr(environment, "CPU_INFORMATION", tmp_path / "cpuinfo")
    assert environment.cpu_flags() == frozenset() and environment.cpu_name()
    (tmp_path / "cpuinfo").write_text(text)
    assert environment.cpu_name() == "Some CPU @ 2 GHz"
    assert environment.cpu_flags() == {"fpu", "avx2", "avx512_bf16"}
    assert environment.cpu_vendor() == "GenuineIntel"


def test_moments_are_those_of_the_training_split_alone():
    images = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3), dtype=np.uint8)
    images[10:] = 255
    split = {"train": np.arange(10), "validation": np.arange(10, 20)}
    data = to_device(images, np.zeros(20), split, torch.device("cpu"))
    mean, std = colour_moments(data, chunk=3)
    pixels = images[:10].reshape(-1, 3) / 255
    assert np.allclose(mean, pixels.mean(0), atol=1e-6) and np.allclose(std, pixels.std(0), atol=1e-6)


def test_batches_cover_the_split_once_and_none_has_a_single_image():
    parts = batches(torch.arange(100, 133), 8, torch.Generator().manual_seed(0))
    assert [len(part) for part in parts] == [8, 8, 8, 9]
    assert torch.equal(torch.cat(parts).sort().values, torch.arange(100, 133))


@pytest.mark.parametrize(("count", "most"), [(10, 5), (11, 5), (4, 5), (1, 5), (9999, 5000)])
def test_a_spread_reaches_over_all_indices(count, most):
    found = spread(torch.arange(count), most)
    assert 1 <= len(found) <= most and found[0] == 0
    steps = set(found.diff().tolist())
    assert len(steps) <= 1
    assert count - found[-1] <= max(steps, default=1)  # to the end: the images may be sorted by class
    assert len(found) >= min(count, most / 2)
