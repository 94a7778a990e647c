"""What would fail in a training, an interpretation or the PDF is refused before anything trains, with its place."""

import os
from pathlib import Path

import pytest

from cnnatlas.architectures.describe import describe
from cnnatlas.architectures.registry import build
from cnnatlas.checks import interpretation, machine, networks, texts
from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import strict_yaml
from cnnatlas.errors import AtlasError
from cnnatlas.workflow.plan import run
from cnnatlas.workflow.plan.checks import CheckPlan
from project import ROOT, edit

DENSE_HEAD = "config/studies/dense_head_cifar10.yaml"
STL10 = "config/studies/stl10.yaml"
INTERPRETATION = "config/interpretation.yaml"
DEEP = "{widths: [8, 8, 8, 8, 8, 8], blocks: [1, 1, 1, 1, 1, 1]}"
OVERLAY = "config/embedded.yaml"


def planned(folder: Path) -> run.RunPlan:
    file = folder / OVERLAY
    config, files = configuration.completed(folder, strict_yaml.load(file).content, [file])
    return run.load(folder, config | {"gpus": 0}, files)


def check(checks: CheckPlan, trains_here: bool = True) -> None:
    """The networks and methods that are not as in the real project, which has a test of its own."""
    asked, places = checks.networks(), checks.places()
    networks.check(asked["variants"], places["variants"], trains_here)
    interpretation.check(asked["trials"], places["trials"])


def only(checks: CheckPlan, *names: str) -> tuple[dict, dict]:
    variants, places = checks.networks()["variants"], checks.places()["variants"]
    return {name: variants[name] for name in names}, places


@pytest.mark.slow
@pytest.mark.parametrize("config", ["config/embedded.yaml", "config/config.yaml"])
def test_all_of_the_real_project_passes(config):
    overlay = strict_yaml.load(ROOT / config).content
    merged, files = configuration.completed(ROOT, overlay, [ROOT / config])
    plan = run.load(ROOT, merged | {"gpus": 0}, files)
    check(plan.checks, trains_here=False)
    notebooks = sorted((ROOT / "report" / "notebooks").glob("*.ipynb"))
    found = {**plan.checks.texts(ROOT, plan.items), **texts.shown(notebooks)}
    texts.check(found)
    assert len(found) > 100


