"""The configuration: what a run resolves to, and one line for each way of getting it wrong."""

import re
from pathlib import Path

import pytest
import yaml

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import studies
from cnnatlas.configuration.strict_yaml import Document
from cnnatlas.errors import AtlasError
from cnnatlas.evaluation import settings
from project import ROOT, edit

RUN, STL10 = "config/config.yaml", "config/studies/stl10.yaml"
TRANSFER = "config/studies/transfer_cats_dogs.yaml"


def load(project, overlay="embedded"):
    files = [project / "config" / "config.yaml", project / "config" / f"{overlay}.yaml"]
    config = {}
    for file in files:
        config = configuration.merge(config, yaml.safe_load(file.read_text()))
    return studies.load(project, config, [str(f) for f in files])


def refusal(project, overlay="embedded") -> str:
    with pytest.raises(AtlasError) as caught:
        load(project, overlay)
    message = str(caught.value)
    assert "\n" not in message
    return message


@pytest.mark.parametrize("overlay", ["config", "embedded", "cpu"])
def test_the_real_configuration_resolves_to_complete_specs(project, overlay):
    atlas = load(project, overlay)
    defaults = yaml.safe_load((project / "config" / "defaults.yaml").read_text())
    assert atlas.specs
    assert all(set(spec) == set(defaults) for spec in atlas.specs.values())


def test_no_two_variants_of_the_real_configuration_have_the_same_title(project):
    titles = list(load(project, "config").titles.values())
    assert len(titles) == len(set(titles)) > 0


LEVELS = [  # file, what is in it, what is written instead, and where that is then said to come from
    (RUN, "    seeds: [0,", "    batch_size: 112\n    seeds: [0,", (112, "config.yaml:22", 112)),
    (STL10, "  dataset: stl10\n", "  dataset: stl10\n  batch_size: 96\n", (96, "stl10.yaml:10", 96)),
    (STL10, "title: Shallow CNN (table 1)\n", "title: Shallow\n    batch_size: 80\n", (80, "stl10.yaml:17", 96)),
    (RUN, "  studies: {} ", "  studies: {stl10: {batch_size: 76}} ", (76, "config.yaml:24", 76)),
    (RUN, "  variants: {}", "  variants: {d1_shallow: {batch_size: 72}}", (72, "config.yaml:25", 76)),
]


@pytest.mark.slow
def test_levels_override_in_order_and_are_named(project):
    atlas = load(project, "config")
    assert place(atlas, "d1_shallow", "batch_size").startswith("config/defaults.yaml:")
    for file, old, new, (value, named, elsewhere) in LEVELS:
        edit(project / file, old, new)
        atlas = load(project, "config")
        assert atlas.specs["d1_shallow"]["batch_size"] == value
        assert place(atlas, "d1_shallow", "batch_size").endswith(named)
        assert atlas.specs["d2_deep"]["batch_size"] == elsewhere


def place(atlas, variant, *key):
    return atlas.levels.places(variant, atlas.specs[variant])[key]


def test_what_a_study_states_is_no_matter_of_a_runs_defaults(project):
    edit(project / STL10, "  epochs: 120 ", "  seeds: [3]\n  epochs: 120 ")
    assert load(project, "config").specs["d1_shallow"]["seeds"] == [3]


def test_a_value_of_the_command_line_is_told_from_that_of_a_file(project):
    files = [str(project / RUN)]
    config = yaml.safe_load((project / RUN).read_text())
    config["overlay"]["all"]["batch_size"] = 24
    atlas = studies.load(project, config, files)
    assert place(atlas, "b2_shallownet", "batch_size") == "--config"
    assert place(atlas, "b2_shallownet", "seeds").startswith("config/config.yaml:")
    config["overlay"]["studies"] = {"stl10": {"epochs": 1.5}}
    with pytest.raises(AtlasError, match=r"^--config: `overlay\.studies\.stl10\.epochs` is 1\.5; a whole number"):
        studies.load(project, config, files)


def test_every_value_of_every_variant_has_a_place(project):
    atlas = load(project)
    for variant, spec in atlas.specs.items():
        for key, where in atlas.levels.places(variant, spec).items():
            assert re.fullmatch(r"config/[\w/]+\.yaml:\d+", where), (variant, key, where)


def test_a_run_of_one_study_trains_what_its_networks_are_initialised_with_and_what_that_is(project):
    overlay = project / "config" / "embedded.yaml"
    edit(overlay, "    a2a_final: {", "    a2a_final: {start: b2_constant, ")
    overlay.write_text(overlay.read_text() + "studies: [transfer_cats_dogs]\n")
    trained = load(project).specs
    assert {"c1g_frozen", "a2a_final", "b2_constant"} <= set(trained)
    assert "a2b_final" not in trained


def test_a_run_of_one_study_trains_the_networks_that_audit_the_data_sets(project):
    (project / "config" / "embedded.yaml").open("a").write("studies: [capacity_cifar10]\n")
    atlas = load(project)
    audited = {dataset[key] for dataset in atlas.datasets.values() for key in ("features", "network")} - {None}
    assert audited and set(atlas.specs) == audited | set(atlas.studies["capacity_cifar10"].variants)


