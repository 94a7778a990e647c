"""The plan of interpretation: which files exist, what each job reads and is given, and what a changed title reruns."""

import json
from dataclasses import replace

import pytest
import yaml

from cnnatlas.configuration import interpretations, studies
from cnnatlas.configuration import run as configuration
from cnnatlas.errors import AtlasError
from cnnatlas.interpretation import declarations
from cnnatlas.workflow import sources
from cnnatlas.workflow.plan import interpretation as module
from cnnatlas.workflow.plan.interpretation import InterpretationPlan
from cnnatlas.workflow.plan.paths import Paths
from project import ROOT, edit

ROOM = "scripts/cnnatlas/interpretation"


def planned(folder=ROOT, overlay="embedded"):
    files = [folder / "config" / f"{name}.yaml" for name in ("config", overlay)]
    config = {}
    for file in files:
        config = configuration.merge(config, yaml.safe_load(file.read_text()))
    atlas = studies.load(folder, config, [str(file) for file in files])
    paths = Paths(config["run"], config["collection"], atlas)
    return InterpretationPlan(paths, interpretations.load(folder, config, atlas))


@pytest.fixture(scope="module")
def plan():
    return planned()


@pytest.fixture(scope="module")
def full():
    return planned(overlay="config")


def jobs(plan):
    """Every job by rule and name, as plain values."""
    found = {}
    for network, method in plan.configured.tasks:
        task = plan.configured.tasks[network, method]
        found["interpret", network, method] = plan.interpret(network, method)
        found["summarise", network, method] = plan.summarise(network, method)
        for figure in plan.figures(task):
            found["figure", network, method, figure] = plan.figure(network, method, figure)
    for network in plan.configured.reliability:
        found["reliability", network] = plan.reliability(network)
        found["figure_reliability", network] = plan.figure_reliability(network)
    return found


def test_a_method_reads_its_network_its_images_and_the_choice_of_extremes(plan):
    job = plan.interpret("a2a_final", "grad_cam")
    data, own = "resources/embedded/cifar10", "results/embedded"
    assert job.inputs == {
        "images": f"{data}/images.npy",
        "split": f"{data}/split.npz",
        "table": f"{data}/items.csv",
        "weights": f"{own}/models/a2a_final/seed0/weights.safetensors",
        "extremes": f"{own}/evaluation/a2a_final/seed0/extremes.csv",
    }
    assert job.sources == [f"{ROOM}/methods/grad_cam.py", "scripts/cnnatlas/architectures/whitened.py"]
    assert "extremes" not in plan.interpret("a2a_final", "filters").inputs


def test_what_maximised_activations_reach_is_compared_with_all_validation_images(plan):
    assert plan.interpret("c1c_basic", "activation_maximisation").spec["natural"]
    assert not plan.interpret("c1c_basic", "feature_maps").spec["natural"]
    assert plan.interpret("a2b_final", "cam").spec["permuted"]
    assert not plan.interpret("c1c_basic", "feature_maps").spec["permuted"]


def test_a_second_network_is_read_where_the_method_needs_it(plan, full):
    job = plan.interpret("d2_own", "fooling")
    assert job.inputs["second"] == "results/embedded/models/d2_deep_normalised/seed0/weights.safetensors"
    assert job.spec["second"]["name"] == "d2_deep_normalised"
    assert f"{ROOM}/methods/fooling.py" in job.sources and "scripts/cnnatlas/architectures/stl.py" in job.sources
    assert plan.interpret("d2_own", "gradient").spec["second"] is None
    assert plan.summarise("d2_own", "fooling").spec["facts"] == {
        "second": plan.paths.atlas.titles["d2_deep_normalised"],
        "second_name": "d2_deep_normalised",
    }
    assert "results/embedded/evaluation/d2_deep_normalised/seed0/metrics.json" in plan.summaries()
    assert full.summarise("squeezenet1_1", "fooling").spec["facts"] == {"second": "VGG16", "second_name": "vgg16"}
    alone = planned(overlay="cpu").summarise("squeezenet1_1", "fooling").spec["facts"]
    assert alone == {"second": None, "second_name": None}


def test_a_network_of_torchvision_sees_the_roles_data_set(full):
    job = full.interpret("squeezenet1_1", "gradient")
    assert job.inputs["weights"] == full.paths.weights("squeezenet1_1")
    assert job.inputs["images"] == "resources/upstream/cats_dogs/images.npy"
    assert job.spec["network"] == {"architecture": None, "name": "squeezenet1_1", "resolution": 224}
    assert job.spec["resolution"] == 224
    assert job.sources == [f"{ROOM}/methods/gradient.py", "scripts/cnnatlas/architectures/published.py"]


def test_images_of_another_data_set_are_shown_at_their_own_size(plan):
    job = plan.interpret("a2b_final", "response")
    assert job.inputs["images"] == "resources/embedded/stl10/images.npy"
    assert job.spec["resolution"] is None


