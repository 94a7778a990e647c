"""Comparisons of the real configuration that must be fair: equal budgets, and one change at a time."""

import pytest

from configuration.test_studies import load

RUNS = ("config", "embedded", "cpu")


def budget(spec: dict) -> tuple:
    return spec["epochs"], spec["batch_size"], spec["resolution"], spec["train_images"], spec["progressive"]


def differences(a: dict, b: dict) -> set[str]:
    """The keys of two specs that differ."""
    return {key for key in a if a[key] != b[key]}


@pytest.mark.parametrize("run", RUNS)
def test_tuning_of_the_network_from_scratch_has_the_budget_and_augmentation_of_its_baseline(project, run):
    specs = load(project, run).specs
    trials = [spec for name, spec in specs.items() if name.startswith("c1d_trial_")]
    baseline = specs["c1d_augmented"]
    assert trials
    assert differences(specs["c1c_basic"], baseline) == {"augmentation"}
    for trial in trials:
        assert budget(trial) == budget(baseline)
        assert trial["augmentation"].items() >= baseline["augmentation"].items()


@pytest.mark.parametrize("run", RUNS)
def test_augmentation_over_the_frozen_base_changes_nothing_else(project, run):
    specs = load(project, run).specs
    assert differences(specs["c1g_frozen"], specs["c1i_augmented"]) == {"augmentation"}