def test_of_several_mistakes_the_first_of_the_file_is_named(project):
    edit(project / STL10, "title: Shallow CNN (table 1)", "title: Shallow\n    epochs: many\n    batch_size: some")
    assert "`variants.d1_shallow.epochs` is 'many'" in refusal(project)  # and not the first of the alphabet


def test_a_key_without_a_line_of_its_own_is_where_the_nearest_one_around_it_is():
    document = Document("a.yaml", {}, {("x",): 3, ("x", "y"): 4})
    assert document.where(("x", "y", "z", 0)) == "a.yaml:4"
    assert document.where(("x", "q", "z", 0)) == "a.yaml:3"
    assert document.where(("q",)) == "a.yaml:1"


# README's own example
WIDE = re.search(r"stl10.yaml\nvariants:\n(  d2_deep_wide:\n.*?)```", (ROOT / "README.md").read_text(), re.S)[1]
INSERTED = "  d2_deep_normalised:\n"


def add(project, text):
    edit(project / STL10, INSERTED, text + INSERTED)


def differing(atlas, a, b):
    return {each.key: each.b for each in settings.differences(atlas.specs[a], atlas.specs[b])}


@pytest.mark.parametrize("overlay", ["config", "embedded", "cpu"])
def test_a_variant_may_be_like_another_but_for_what_it_states(project, overlay):
    before = load(project, overlay).specs
    add(project, WIDE)
    atlas = load(project, overlay)
    assert differing(atlas, "d2_deep", "d2_deep_wide") == {"architecture.widths": "[64, 128, 256, 384]"}
    assert {name: spec for name, spec in atlas.specs.items() if name != "d2_deep_wide"} == before
    assert atlas.titles["d2_deep_wide"] == "Deep CNN, twice as wide"
    assert place(atlas, "d2_deep_wide", "architecture", "widths").startswith("config/studies/stl10.yaml:27")
    assert place(atlas, "d2_deep_wide", "optimiser", "name") == place(atlas, "d2_deep", "optimiser", "name")


def test_a_run_changes_a_variant_with_the_one_that_it_is_like(project):
    add(project, WIDE + "  d2_wider: {title: Wider, like: d2_deep_wide, epochs: 9}\n")
    overlay = project / "config" / "cpu.yaml"
    edit(overlay, "  variants:\n", "  variants:\n    d2_deep: {epochs: 33, batch_size: 16}\n")
    specs = load(project, "cpu").specs
    stl10 = yaml.safe_load(overlay.read_text())["overlay"]["studies"]["stl10"]["epochs"]
    assert [specs[v]["epochs"] for v in ("d2_deep", "d2_deep_wide", "d2_wider")] == [33, 33, stl10]
    assert {specs[v]["batch_size"] for v in ("d2_deep", "d2_deep_wide", "d2_wider")} == {16}
    edit(overlay, "  variants:\n", "  variants:\n    d2_wider: {epochs: 5}\n")
    assert load(project, "cpu").specs["d2_wider"]["epochs"] == 5


def test_a_variant_of_another_study_is_changed_by_its_own_study_too(project):
    text = "title: T\nquestion: Q?\ncommon: {batch_size: 48}\nvariants:\n  copy: {like: d2_deep_augmented_2}\n"
    (project / "config/studies/copied.yaml").write_text(text)
    atlas = load(project)
    assert differing(atlas, "d2_deep_augmented_2", "copy") == {"batch_size": "48"}
    assert atlas.asked["copy"] == atlas.asked["d2_deep_augmented_2"]


def test_keys_that_a_liked_variant_sets_may_lose_their_effect(project):
    add(project, "  d2_adam: {title: Adam, like: d2_own, optimiser: {name: adam}, schedule: {name: constant}}\n")
    assert load(project).specs["d2_adam"]["optimiser"] == {"learning_rate": 0.1, "name": "adam", "weight_decay": 0.0005}
    edit(project / STL10, "optimiser: {name: adam}", "optimiser: {name: adam, momentum: 0.5}")
    assert "`optimiser.momentum` has no effect" in refusal(project)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("like: d2_deap", ["stl10.yaml:26", "`d2_deap`, which is no variant", "did you mean `d2_deep`"]),
        ("like: d2_deep_augmented", ["no variant", "did you mean `d2_deep_augmented_"]),
        ("like: d2_new", ["leads back to it"]),
        ("like: d2_newer", ["leads back to it"]),
        ("like: [d2_deep]", ["`['d2_deep']`, which is no variant"]),
        ("like: ''", ["d2_new.like", "not empty"]),
    ],
)
def test_a_variant_is_like_one_that_there_is_and_not_itself(project, text, named):
    add(project, f"  d2_new:\n    title: New\n    {text}\n  d2_newer: {{title: Newer, like: d2_new}}\n")
    message = refusal(project)
    assert all(part in message for part in named), message


def test_only_a_variant_of_a_study_is_like_another(project):
    edit(project / STL10, "  dataset: stl10\n", "  dataset: stl10\n  like: d2_deep\n")
    assert "`like` has no effect in `common`" in refusal(project)


def test_arguments_of_an_architecture_are_kept_where_it_is_named_again(project):
    edit(
        project / STL10,
        "  dataset: stl10\n",
        "  dataset: stl10\n  architecture: {name: stl_deep, widths: [8, 8, 8, 8]}\n",
    )
    specs = load(project).specs
    assert specs["d2_deep"]["architecture"] == {"name": "stl_deep", "initialisation": "he", "widths": [8, 8, 8, 8]}
    assert specs["d1_shallow"]["architecture"] == {"name": "stl_shallow"}