def test_only_sentences_that_use_masks_read_them(plan):
    reading = {name for name, job in jobs(plan).items() if "masks" in job.inputs}
    assert reading == {
        *(("summarise", n, m) for n, m in plan.configured.tasks if declarations.METHODS[m].masks),
        *(("reliability", network) for network in plan.configured.reliability),
    }
    assert plan.summarise("a2b_final", "response").inputs["masks"] == "resources/embedded/stl10/masks.npz"


@pytest.mark.parametrize(
    ("network", "method", "figures"),
    [
        ("a2b_final", "cam", ["right.png", "wrong.png"]),
        ("d2_own", "gradient", ["all.png"]),
        ("a2a_final", "filters", ["layer1.png", "layer2.png", "layer3.png", "gabor.svg"]),
        ("e1a_lenet5", "feature_maps", ["layer1.png", "layer2.png"]),
        ("c1c_basic", "activation_maximisation", ["activation_maximisation.png"]),
        ("d2_own", "response", ["response.png"]),
    ],
)
def test_figures_follow_from_kind_images_and_layers(plan, network, method, figures):
    assert plan.figures(plan.configured.tasks[network, method]) == figures


def test_a_figure_reads_arrays_and_fits_their_summary_and_is_made_of_its_kind_alone(plan):
    folder = "results/embedded/interpretation/a2a_final/filters"
    layer, fits = (plan.figure("a2a_final", "filters", name) for name in ("layer1.png", "gabor.svg"))
    assert layer.inputs == {"arrays": f"{folder}/arrays.npz", "record": f"{folder}/record.json"}
    assert fits.inputs == {**layer.inputs, "summary": f"{folder}/summary.json"}
    assert layer.sources == fits.sources == [f"{ROOM}/figures/filters.py"]
    assert layer.spec == {"facts": {"title": plan.paths.atlas.titles["a2a_final"]}, "kind": "filters"}


def test_an_attribution_is_drawn_and_described_by_its_declaration(plan):
    declared = declarations.METHODS["cam"]
    facts = {"display": "overlay", "legend": declared.legend, "rectified": False}
    assert plan.figure("a2b_final", "cam", "right.png").spec == {"facts": facts, "kind": "attribution"}
    assert plan.summarise("a2b_final", "cam").spec == {"facts": {"sign": "positive"}, "kind": "attribution"}
    assert plan.summarise("a2b_final", "cam").sources == [f"{ROOM}/sentences/attribution.py"]


def test_reliability_reads_the_network_and_gives_each_method_its_options_and_sign(plan):
    job = plan.reliability("e1b_own")
    assert job.inputs["weights"] == "results/embedded/models/e1b_own/seed0/weights.safetensors"
    assert job.inputs["masks"] == "resources/embedded/caltech101/masks.npz"
    assert list(job.spec["methods"]) == sorted(plan.configured.reliability["e1b_own"]["methods"])
    assert job.spec["methods"]["occlusion"] == {"options": {"patch": 12, "stride": 12}, "sign": "positive"}
    assert job.spec["methods"]["gradient"] == {"options": {}, "sign": "either"}
    assert f"{ROOM}/methods/occlusion.py" in job.sources and f"{ROOM}/methods/cam.py" not in job.sources


def test_methods_are_shown_in_the_order_of_the_file_with_one_colour_each(plan):
    shown = {network: plan.figure_reliability(network).spec["methods"] for network in plan.configured.reliability}
    assert [entry["method"] for entry in shown["d2_own"]] == list(plan.configured.reliability["d2_own"]["methods"])
    colours = [{entry["method"]: entry["colour"] for entry in entries} for entries in shown.values()]
    assert all(colours[0][method] == colour for method, colour in colours[1].items() if method in colours[0])
    assert len(set(colours[0].values())) == len(colours[0])


def test_a_chapter_reads_and_is_given_its_own_networks_and_methods(plan):
    facts = plan.facts("c")
    assert list(facts) == ["c1c_basic"] and list(facts["c1c_basic"]["methods"]) == [
        "feature_maps",
        "activation_maximisation",
    ]
    assert facts["c1c_basic"]["methods"]["activation_maximisation"] == {
        "figures": ["activation_maximisation.png"],
        "kind": "activation_maximisation",
        "title": "feature visualisation",
    }
    folder = "results/embedded/interpretation/c1c_basic"
    assert plan.files("c") == [
        *(f"{folder}/feature_maps/{name}" for name in ("summary.json", "layer1.png", "layer2.png", "layer3.png")),
        *(f"{folder}/activation_maximisation/{name}" for name in ("summary.json", "activation_maximisation.png")),
        "results/embedded/evaluation/c1c_basic/seed0/metrics.json",
    ]
    assert facts["c1c_basic"]["seed"] == 0
    assert plan.files("introduction") == [] and plan.facts("introduction") == {}


