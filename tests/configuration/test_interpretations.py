"""Interpretation tasks: what the configuration resolves to, and one line for each mistake in it."""

import ast
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from cnnatlas.configuration import interpretations, studies
from cnnatlas.configuration import run as configuration
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation.declarations import METHODS
from cnnatlas.interpretation.sentences.attribution import FAMILY
from project import edit

FILE = "config/interpretation.yaml"


def load(project, overlay="embedded"):
    files = [project / "config" / "config.yaml", project / "config" / f"{overlay}.yaml"]
    config = {}
    for file in files:
        config = configuration.merge(config, yaml.safe_load(file.read_text()))
    atlas = studies.load(project, config, [str(f) for f in files])
    return interpretations.load(project, config, atlas)


def refusal(project, *change, overlay="embedded") -> str:
    edit(project / FILE, *change)
    with pytest.raises(AtlasError) as caught:
        load(project, overlay)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize("overlay", ["config", "embedded", "cpu"])
def test_every_item_of_interpretation_has_its_task(project, overlay):
    tasks = load(project, overlay).tasks
    shown = {(task.chapter, task.method) for task in tasks.values()}
    assert {("a", m) for m in ("feature_maps", "filters", "cam", "grad_cam", "guided_backpropagation")} <= shown
    assert {("b", m) for m in ("gradient", "smooth_grad", "integrated_gradients", "fooling", "response")} <= shown
    assert {("c", "feature_maps"), ("c", "activation_maximisation"), ("d", "occlusion"), ("e", "feature_maps")} <= shown


@pytest.mark.slow
def test_the_role_stands_for_the_network_of_the_run(project):
    embedded, full = load(project), load(project, "config")
    assert embedded.tasks["d2_own", "fooling"].second == "d2_deep_normalised"
    assert embedded.tasks["d2_own", "fooling"].dataset == "stl10"
    assert full.tasks["squeezenet1_1", "fooling"].second == "vgg16"
    assert full.tasks["squeezenet1_1", "fooling"].dataset == "cats_dogs"
    assert load(project, "cpu").tasks["squeezenet1_1", "fooling"].second is None


@pytest.mark.parametrize("overlay", ["config", "embedded", "cpu"])
def test_a_chapter_compares_right_with_wrong_predictions_no_more_often_than_it_corrects_for(project, overlay):
    """By concentration and by the object, of each method whose images are of both kinds."""
    tasks = [task for task in load(project, overlay).tasks.values() if METHODS[task.method].kind == "attribution"]
    chapters = Counter(task.chapter for task in tasks if "extremes" in task.images)
    assert 2 * max(chapters.values()) <= FAMILY


@pytest.mark.parametrize("overlay", ["config", "embedded", "cpu"])
def test_every_run_tests_the_transfer_of_fooling_images_to_a_network_of_the_same_classes(project, overlay):
    assert load(project, overlay).tasks["a2b_final", "fooling"].second == "a2a_final"


def test_methods_and_their_options_are_read_from_the_files():
    assert {"cam", "occlusion", "fooling", "filters"} <= set(interpretations.methods())
    assert not {"hooks", "selection", "networks", "incremental"} & set(interpretations.methods())
    assert interpretations.options("occlusion") == ("fill", "patch", "stride")
    tree = ast.parse(Path(interpretations.__file__).read_text())
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name for name in imported if name and name.startswith(("torch", "cnnatlas.interpretation."))} == {
        "cnnatlas.interpretation.declarations"
    }


@pytest.fixture
def declared(monkeypatch):
    """The declarations, for a test to change."""
    monkeypatch.setattr(interpretations, "METHODS", dict(METHODS))
    interpretations.methods.cache_clear()
    yield interpretations.METHODS
    interpretations.methods.cache_clear()


@pytest.mark.parametrize(
    ("name", "row", "said"),
    [
        ("cam", None, "`cam`, a file of methods/, has no row; add one to METHODS"),
        ("scam", METHODS["cam"], "`scam` has no file methods/scam.py with a function of that name"),
        ("cam", replace(METHODS["cam"], kind="atribution"), "kind of `cam`: `atribution` is unknown; did you mean `at"),
        ("cam", replace(METHODS["cam"], sign=None), "sign of `cam`: `None` is unknown; known: either, positive"),
        (
            "cam",
            replace(METHODS["cam"], display="over"),
            "display of `cam`: `over` is unknown; did you mean `overlay`?",
        ),
        ("cam", replace(METHODS["cam"], legend=None), "`cam` needs a legend"),
        ("cam", replace(METHODS["cam"], legend=("low", "high")), "`cam` needs a legend"),
    ],
)
def test_a_method_and_its_declaration_go_together(project, declared, name, row, said):
    declared.pop(name, None)
    declared.update({name: row} if row else {})
    with pytest.raises(AtlasError) as caught:
        load(project)
    assert said in str(caught.value) and "\n" not in str(caught.value)
    assert str(caught.value).startswith("scripts/cnnatlas/interpretation/declarations.py: ")