def test_order_of_keys_changes_nothing(project):
    before = load(project).specs
    file = project / "config" / "studies" / "stl10.yaml"
    content = yaml.safe_load(file.read_text())
    shuffled = {key: content[key] for key in reversed(content)}
    shuffled["variants"] = {
        name: dict(reversed(variant.items())) for name, variant in reversed(content["variants"].items())
    }
    file.write_text(yaml.safe_dump(shuffled, sort_keys=False))
    after = load(project).specs
    assert repr(after) == repr(before)


def test_keys_without_effect_are_not_part_of_a_spec(project):
    specs = load(project).specs
    assert "momentum" not in specs["d2_deep"]["optimiser"]
    assert "momentum" in specs["d2_own"]["optimiser"]
    assert specs["e1a_lenet5"]["schedule"] == {"name": "constant"}


PLAIN_SGD = {
    "name": "sgd",
    "learning_rate": 0.001,
    "momentum": 0.0,
    "nesterov": False,
    "weight_decay": 0.0,
    "normalisation_rate": 1.0,
}
ADAM = {"name": "adam", "learning_rate": 0.0001, "weight_decay": 0.0}
OPTIMISERS = {  # as assignment B names them, and nothing that a default adds
    **dict.fromkeys(["b2_shallownet", "b2_simple_sgd", "b2_simple_bn_sgd"], PLAIN_SGD),
    **dict.fromkeys(["b2_simple_adam", "b2_simple_bn_adam"], ADAM),
}


def test_optimisers_are_those_that_the_items_name(project):
    specs = load(project).specs
    assert {name: specs[name]["optimiser"] for name in OPTIMISERS} == OPTIMISERS
    rates = {name: specs[name]["optimiser"] for name in specs if name.startswith(("b2_sgd_rate", "b2_adam_rate"))}
    assert len(rates) == 10
    for name, optimiser in rates.items():
        assert (optimiser["name"], optimiser.get("momentum", 0.0)) == (name.split("_")[1], 0.0)


def test_a_spec_names_the_augmentations_that_are_on_and_no_other(project):
    specs = load(project).specs
    assert specs["d1_shallow"]["augmentation"] == {}
    assert specs["d2_residual"]["augmentation"] == {"flip": True, "resized_crop": [0.35, 1.0]}


def test_an_overlay_may_switch_an_augmentation_off(project):
    overlay = "  variants: {d2_residual: {augmentation: {flip: false}}, d2_own: {augmentation: {resized_crop: [1, 1]}}}"
    edit(project / "config" / "config.yaml", "  variants: {}", overlay)
    specs = load(project, "config").specs
    assert specs["d2_residual"]["augmentation"] == {"resized_crop": [0.35, 1.0]}
    assert specs["d2_own"]["augmentation"] == {"flip": True, "cutmix": 0.3}


def test_another_architecture_starts_afresh():
    base = {"architecture": {"name": "vgg", "dropout": 0.5}}
    assert configuration.merge(base, {"architecture": {"name": "lenet5"}}) == {"architecture": {"name": "lenet5"}}
    assert configuration.merge(base, {"architecture": {"batch_norm": True}})["architecture"] == {
        "name": "vgg",
        "dropout": 0.5,
        "batch_norm": True,
    }


def test_a_training_does_not_depend_on_titles_or_on_the_number_of_seeds(project):
    before = load(project).training_spec("d1_shallow")
    edit(project / "config" / "embedded.yaml", "seeds: [0]", "seeds: [0, 1]")
    edit(project / "config" / "studies" / "stl10.yaml", "title: Shallow CNN", "title: Another title")
    after = load(project)
    assert after.training_spec("d1_shallow") == before
    assert after.seeds("d1_shallow") == [0, 1]


RATE = "    optimiser: {name: adamw, learning_rate: 0.001, weight_decay: 0.01}\n"
TWICE = [
    (
        STL10,
        "compare:\n",
        "compare:\n  - [d2_deep, d1_shallow]\n",
        ["`compare.1` is d1_shallow and d2_deep", "compare.0"],
    ),
    (STL10, "inspect: [d1_shallow,", "inspect: [d2_own, d1_shallow,", ["`inspect` has 'd2_own' twice"]),
    (
        STL10,
        "compare:\n",
        'compare:\n  - ["best(others)", d2_own]\n',
        ["`final` is best(others) and d2_own", "compare.0"],
    ),
    (STL10, "compare:\n", "shows: [d2_deep]\ncompare:\n", ["`shows.0` is d2_deep", "trains it itself"]),
    (
        *("config/studies/residual_cifar10.yaml", "first: b2_residual,", "first: b2_simple_adam,"),
        ["`factorial.cells.neither` is b2_simple_adam", "`factorial.cells.first`"],
    ),
    (
        STL10,
        RATE,
        "    sweep: {key: batch_size, values: [64, 64]}\n",
        ["`variants.d1_shallow.sweep.values` has 64 twice"],
    ),
    (STL10, RATE, "    search: {method: grid, over: {l1: [0.1, 0.1]}}\n", ["over.l1` has 0.1 twice"]),
]


