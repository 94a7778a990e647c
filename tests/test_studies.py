"""The configuration: what a run resolves to, and one line for each way of getting it wrong."""

import pytest
import yaml

from cnnatlas import studies
from cnnatlas.errors import AtlasError
from project import edit


def load(project, overlay="embedded"):
    files = [project / "config" / "config.yaml", project / "config" / f"{overlay}.yaml"]
    config = {}
    for file in files:
        config = studies.merge(config, yaml.safe_load(file.read_text()))
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


def test_levels_override_in_order(project):
    study = project / "config" / "studies" / "stl10.yaml"
    assert load(project, "config").specs["d1_shallow"]["batch_size"] == 128  # default
    edit(study, "  dataset: stl10\n", "  dataset: stl10\n  batch_size: 96\n")
    assert load(project, "config").specs["d1_shallow"]["batch_size"] == 96  # common
    edit(study, "    title: Shallow CNN (table 1)\n", "    title: Shallow\n    batch_size: 80\n")
    assert load(project, "config").specs["d1_shallow"]["batch_size"] == 80  # variant
    edit(project / "config" / "config.yaml", "  variants: {}", "  variants: {d1_shallow: {batch_size: 72}}")
    assert load(project, "config").specs["d1_shallow"]["batch_size"] == 72  # overlay
    assert load(project, "config").specs["d2_deep"]["batch_size"] == 96


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


def test_another_architecture_starts_afresh():
    base = {"architecture": {"name": "vgg", "dropout": 0.5}}
    assert studies.merge(base, {"architecture": {"name": "lenet5"}}) == {"architecture": {"name": "lenet5"}}
    assert studies.merge(base, {"architecture": {"batch_norm": True}})["architecture"] == {
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


def test_a_sweep_makes_one_variant_per_value(project):
    edit(
        project / "config" / "studies" / "stl10.yaml",
        "    optimiser: {name: adamw, learning_rate: 0.001, weight_decay: 0.01}\n",
        "    sweep: {key: optimiser.learning_rate, values: [0.1, 0.01]}\n",
    )
    for key in ("inspect: [d1_shallow, ", "  - [d1_shallow, d2_deep]\n"):
        edit(project / "config" / "studies" / "stl10.yaml", key, "inspect: [" if "inspect" in key else "")
    atlas = load(project)
    assert atlas.specs["d1_shallow_0.1"]["optimiser"]["learning_rate"] == 0.1
    assert atlas.specs["d1_shallow_0.01"]["optimiser"]["learning_rate"] == 0.01
    assert atlas.titles["d1_shallow_0.1"].endswith("learning rate 0.1")


STL10 = "config/studies/stl10.yaml"
WRONG = [
    # file, what stands there, what someone writes instead, what the one line must name
    (STL10, "learning_rate: 0.1", "learning_rate: 1e-1", ["stl10.yaml:", "learning_rate", "1e-1", "0.1"]),
    (STL10, "learning_rate: 0.1", "learning_rate: '0.1'", ["stl10.yaml:", "text", "without quotes"]),
    (STL10, "learning_rate: 0.1", "learning_rate: -1.0", ["learning_rate", "-1.0", "more than 0"]),
    (STL10, "learning_rate: 0.1", "learningrate: 0.1", ["unknown key", "learningrate", "`learning_rate`"]),
    (STL10, "{name: stl_shallow}", "{name: stl_shalow}", ["stl_shalow", "did you mean `stl_shallow`"]),
    (STL10, "{name: stl_shallow}", "{name: stl_shallow, depth: 3}", ["no argument `depth`"]),
    (STL10, "{name: adamw, ", "{name: adamw, momentum: 0.9, ", ["optimiser.momentum", "no effect", "adamw"]),
    (STL10, "dataset: stl10", "dataset: stl11", ["dataset", "stl11", "stl10"]),
    (STL10, "normalise: true", "normalise: true\n    normalise: false", ["stands twice", "normalise", "stl10.yaml:"]),
    (STL10, "  d2_deep_normalised:", "  e1a_lenet5:", ["e1a_lenet5", "already trained", "rename"]),
    (STL10, "  d2_deep_normalised:", "  D2 deep:", ["D2 deep", "names match"]),
    (STL10, "inspect: [d1_shallow", "inspect: [d1_shalow", ["inspect", "d1_shalow", "d1_shallow"]),
    (STL10, "question: >-", "quesiton: >-", ["quesiton", "question"]),
    (STL10, "common:\n", "common: [\n", ["stl10.yaml:", "not valid YAML"]),
    ("config/embedded.yaml", "epochs: 6", "epochs: 6.5", ["embedded.yaml:", "overlay.all.epochs", "whole number"]),
    ("config/embedded.yaml", "epochs: 6", "epochs: 6\n    epochs: 9", ["embedded.yaml:", "stands twice"]),
    ("config/embedded.yaml", "collection: embedded", "colection: embedded", ["colection", "collection"]),
    ("config/embedded.yaml", "cats_dogs: {", "cats_and_dogs: {", ["cats_and_dogs", "cats_dogs"]),
    ("config/embedded.yaml", "per_class: 300", "perclass: 300", ["perclass", "per_class"]),
    ("config/embedded.yaml", "  variants: {}", "  variants: {d1: {epochs: 2}}", ["overlay.variants.d1"]),
    ("config/config.yaml", "studies: null", "studies: [stl11]", ["stl11", "stl10"]),
    ("config/defaults.yaml", "batch_size: 128", "batch_size: many", ["defaults.yaml:", "batch_size", "many"]),
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


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("start: c1g_frozen", "start: c1g_frosen", "c1g_frozen"),
        ("base: vgg16 ", "base: vgg19 ", "vgg16"),
        ("architecture: {name: on_base}", "architecture: {name: vgg}", "on_base needs a base"),
        ("    title: Frozen base\n", "    title: Frozen base\n    seeds: [0, 1]\n", "seed"),
    ],
)
def test_what_a_variant_begins_with_is_checked(project, old, new, named):
    edit(project / "config" / "studies" / "transfer_cats_dogs.yaml", old, new)
    message = refusal(project, "config")
    assert "transfer_cats_dogs.yaml" in message and named in message