def test_a_function_of_another_name_is_no_method(tmp_path):
    (tmp_path / "cam.py").write_text("def cams(network, *, scale): ...\n")
    assert interpretations._function(tmp_path / "cam.py") is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      filters:", "      filtres:", "`filtres` is unknown; did you mean `filters`?"),
        ("  e:\n", "  ee:\n", "`ee` is unknown; did you mean `e`?"),
        ("  e:\n", "  data:\n", "`data` is unknown"),  # a chapter that shows none
        ("    a2a_final:\n", "    a2a_finale:\n", "`a2a_finale` is unknown; did you mean `a2a_final`?"),
        ("options: {patch: 12, stride: 4}", "options: {patches: 12}", "`patches` is unknown; did you mean `patch`?"),
        ("{dataset: stl10,", "{dataset: stl11,", "`stl11` is unknown; did you mean `stl10`?"),
        ("smooth_grad: {samples: 16}", "smooth_grad: {sample: 8}", "`sample` is unknown; did you mean `samples`?"),
        ("gradient: {images: {sample: 8}}", "gradient: {images: {extremes: 1}, dataset: cifar10}", "write `sample`"),
        ("targets: {others: 2}", "targets: {many: 2}", "targets"),
        ("      cam: {}\n", "      filters: {}\n", "`filters` is unknown"),  # no attribution
        ("second: a2a_final", "second: a2a_finale", "`a2a_finale` is unknown; did you mean `a2a_final`?"),
        ("second: a2a_final", "second: d2_own", "`d2_own` has other classes than `a2b_final`; name a variant of the"),
        ("second: a2a_final", "second: c1d_augmented", "has other classes"),
        (
            "feature_maps: {images: {sample: 2}}",
            "feature_maps: {images: {sample: 2}, second: a2a_final}",
            "remove `second`",
        ),
    ],
)
def test_a_mistake_is_one_line_with_file_line_and_fix(project, old, new, said):
    message = refusal(project, old, new)
    assert said in message and message.startswith("config/interpretation.yaml:"), message


def test_a_method_that_the_role_repeats_is_refused(project):
    change = ("    d1_shallow:\n", "    d2_own:\n      fooling: {images: {sample: 1}}\n    d1_shallow:\n")
    assert "is listed twice" in refusal(project, *change)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("network: d2_own", "network: d2_won", "network`: `d2_won` is unknown; did you mean `d2_own`"),
        ("dataset: stl10", "dataset: stl11", "dataset`: `stl11` is unknown; did you mean `stl10`"),
        (
            *("second: d2_deep_normalised", "second: a2a_final"),
            "second`: `a2a_final` tells the classes of cifar10 apart, and `d2_own` those of stl10; name",
        ),
        ("second: d2_deep_normalised", "second: vgg16", "second`: `vgg16` tells the classes of ImageNet apart"),
    ],
)
def test_a_mistake_in_the_pretrained_networks_is_named(project, old, new, said):
    edit(project / "config" / "embedded.yaml", old, new)
    with pytest.raises(AtlasError, match=rf"^config/embedded.yaml:\d+: `pretrained.{said}"):
        load(project)


def test_a_run_changes_images_and_options_and_nothing_else(project):
    full, embedded = load(project, "config"), load(project)
    assert full.tasks["d1_shallow", "occlusion"].options == {"patch": 12, "stride": 4}
    assert embedded.tasks["d1_shallow", "occlusion"].options == {"patch": 12, "stride": 6}
    assert list(full.reliability["d2_own"]["methods"]) == list(embedded.reliability["d2_own"]["methods"])
    assert embedded.reliability["d2_own"]["images"] < full.reliability["d2_own"]["images"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("d1_shallow: {occlusion", "d1_shalow: {occlusion", "embedded.yaml:17: in `interpretation.chapters.d`"),
        ("{occlusion: {options: {stride: 6}}}", "{oclusion: {}}", "`oclusion` is unknown; did you mean `occlusion`?"),
        ("{stride: 6}}}}", "{strides: 12}}}}", "embedded.yaml:17: `strides` is unknown; did you mean `stride`?"),
        (
            "{stride: 6}}}}",
            "{stride: '12'}}}}",
            "embedded.yaml:17: `chapters.d.d1_shallow.occlusion.options.stride`",
        ),
        ("{stride: 6}}}}", "{stride: 0}}}}", "stride` is 0; it must be at least 1"),
        ("occlusion: {patch: 16,", "occlusion: {patch: 1.5,", "occlusion.patch` is 1.5; a whole number is expected"),
        ("scales: [1.0, 1.5]", "scales: 2.0", "scales` is 2.0; a list is expected"),
        ("scales: [1.0, 1.5]", "scales: []", "scales` is []; it must not be empty"),
        ("response: {images: {sample: 12}", "response: {images: {sample: 0}", "it must be at least 1"),
    ],
)
def test_a_mistake_in_a_run_s_changes_is_one_line(project, old, new, said):
    edit(project / "config" / "embedded.yaml", old, new)
    with pytest.raises(AtlasError) as caught:
        load(project)
    assert said in str(caught.value) and "\n" not in str(caught.value)