@pytest.mark.parametrize(("file", "old", "new", "parts"), TWICE)
def test_what_is_named_twice_is_refused_with_its_line(project, file, old, new, parts):
    edit(project / file, old, new)
    message = refusal(project)
    assert message.startswith(f"{file}:") and all(part in message for part in parts), message


def test_a_sweep_makes_one_variant_per_value(project):
    edit(
        project / "config" / "studies" / "stl10.yaml",
        "    optimiser: {name: adamw, learning_rate: 0.001, weight_decay: 0.01}\n",
        "    sweep: {key: optimiser.learning_rate, values: [0.1, 0.01, 0.00002]}\n",
    )
    for key in ("inspect: [d1_shallow, ", "  - [d1_shallow, d2_deep]\n"):
        edit(project / "config" / "studies" / "stl10.yaml", key, "inspect: [" if "inspect" in key else "")
    atlas = load(project)
    assert atlas.specs["d1_shallow_0.1"]["optimiser"]["learning_rate"] == 0.1
    assert atlas.specs["d1_shallow_0.01"]["optimiser"]["learning_rate"] == 0.01
    assert atlas.titles["d1_shallow_0.1"].endswith("learning rate 0.1")
    assert atlas.titles["d1_shallow_2e-05"].endswith("learning rate 2 × 10⁻⁵")


OVER = "optimiser.learning_rate: {log: [0.001, 0.1]}, label_smoothing: {uniform: [0.0, 0.2]}, batch_size: [32, 64]"
RANDOM = "    search: {method: random, trials: 6, seed: 0, over: {" + OVER + "}}\n"
GRID = "    search: {method: grid, over: {label_smoothing: [0.0, 0.1], batch_size: [32, 64, 128]}}\n"


def searching(project, search, compare="[d2_residual, d2_own]"):
    """The study of STL-10, in which `d1_shallow` is a search."""
    edit(project / STL10, RATE, search)
    edit(project / STL10, "inspect: [d1_shallow, ", "inspect: [")
    edit(project / STL10, "  - [d1_shallow, d2_deep]\n", f"  - {compare}\n")
    return project


def trials(atlas):
    return {name: spec for name, spec in atlas.specs.items() if name.startswith("d1_shallow")}


def test_a_random_search_draws_its_trials(project):
    specs = trials(load(searching(project, RANDOM), "config"))
    assert list(specs) == [f"d1_shallow_{number}" for number in range(1, 7)]
    rates = [spec["optimiser"]["learning_rate"] for spec in specs.values()]
    assert len(set(rates)) == 6
    assert all(0.001 <= rate <= 0.1 and float(f"{rate:.3g}") == rate for rate in rates)
    assert all(0 <= spec["label_smoothing"] <= 0.2 for spec in specs.values())
    assert {spec["batch_size"] for spec in specs.values()} <= {32, 64}
    assert not any("search" in spec or "title" in spec for spec in specs.values())


def test_drawn_values_are_part_of_every_trainings_identity(project):
    # Recorded once: another Python, or another order of drawing, must not retrain everything
    first = trials(load(searching(project, RANDOM), "config"))["d1_shallow_1"]
    drawn = (first["optimiser"]["learning_rate"], first["label_smoothing"], first["batch_size"])
    assert drawn == (0.0487, 0.148, 32)


@pytest.mark.parametrize("law", ["uniform", "log"])
def test_a_rounded_value_stays_in_its_range(project, law):
    narrow = f"label_smoothing: {{{law}: [0.12345, 0.12346]}}"
    drawn = trials(load(searching(project, RANDOM.replace(OVER, narrow)), "config")).values()
    assert {spec["label_smoothing"] for spec in drawn} == {0.12345}


def test_another_trial_leaves_the_first_ones(project):
    before = load(searching(project, RANDOM))
    edit(project / STL10, "trials: 6", "trials: 7")
    after = load(project)
    assert len(trials(after)) == 7
    assert {name: after.specs[name] for name in before.specs} == before.specs
    assert {name: after.titles[name] for name in before.titles} == before.titles


@pytest.mark.slow
def test_another_key_or_order_leaves_what_was_drawn(project):
    before = load(searching(project, RANDOM))
    first, rest = OVER.split("}, ", 1)
    edit(project / STL10, OVER, f"{rest}, {first}}}")
    after = load(project)
    assert (after.specs, after.titles) == (before.specs, before.titles)
    edit(project / STL10, "over: {", "over: {epochs: [3, 4], ")
    more = trials(load(project, "config"))
    assert [spec["batch_size"] for spec in more.values()] == [s["batch_size"] for s in trials(before).values()]


def test_another_seed_draws_other_trials(project):
    before = trials(load(searching(project, RANDOM)))
    edit(project / STL10, "seed: 0", "seed: 1")
    assert not any(spec == before[name] for name, spec in trials(load(project)).items())


def test_a_grid_takes_all_combinations(project):
    atlas = load(searching(project, GRID), "config")
    cells = [(spec["batch_size"], spec["label_smoothing"]) for spec in trials(atlas).values()]
    assert cells == [(size, smoothing) for size in (32, 64, 128) for smoothing in (0.0, 0.1)]
    assert atlas.titles["d1_shallow_2"] == "Shallow CNN (table 1), trial 2: batch size 32, label smoothing 0.1"