def test_the_chapter_on_reliability_reads_and_is_given_its_networks(plan):
    folder = "results/embedded/interpretation"
    assert plan.reliability_files() == [
        f"{folder}/{network}/reliability/{name}"
        for network in ("d2_own", "e1b_own")
        for name in ("summary.json", "reliability.svg")
    ] + [f"results/embedded/evaluation/{network}/seed0/metrics.json" for network in ("d2_own", "e1b_own")]
    facts = plan.reliability_facts()["e1b_own"]
    assert facts["methods"] == ["gradient", "guided backpropagation", "Grad-CAM", "occlusion"]
    assert facts["dataset"] == plan.paths.atlas.datasets["caltech101"]["title"] and facts["images"] == 24
    assert facts["seed"] == 0


def test_published_weights_have_no_evaluation_to_read():
    full = planned(overlay="cpu")
    facts = full.facts("b")["squeezenet1_1"]
    assert (facts["seed"], facts["dataset"]) == (None, "Cats vs Dogs")
    assert [file for file in full.files("b") if file.endswith("metrics.json")] == [
        f"results/cpu/evaluation/{network}/seed0/metrics.json" for network in ("a2b_final", "a2a_final")
    ]


def test_all_networks_are_known(plan):
    assert plan.networks() == sorted({network for network, _ in plan.configured.tasks} | {"d2_own", "e1b_own"})


def test_what_is_not_configured_is_one_line_with_the_way_out(plan):
    for ask in (
        lambda: plan.interpret("a2a_final", "occlusion"),
        lambda: plan.reliability("a2a_final"),
        lambda: plan.figure("a2a_final", "filters", "layer4.png"),
    ):
        with pytest.raises(AtlasError) as caught:
            ask()
        assert "a2a_final" in str(caught.value) and "\n" not in str(caught.value)


def test_a_methods_title_changes_what_prints_it_and_nothing_else(plan, monkeypatch):
    before, chapters = jobs(plan), (plan.facts("a"), plan.facts("d"), plan.reliability_facts())
    changed = {**declarations.METHODS, "cam": replace(declarations.METHODS["cam"], title="class activation map")}
    monkeypatch.setattr(module, "METHODS", changed)
    differing = {name for name, job in jobs(plan).items() if job != before[name]}
    assert differing == {("figure_reliability", "d2_own")}
    after = plan.facts("a"), plan.facts("d"), plan.reliability_facts()
    assert [a != b for a, b in zip(after, chapters, strict=True)] == [True, False, True]


def test_a_networks_title_changes_no_computation(plan, project):
    edit(
        project / "config/studies/dense_head_cifar10.yaml", "  a2a_final:\n    title: ", "  a2a_final:\n    title: The "
    )
    before = jobs(plan)
    differing = {name for name, job in jobs(planned(project)).items() if job != before[name]}
    differing.remove(("summarise", "a2b_final", "fooling"))  # its sentences name the second network
    assert {name[0] for name in differing} == {"figure"} and {name[2] for name in differing} == {
        "feature_maps",
        "filters",
    }


def test_a_legend_changes_the_method_s_figures_alone(plan, monkeypatch):
    before = jobs(plan)
    changed = {**declarations.METHODS, "cam": replace(declarations.METHODS["cam"], legend=("low", "high", "unit"))}
    monkeypatch.setattr(module, "METHODS", changed)
    differing = {name for name, job in jobs(plan).items() if job != before[name]}
    assert differing == {("figure", "a2b_final", "cam", f"{name}.png") for name in ("right", "wrong")}


def test_what_jobs_and_chapters_are_given_is_sorted_where_order_means_nothing_and_fit_for_json(plan):
    for name, job in jobs(plan).items():
        assert list(job.spec) == sorted(job.spec), name
    json.dumps([job.spec for job in jobs(plan).values()] + [plan.facts("a"), plan.reliability_facts()])


def test_no_job_is_made_of_the_declarations():
    rules = "".join(path.read_text() for path in ROOT.glob("workflow/rules/*.smk"))
    scripts = [
        path for path in ROOT.glob("scripts/*.py") if f'scripts/{path.name}"' in rules
    ]  # the others are commands
    files = [*scripts, *ROOT.glob("report/notebooks/*.ipynb")]
    assert len(scripts) > 25
    for room in ("methods", "sentences", "figures"):
        files += (ROOT / ROOM / room).glob("*.py")
    for file in files:
        assert f"{ROOM}/declarations.py" not in sources.closure(str(file.relative_to(ROOT))), file


def test_planning_imports_neither_torch_nor_numpy():
    for file in ("scripts/cnnatlas/workflow/plan/interpretation.py", f"{ROOM}/declarations.py"):
        for source in sources.closure(file):
            text = (ROOT / source).read_text()
            assert not [line for line in text.splitlines() if line.startswith(("import torch", "import numpy"))], source


def test_every_kind_has_its_sentences_and_figures():
    for method in declarations.METHODS.values():
        for room in ("sentences", "figures"):
            assert (ROOT / ROOM / room / f"{method.kind}.py").is_file()