# What is edited -> the variant, and its words in the message
WRONG = {
    "widths and blocks": (
        *(DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    architecture: {widths: [8, 8]}\n"),
        *("a2a_vgg_bn", "`widths` and `blocks` need one number per block"),
    ),
    "no probability": (
        *(DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    architecture: {dropout: 1.5}\n"),
        *("a2a_vgg_bn", "dropout probability has to be between 0 and 1"),
    ),
    "images that vanish": (
        *(
            DENSE_HEAD,
            "    architecture: {batch_norm: true}\n",
            f"    architecture: {DEEP}\n",
        ),
        *("a2a_vgg_bn", "too small"),
    ),
    "weights of another network": (
        *(DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    start: a2a_shallower\n"),
        *("a2a_vgg_bn", "`start: a2a_shallower` has other weights: `features"),
    ),
    "images that grow too early": (
        *(DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    progressive: 0.5\n"),
        *("a2a_vgg_bn", "takes images of one size only"),
    ),
    "more threads than processors": (
        *(DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    threads: 999\n"),
        *("a2a_vgg_bn", f"`threads: 999` is more than the {os.cpu_count()} processors"),
    ),
    "a crop that is padded by more than the image": (
        *(DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    augmentation: {crop: 96}\n"),
        *("a2a_vgg_bn", "augmentation.crop: 96 is not smaller than the images (32 x 32)"),
    ),
    "more memory than there is": (
        *("config/studies/resnet18_caltech101.yaml", "    augmentation: {flip: true, res", "    resolution: 10000 #"),
        *("e3_resnet18_augmented", "with images of 10,000 pixels a side needs at least"),
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_variant_that_cannot_be_trained_is_refused_with_its_place(project, name):
    file, old, new, variant, words = WRONG[name]
    edit(project / file, old, new)
    line = (project / file).read_text().partition(new)[0].count("\n") + len(new.splitlines())
    with pytest.raises(AtlasError, match=f"^{file}:{line}: variant `{variant}`: ") as refused:
        networks.check(*only(planned(project).checks, variant, "a2a_shallower"), True)
    assert words in str(refused.value) and "\n" not in str(refused.value)


def test_multiply_adds_are_counted_for_each_variant_by_its_own_network_and_images(project):
    variants, places = only(planned(project).checks, "a2a_vgg", "a2a_vgg_dropout", "a2a_narrower", "d1_shallow")
    larger = variants["a2a_vgg"] | {"size": 2 * variants["a2a_vgg"]["size"]}
    found = networks.multiply_adds({**variants, "larger": larger}, places | {"larger": places["a2a_vgg"]})
    assert list(found) == [*variants, "larger"]
    assert found["a2a_vgg"] == found["a2a_vgg_dropout"] > found["a2a_narrower"]
    assert found["larger"] > 3 * found["a2a_vgg"]
    network = build(variants["d1_shallow"]["architecture"], 10, variants["d1_shallow"]["size"])
    assert found["d1_shallow"] == describe(network, variants["d1_shallow"]["size"])["multiply_adds"]


def test_a_cluster_is_not_judged_by_the_host_that_submits_to_it(project):
    edit(project / DENSE_HEAD, "    architecture: {batch_norm: true}\n", "    threads: 999\n")
    assert networks.check(*only(planned(project).checks, "a2a_vgg_bn"), False) == 1


def test_a_base_whose_convolutions_are_others_is_refused(project):
    variants, places = only(planned(project).checks, "c1g_frozen", "a2a_final")
    variants["c1g_frozen"]["architecture"]["base"] = variants["a2a_final"]["architecture"] | {"widths": [8, 8, 8]}
    with pytest.raises(AtlasError, match="`base: a2a_final` has other weights"):
        networks.check(variants, places, False)


def test_memory_is_refused_only_where_one_batch_cannot_fit(monkeypatch):
    spec = {"batch_size": 8, "device": "cpu", "size": 32}
    monkeypatch.setattr(machine, "_memory", lambda _: 1000)
    machine.check_memory(2000, spec)
    with pytest.raises(AtlasError, match="lower `resolution` or `batch_size`"):
        machine.check_memory(2002, spec)


# What is edited in config/interpretation.yaml -> the network and method, and words of the message
INTERPRETED = {
    "a layer that is not there": (
        *("layers: [network.relu1, network.relu2]", "layers: [network.relu9]"),
        *("e1a_lenet5", "feature_maps", "`network.relu9` is not in the network"),
    ),
    "a layer without maps": (
        *("layers: [network.relu1, network.relu2]", "layers: [network.fc1]"),
        *("e1a_lenet5", "feature_maps", "gives no maps"),
    ),
    "an option that does not fit the images": (
        *("{patch: 12, stride: 4}", "{patch: 120, stride: 4}"),
        *("d1_shallow", "occlusion", "120 pixels do not fit into 48"),
    ),
    "a method for other networks": (
        *("      grad_cam: {images: {extremes: 1}}", "      cam: {images: {extremes: 1}}"),
        *("a2a_final", "cam", "dense layers"),
    ),
    "more classes than there are": (
        *("targets: {others: 2}, second: a2a_final", "targets: {others: 10}, second: a2a_final"),
        *("a2b_final", "fooling", "wants 11 classes, and the network has 10"),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", INTERPRETED)
def test_a_method_that_does_not_fit_its_network_is_refused_with_its_place(project, name):
    old, new, network, method, words = INTERPRETED[name]
    edit(project / INTERPRETATION, old, new)
    asked, places = (part["trials"] for part in (planned(project).checks.networks(), planned(project).checks.places()))
    own = [(t, p) for t, p in zip(asked, places, strict=True) if (t["name"], t["method"]) == (network, method)][:1]
    with pytest.raises(AtlasError, match=rf"^{INTERPRETATION}:[0-9]+: `{method}` of `{network}`: ") as refused:
        interpretation.check(*map(list, zip(*own, strict=True)))
    assert words in str(refused.value)


TEXTS = {
    "the report's title": (
        "config/report.yaml",
        "title: CNN Atlas",
        "title: CNN 図鑑",
        "config/report.yaml:2: `title`",
        "図",
    ),
    "an author": (
        "config/report.yaml",
        "[CNN Atlas contributors]",
        "[Ana 😀]",
        "config/report.yaml:4: `authors.0`",
        "😀",
    ),
    "a variant's title": (STL10, "title: Deep CNN (tables", "title: ディープ (tables", f"{STL10}:", "デ"),
    "a question": (STL10, "What do depth", "ลึก What do depth", f"{STL10}:", "ล"),
    "an item": ("config/items.yaml", "One DAG from", "一 DAG from", "config/items.yaml: `U3`", "一"),
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_that_no_font_of_the_pdf_has_is_refused_with_its_place(project, name):
    file, old, new, place, character = TEXTS[name]
    edit(project / file, old, new)
    plan = planned(project)
    with pytest.raises(AtlasError) as refused:
        texts.check(plan.checks.texts(project, plan.items))
    said = str(refused.value)
    assert said.startswith(place) and f"`{character}` (U+" in said


def test_texts_in_other_alphabets_that_the_fonts_have_pass(project):
    edit(project / "config/report.yaml", "[CNN Atlas contributors]", "[Zoë Łuć, Иван, Ελένη, “x” ≥ ½ → α₂]")
    plan = planned(project)
    texts.check(plan.checks.texts(project, plan.items))


def test_captions_in_the_code_of_a_notebook_are_read_and_its_comments_are_not(tmp_path):
    notebook = tmp_path / "x.ipynb"
    cells = '{"cells": [{"cell_type": "code", "source": ["# 図\\n", "show(caption=\'%s\')"]}]}'
    notebook.write_text(cells % "plain")
    texts.check(texts.shown([notebook]))
    notebook.write_text(cells % "鑑", encoding="utf-8-sig")  # as some editors save it
    with pytest.raises(AtlasError, match=r"x\.ipynb, cell 1: in the PDF: no font has `鑑`"):
        texts.check(texts.shown([notebook]))


def test_a_chapter_that_is_never_finished_is_refused_and_all_of_the_real_ones_are(tmp_path):
    notebooks = sorted((ROOT / "report" / "notebooks").glob("*.ipynb"))
    texts.check_finished(notebooks)
    notebook = tmp_path / "d.ipynb"
    finished = (ROOT / "report" / "notebooks" / "d.ipynb").read_text()
    notebook.write_text(finished.replace("this.finish()", "# this.finish()"))
    with pytest.raises(AtlasError, match=r"d\.ipynb: no cell calls `finish` of the Chapter; end with `this\.finish"):
        texts.check_finished([*notebooks, notebook])


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("compare:\n", "compare:\n  - [d1_shallow, e1a_lenet5]\n", "different images, of caltech101, stl10"),
        ("progressive: 0.5", "progressive: 0.5\n    seeds: [7]", "share no seed"),
    ],
)
def test_a_pair_that_cannot_be_compared_is_refused_when_planned(project, old, new, words):
    edit(project / STL10, old, new)
    if "e1a_lenet5" in new:
        edit(project / STL10, "compare:", "shows: [e1a_lenet5]\ncompare:")
    with pytest.raises(AtlasError, match=f"^{STL10}:[0-9]+: `compare` of .*{words}"):
        planned(project)


def test_compared_variants_that_see_other_sizes_are_told():
    variants = {"a": {"size": 32}, "b": {"size": 64}}
    assert networks.unequal_images([["a", "b"], ["a", "a"]], variants) == [
        "`a` and `b` are compared on images of 32 and 64 pixels"
    ]