def test_a_study_names_the_members_of_its_groups(project):
    study = load(searching(project, GRID, "[d2_deep, best(d1_shallow)]")).studies["stl10"]
    assert study.groups["d1_shallow"] == tuple(f"d1_shallow_{number}" for number in range(1, 7))
    assert study.variants[:6] == study.groups["d1_shallow"]
    assert study.compare[0] == ("d2_deep", "best(d1_shallow)")


def test_an_overlay_reaches_trials_by_name_and_by_study(project):
    searching(project, GRID)
    edit(project / "config" / "embedded.yaml", "  variants:\n", "  variants:\n    d1_shallow_2: {epochs: 2}\n")
    specs = load(project).specs
    assert (specs["d1_shallow_2"]["epochs"], specs["d1_shallow_1"]["epochs"]) == (2, specs["d2_deep"]["epochs"])
    assert specs["d1_shallow_2"]["batch_size"] == 32  # drawn, whatever the overlay says of all


def test_keys_that_are_drawn_may_lie_beside_each_other(project):
    over = (
        "optimiser.name: [sgd], optimiser.momentum: [0.5], "
        "architecture.name: [stl_deep], architecture.initialisation: [he]"
    )
    searching(project, f"    search: {{method: grid, over: {{{over}}}}}\n")
    spec = trials(load(project))["d1_shallow_1"]
    assert (spec["optimiser"]["name"], spec["optimiser"]["momentum"]) == ("sgd", 0.5)
    assert spec["architecture"] == {"name": "stl_deep", "initialisation": "he"}


GRID_OVER = "over: {label_smoothing: [0.0, 0.1], "
WRONG_SEARCHES = [
    (GRID, "method: grid", "method: grid, trials: 3", ["a grid takes all combinations", "`trials`"]),
    (GRID, "method: grid", "method: random", ["a random search needs `trials`"]),
    (GRID, "method: grid", "method: bayes", ["method", "bayes", "random, grid"]),
    (GRID, "method: grid, ", "", ["`variants.d1_shallow.search.method` is missing"]),
    (GRID, GRID_OVER, "over: {smoothing: [0.0], ", ["unknown key", "search.over.smoothing"]),
    (GRID, GRID_OVER, "over: {label_smoothing: [2.0], ", ["label_smoothing", "2.0", "less than 1"]),
    (GRID, GRID_OVER, "over: {label_smoothing: [], ", ["label_smoothing", "[]", "a list of values"]),
    (GRID, GRID_OVER, "over: {label_smoothing: {uniform: [0.0, 0.1]}, ", ["write a list of values"]),
    (GRID, GRID_OVER, "over: {optimiser.momentum: [0.5], optimiser.name: [adam], ", ["momentum", "no effect", "adam"]),
    (GRID, GRID_OVER, "over: {architecture.depth: [3], ", ["no argument `depth`"]),
    (GRID, GRID_OVER, "over: {batch_size.large: [3], ", ["`batch_size.large` lies inside `batch_size`"]),
    (GRID, "    search", "    sweep: {key: epochs, values: [1]}\n    search", ["both a sweep and a search"]),
    (RANDOM, "[0.001, 0.1]", "[0.0, 0.1]", ["learning_rate", "log above 0"]),
    (RANDOM, "[0.001, 0.1]", "[0.1, 0.001]", ["learning_rate", "lower bound first"]),
    (RANDOM, "log:", "logarithmic:", ["learning_rate", "logarithmic", "{log: [0.001, 0.1]}"]),
    (RANDOM, "trials: 6", "trials: 0", ["search.trials", "at least 1"]),
]


@pytest.mark.parametrize(("search", "old", "new", "named"), WRONG_SEARCHES, ids=[w[2][:40] for w in WRONG_SEARCHES])
def test_a_mistake_in_a_search_is_one_line_that_names_it(project, search, old, new, named):
    searching(project, search)
    edit(project / STL10, old, new)
    message = refusal(project)
    line = next(n for n, text in enumerate((project / STL10).read_text().splitlines(), 1) if "    search:" in text)
    assert f"stl10.yaml:{line}:" in message or "both" in message
    assert all(part in message for part in named), message


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("vgg16", "`vgg16` is the name of a pretrained network; rename the variant"),
        ("pretrained", "`pretrained` is the name of a pretrained network"),
        ("stl10", "variant `stl10` and study `stl10` would have equal labels in the report; rename one"),
    ],
)
def test_a_variant_is_not_called_like_something_else(project, name, said):
    add(project, f"  {name}: {{title: New}}\n")
    assert said in refusal(project)


def test_nesterovs_form_of_no_momentum_is_refused(project):
    add(project, "  d2_new:\n    title: New\n    optimiser: {nesterov: true}\n")
    message = refusal(project)
    assert "`optimiser.nesterov` has no effect with `optimiser.momentum` 0" in message and "stl10.yaml:" in message


def test_only_a_variant_of_a_study_has_a_title(project):
    edit(project / "config" / "embedded.yaml", "epochs: 3", "epochs: 3\n    title: Quick")
    assert "`title` has no effect in `overlay`" in refusal(project)


def test_only_a_variant_of_a_study_stands_for_several(project):
    edit(project / "config" / "embedded.yaml", "epochs: 3", "epochs: 3\n    sweep: {key: epochs, values: [1]}")
    assert "`sweep` has no effect in `overlay`" in refusal(project)


