"""Comparisons of the real configuration that must be fair: equal budgets, and one change at a time."""

from itertools import pairwise

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


LADDER = (
    *("d2_deep_normalised", "d2_deep_augmented_1", "d2_deep_augmented_3", "d2_deep_bn", "d2_residual", "d2_sgd"),
    *("d2_cutmix", "d2_smoothed", "d2_growing", "d2_own"),
)


@pytest.mark.parametrize("run", RUNS)
def test_the_better_design_is_reached_by_one_change_at_a_time(project, run):
    atlas = load(project, run)
    changes = [differences(*(atlas.specs[name] for name in pair)) for pair in pairwise(LADDER)]
    # More scores of the same network, and more seeds of it: comparisons read neither, for they are of common seeds
    changes[-1] -= {"test_time_mirror", "seeds"}
    assert changes == [
        {"augmentation"}, {"augmentation"}, {"architecture"}, {"architecture"}, {"optimiser", "schedule"},
        {"augmentation"}, {"label_smoothing"}, {"progressive"}, {"epochs"},
    ]  # fmt: skip
    assert set(pairwise(LADDER)) <= set(atlas.studies["stl10"].compare)


@pytest.mark.parametrize("run", RUNS)
def test_the_strength_of_augmentation_is_all_that_its_search_changes(project, run):
    atlas = load(project, run)
    group = [atlas.specs[name] for name in atlas.studies["stl10"].groups["d2_deep_augmented"]]
    assert [differences(atlas.specs["d2_deep_normalised"], spec) for spec in group] == 3 * [{"augmentation"}]
    assert [spec["augmentation"].get("resized_crop") for spec in group] == [None, [0.7, 1.0], [0.35, 1.0]]


@pytest.mark.parametrize("run", ("config", "cpu"))
def test_tuning_lenet_itself_is_long_enough_and_may_regularise_little(project, run):
    atlas = load(project, run)
    trials = [atlas.specs[name] for name in atlas.studies["lenet_caltech101"].groups["e1b_trial"]]
    assert all(trial["architecture"]["name"] == "lenet5" for trial in trials)
    assert all(trial["epochs"] >= atlas.specs["e1b_own"]["epochs"] for trial in trials)
    assert len({trial["architecture"]["dropout"] for trial in trials}) == 3
    assert min(trial["architecture"]["dropout"] for trial in trials) == 0.0
    assert ("best(e1b_trial)", "e1b_own") in atlas.studies["lenet_caltech101"].compare


EQUAL = {
    "dense_head_cifar10": ("a2a_vgg_bn", "a2a_whitened", "a2a_final"),
    "global_pooling_cifar10": ("a2b_resnet_bn", "a2b_whitened", "a2b_final"),
}


@pytest.mark.parametrize("study", EQUAL)
def test_another_network_is_compared_with_the_normalised_one_at_equal_epochs_and_images_too(project, study):
    plain, other, final = EQUAL[study]
    for run in ("config", "cpu"):
        specs = load(project, run).specs
        plain_budget, other_budget, longer = (
            (specs[name]["epochs"], specs[name]["train_images"]) for name in (plain, other, final)
        )
        assert plain_budget == other_budget != longer
    assert (plain, other) in load(project).studies[study].compare


SAID = {"augmentation": "augmentation", "label_smoothing": "label smoothing", "optimiser": "rate"}


@pytest.mark.parametrize("pair", [("a2a_vgg_bn_dropout", "a2a_augmented"), ("a2b_resnet_bn", "a2b_augmented")])
def test_a_title_says_all_that_was_changed_with_the_augmentation(project, pair):
    atlas = load(project, "config")
    changed = differences(*(atlas.specs[name] for name in pair))
    assert changed <= SAID.keys()
    assert [key for key in changed if SAID[key] not in atlas.titles[pair[1]]] == []