FACTORIAL = """
factorial:
  factors: [depth, normalisation]
  cells: {neither: d1_shallow, first: d2_deep, second: d2_deep_normalised, both: d2_own}
must_fit: [d1_shallow]
"""


def test_a_study_may_state_a_factorial_and_what_must_fit(project):
    with (project / STL10).open("a") as file:
        file.write(FACTORIAL)
    study = load(project).studies["stl10"]
    assert study.factorial["cells"]["second"] == "d2_deep_normalised"
    assert study.must_fit == ("d1_shallow",)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("neither: d1_shallow", "neither: d1_shalow", ["factorial", "d1_shalow", "did you mean `d1_shallow`"]),
        ("neither: d1_shallow, ", "", ["factorial.cells", "`factorial.cells.neither` is missing"]),
        ("[depth, normalisation]", "[depth]", ["factorial.factors"]),
        ("must_fit: [d1_shallow]", "must_fit: [e1a_lenet5]", ["must_fit", "e1a_lenet5", "no variant of this study"]),
        ("  - [d1_shallow, d2_deep]\n", "  - [best(d1_shallow), d2_deep]\n", ["compare", "best(d1_shallow)"]),
    ],
)
def test_names_in_a_factorial_and_in_must_fit_are_checked(project, old, new, named):
    with (project / STL10).open("a") as file:
        file.write(FACTORIAL)
    edit(project / STL10, old, new)
    assert all(part in refusal(project) for part in named)


def test_a_final_variant_is_compared_with_the_best_other(project):
    atlas = load(project)
    study = atlas.studies["stl10"]
    assert (study.final, study.compare[-1]) == ("d2_own", ("best(others)", "d2_own"))
    assert set(atlas.others("stl10")) == set(study.variants) - {"d2_own"}


def test_others_are_trained_on_the_same_data_set(project):
    edit(project / STL10, "inspect: [", "shows: [e1a_lenet5]\ninspect: [")
    assert "e1a_lenet5" not in load(project).others("stl10")


@pytest.mark.parametrize(
    ("file", "old", "new", "named"),
    [
        (STL10, "final: d2_own", "final: d2_onw", ["`final` names `d2_onw`", "did you mean `d2_own`"]),
        (STL10, "final: d2_own\n", "", None),
        (
            "config/studies/capacity_cifar10.yaml",
            "must_fit",
            "final: b2_one_batch\nmust_fit",
            ["only variant", "or remove"],
        ),
    ],
)
def test_a_final_variant_has_others(project, file, old, new, named):
    edit(project / file, old, new)
    if named is None:
        assert load(project).studies["stl10"].final is None
    else:
        assert all(part in refusal(project) for part in named)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("Deep CNN, normalised input\n", "Deep CNN  (tables 2 and 3)\n", ["`d2_deep_normalised`", "`d2_deep`"]),
        ("inspect: [", "shows: [copy]\ninspect: [", ["`copy`", "title of `d1_shallow`", "tell them apart"]),
        ("title: Deep CNN, normalised input\n", "title: ' '\n", ["d2_deep_normalised.title", "not empty"]),
    ],
)
def test_titles_within_a_study_tell_variants_apart(project, old, new, named):
    (project / "config/studies/copied.yaml").write_text(
        "title: Copies\nquestion: Why?\nvariants:\n  copy: {title: Shallow CNN (table 1), dataset: stl10}\n"
    )
    load(project)  # two studies may well have variants of one title
    edit(project / STL10, old, new)
    assert all(part in refusal(project) for part in named)


def test_no_group_is_called_others(project):
    edit(project / STL10, "variants:\n", "variants:\n  others:\n    title: Others\n    architecture: {name: stl_deep}\n"
         "    sweep: {key: batch_size, values: [8, 16]}\n")  # fmt: skip
    assert "rename variant `others`" in refusal(project)


WRONG = [
    # file, what is in it, what someone writes instead, what the one line must name
    (STL10, "learning_rate: 0.1", "learning_rate: 1e-1", ["stl10.yaml:", "learning_rate", "1e-1", "0.1"]),
    (STL10, "learning_rate: 0.1", "learning_rate: '0.1'", ["stl10.yaml:", "text", "without quotes"]),
    (STL10, "learning_rate: 0.1", "learning_rate: -1.0", ["learning_rate", "-1.0", "more than 0"]),
    (STL10, "learning_rate: 0.1", "learningrate: 0.1", ["unknown key", "learningrate", "`learning_rate`"]),
    (STL10, "{name: stl_shallow}", "{name: stl_shalow}", ["stl_shalow", "did you mean `stl_shallow`"]),
    (STL10, "{name: stl_shallow}", "{name: stl_shallow, depth: 3}", ["no argument `depth`"]),
    (
        STL10,
        "widths: [16, 64, 128, 256]",
        "widths: []",
        ["stl10.yaml:44", "widths` is []; it must not be empty"],
    ),
    (STL10, "widths: [16, 64, 128, 256]", "widths: [0]", ["architecture.widths.0` is 0; it must be at least 1"]),
    (STL10, "widths: [16, 64, 128, 256]", "widths: 16", ["architecture.widths` is 16; a list is expected"]),
    (STL10, "widths: [16, 64, 128, 256]", "widths: '16'", ["architecture.widths` is '16'; a list is expected"]),
    (STL10, "stem: 16", "stem_stride: '2'", ["architecture.stem_stride` is '2'; that is text, and a whole number is"]),
    (STL10, "stem: 16", "dropout: none", ["architecture.dropout` is 'none'; that is text, and a number"]),
    (STL10, "stem: 16", "batch_norm: 1", ["architecture.batch_norm` is 1; true or false is expected"]),
    (STL10, "resized_crop: [0.35, 1.0]", "resized_crop: [1.0, 0.3]", ["must begin with the smaller one"]),
    (STL10, "{name: adamw, ", "{name: adamw, momentum: 0.9, ", ["optimiser.momentum", "no effect", "adamw"]),
    (STL10, "{flip: true}", "{flipp: true}", ["stl10.yaml:", "unknown key", "flipp", "did you mean `flip`"]),
    (STL10, "{flip: true}", "{crop: 1.5}", ["augmentation.crop", "1.5", "whole number"]),
    (STL10, "dataset: stl10", "dataset: stl11", ["dataset", "stl11", "stl10"]),
    (STL10, "normalise: true", "normalise: true\n    normalise: false", ["appears twice", "normalise", "stl10.yaml:"]),
    (STL10, "  d2_deep_normalised:", "  e1a_lenet5:", ["e1a_lenet5", "already trained", "rename"]),
    (
        STL10,
        "  d2_deep_normalised:",
        "  D2 deep:",
        ["stl10.yaml:24", "`variants.D2 deep`", "names are lower-case letters"],
    ),
    (STL10, "inspect: [d1_shallow", "inspect: [d1_shalow", ["inspect", "d1_shalow", "d1_shallow"]),
    (STL10, "question: >-", "quesiton: >-", ["quesiton", "question"]),
    (STL10, "common:\n", "common: [\n", ["stl10.yaml:", "not valid YAML"]),
    ("config/embedded.yaml", "epochs: 3", "epochs: 6.5", ["embedded.yaml:", "overlay.all.epochs", "whole number"]),
    ("config/embedded.yaml", "epochs: 3", "epochs: 3\n    epochs: 9", ["embedded.yaml:", "appears twice"]),
    ("config/embedded.yaml", "collection: embedded", "colection: embedded", ["colection", "collection"]),
    ("config/embedded.yaml", "cats_dogs: {", "cats_and_dogs: {", ["cats_and_dogs", "cats_dogs"]),
    ("config/embedded.yaml", "per_class: 300", "perclass: 300", ["perclass", "per_class"]),
    ("config/embedded.yaml", "  variants:\n", "  variants:\n    d1: {epochs: 2}\n", ["overlay.variants.d1"]),
    ("config/config.yaml", "studies: null", "studies: [stl11]", ["stl11", "stl10"]),
    ("config/defaults.yaml", "batch_size: 128", "batch_size: many", ["defaults.yaml:", "batch_size", "many"]),
    (STL10, "label_smoothing: 0.1", "trainable: head", ["stl10.yaml:", "`trainable: head` freezes", "`base`"]),
    (STL10, "label_smoothing: 0.1", "trainable: last_block", ["stl10.yaml:", "`trainable: last_block` freezes"]),
]


@pytest.mark.parametrize(("file", "old", "new", "named"), WRONG, ids=[w[2][:32] for w in WRONG])
def test_a_mistake_is_one_line_that_names_it(project, file, old, new, named):
    edit(project / file, old, new)
    message = refusal(project)
    assert all(part in message for part in named), message


def test_the_line_number_is_the_line_of_the_mistake(project):
    edit(project / STL10, "label_smoothing: 0.1", "label_smoothing: 2.0")
    line = next(n for n, text in enumerate((project / STL10).read_text().splitlines(), 1) if "2.0" in text)
    assert f"stl10.yaml:{line}:" in refusal(project)


def test_a_base_brings_its_architecture_and_its_training(project):
    atlas = load(project)
    base = atlas.specs["c1g_frozen"]["base"]
    assert atlas.specs["c1g_frozen"]["architecture"]["base"] == atlas.specs[base]["architecture"]
    assert load(project, "cpu").specs["c1g_frozen"]["architecture"]["base"] == {"name": "squeezenet1_1"}
    edit(project / "config" / "config.yaml", "studies: null ", "studies: [transfer_cats_dogs] ")
    assert base in load(project).specs  # trained, though no chosen study shows it


@pytest.mark.parametrize("before", ["  c1g_frozen:\n", "\ninspect:"])  # the first of its study's variants, the last
def test_a_base_may_be_on_a_base_itself_wherever_it_stands(project, before):
    edit(project / TRANSFER, before, f"  c1x_twice: {{title: Twice, base: c1h_all, trainable: head}}\n{before}")
    specs = load(project, "config").specs
    assert specs["c1x_twice"]["architecture"]["base"] == specs["c1h_all"]["architecture"]
    assert specs["c1h_all"]["architecture"]["base"] == {"name": "vgg16"}


def test_bases_in_a_circle_are_refused(project):
    entries = "".join(f"  {a}: {{title: Circle {a}, base: {b}}}\n" for a, b in (("c1x", "c1y"), ("c1y", "c1x")))
    edit(project / TRANSFER, "  c1g_frozen:\n", f"{entries}  c1g_frozen:\n")
    assert "`base: c1y` leads back to the variant itself" in refusal(project, "config")


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("start: c1g_frozen", "start: c1g_frosen", "c1g_frozen"),
        ("base: vgg16 ", "base: vgg19 ", "vgg16"),
        ("architecture: {name: on_base}", "architecture: {name: vgg}", "on_base needs a base"),
        ("start: c1g_frozen", "start: c1h_last_block", "`start: c1h_last_block` leads back to the variant itself"),
        ("  c1g_frozen:\n", "  c1g_frozen:\n    start: c1h_all\n", "leads back to the variant itself"),
    ],
)
def test_what_a_variant_is_initialised_with_is_checked(project, old, new, named):
    edit(project / TRANSFER, old, new)
    message = refusal(project, "config")
    assert "transfer_cats_dogs.yaml" in message and named in message


def test_what_a_variant_is_initialised_with_has_its_seeds(project):
    edit(project / "config" / "config.yaml", "  variants: {}", "  variants: {c1h_all: {seeds: [0, 9]}}")
    assert "`start: c1g_frozen` is not trained with seed 9" in refusal(project, "config")


@pytest.mark.slow
def test_the_network_whose_accuracy_is_split_must_be_trained_on_the_data_set(project):
    edit(project / "config" / "datasets.yaml", "network: d2_own", "network: a2a_vgg_bn")
    assert "`stl10.network` names `a2a_vgg_bn`, which is no variant on stl10" in refusal(project)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("features: a2a_vgg_bn", "features: d2_own", "`stl10.features` names `d2_own`, which has learned the labels"),
        ("features: a2a_vgg_bn", "features: a2a_vg_bn", "names `a2a_vg_bn`, which is no network"),
        # trained on cats and dogs, but on the convolutions of a network that was trained on CIFAR-10
        ("network: a2a_vgg_bn\n  features: pretrained", "network: a2a_vgg_bn\n  features: c1g_frozen", "of cifar10"),
    ],
)
def test_no_network_judges_labels_that_it_has_learned(project, old, new, message):
    edit(project / "config" / "datasets.yaml", old, new)
    assert message in refusal(project)


def test_a_role_whose_network_has_learned_the_labels_judges_none(project):
    edit(project / "config" / "datasets.yaml", "a2a_vgg_bn # not `pretrained`", "pretrained # not")
    judges = {name: dataset["features"] for name, dataset in load(project).datasets.items()}
    assert judges["stl10"] is None and judges["cifar10"] == "d2_own"


def test_an_overlay_of_a_search_means_all_its_trials(project):
    edit(
        project / "config" / "embedded.yaml",
        "  variants:\n",
        "  variants:\n    c1d_trial: {epochs: 7}\n    c1d_trial_2: {epochs: 9}\n",
    )
    specs = load(project).specs
    assert [specs[f"c1d_trial_{i}"]["epochs"] for i in (1, 2, 3)] == [7, 9, 7]
    assert specs["c1c_basic"]["epochs"] != 7


def test_asking_for_a_variant_that_is_not_there_names_the_closest(project):
    with pytest.raises(AtlasError, match="did you mean `d1_shallow`"):
        load(project).seeds("d1_shalow")


def test_a_working_directory_with_a_whole_configuration_has_its_own(project, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    (elsewhere / "config").mkdir(parents=True)
    (elsewhere / "config" / "config.yaml").write_text("run: mine")
    assert configuration.home(elsewhere, project) == project
    (elsewhere / "config" / "defaults.yaml").write_text("")
    assert configuration.home(elsewhere, project) == elsewhere


def test_what_a_configuration_leaves_open_is_that_of_config_yaml(project):
    mine = project / "mine.yaml"
    mine.write_text("run: mine\noverlay: {all: {epochs: 1}}")
    config, files = configuration.completed(project, yaml.safe_load(mine.read_text()), [mine])
    assert config["run"] == "mine" and config["collection"] == "upstream"
    assert config["overlay"]["all"] == {"seeds": list(range(8)), "epochs": 1}
    assert files == [str(project / "config" / "config.yaml"), str(mine)]


@pytest.mark.parametrize("named", [Path, str, lambda path: path.relative_to(path.parents[1])])
def test_a_configuration_that_was_read_is_left_as_it_is(project, monkeypatch, named):
    monkeypatch.chdir(project)
    basis = project / "config" / "config.yaml"
    # as after `--replace-workflow-config`, or an incomplete config.yaml: to be refused, not mended
    assert configuration.completed(project, {"run": "a"}, [named(basis)]) == ({"run": "a"}, [str(basis)])


@pytest.mark.parametrize("name", ["a (2).yaml", "c++.yaml", "a|b.yaml", "Study.yaml", "2a.yaml", "a.yml", "a.YAML"])
def test_a_study_file_of_another_name_is_refused_by_it(project, name):
    (project / "config" / "studies" / name).write_text("title: A\nquestion: Why?\n")
    with pytest.raises(AtlasError, match=rf"config/studies/{re.escape(name)}: .*rename it"):
        load(project)


@pytest.mark.parametrize("name", ["._stl10.yaml", ".#stl10.yaml", "stl10.yaml~", "notes.txt"])
def test_what_is_no_study_file_is_left_alone(project, name):
    (project / "config" / "studies" / name).write_text("no study")
    load(project)
