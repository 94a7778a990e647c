"""Given a configuration, which files there are and what each job is given."""

import re
import subprocess
import sys
from dataclasses import replace

import pytest

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import strict_yaml
from cnnatlas.errors import AtlasError
from cnnatlas.workflow.plan import run
from project import ROOT, edit


def planned(folder, overlay: str | None = None, **changes) -> run.RunPlan:
    """The plan of the configuration below a folder, with an overlay of its config/ and some keys replaced."""
    file = folder / "config" / f"{overlay}.yaml"
    own = strict_yaml.load(file).content if overlay else {}
    config, files = configuration.completed(folder, own, [file] if overlay else [])
    return run.load(folder, config | {"gpus": 0} | changes, files)


@pytest.fixture(scope="module")
def full() -> run.RunPlan:
    return planned(ROOT)


@pytest.fixture(scope="module")
def embedded() -> run.RunPlan:
    return planned(ROOT, "embedded")


def test_planning_imports_neither_torch_nor_pandas_nor_matplotlib():
    code = (
        "import sys, cnnatlas.workflow.plan.run; print(sorted({'torch', 'pandas', 'matplotlib'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "scripts", capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"


def test_every_training_has_its_seeds_in_order(full, embedded):
    file = "models/{variant}/seed{seed}/weights.safetensors"
    assert embedded.paths.trained(["d2_deep", "d1_shallow"], file) == [
        "results/embedded/models/d2_deep/seed0/weights.safetensors",
        "results/embedded/models/d1_shallow/seed0/weights.safetensors",
    ]
    assert [path.split("/")[4] for path in full.paths.trained(["d2_deep"], file)] == [f"seed{i}" for i in range(8)]


def test_a_variant_has_one_place_in_its_study_and_members_of_searches_have_none(embedded):
    plan = embedded.studies
    names = plan.ungrouped("dense_head_cifar10")
    assert [plan.place("dense_head_cifar10", name) for name in names] == list(range(len(names)))
    assert plan.place("blocks_cifar10", "c2c_trial_1") is None
    assert plan.place("blocks_cifar10", "best(c2c_trial)") is None
    found = plan.factorial("dense_head_cifar10")
    assert found["factors"] == ["batch normalisation", "dropout"]
    assert names[found["places"]["first"]] == "a2a_vgg_bn"


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("D2.11", "config/studies/stl10.yaml:3: `items` names `D2.11`, which config/items.yaml does not have; did you"),
        ("Q7", "`items` names `Q7`, which config/items.yaml does not have; known: U1, U2, "),
    ],
)
def test_a_study_answers_items_that_there_are(project, new, said):
    edit(project / "config/studies/stl10.yaml", "D2.1,", f"{new},")
    with pytest.raises(AtlasError, match=re.escape(said)):
        planned(project, "embedded")


def test_an_item_is_of_data_sets_that_there_are(project):
    """With a misspelled one, drawn images would pass for published ones."""
    edit(
        project / "config/items.yaml",
        "data: [cifar10, stl10, caltech101, cats_dogs] }\n- { id: B1a",
        "data: [stl1O] }\n- { id: B1a",
    )
    with pytest.raises(AtlasError, match="item A6 names `stl1O`, no data set; did you mean `stl10`"):
        planned(project, "embedded")


def test_what_an_item_compares_is_compared(project):
    """With a misspelled pattern nothing would be compared, and the item never be decided."""
    edit(project / "config/items.yaml", 'compared: ["c1h_*"]', 'compared: ["c1x_*"]')
    with pytest.raises(AtlasError, match=r"item C1h names `c1x_\*`, which no study that answers it compares"):
        planned(project, "embedded")


def test_an_effect_that_an_item_asks_for_is_one_of_its_study_s_factorial(project):
    edit(project / "config/items.yaml", "compared: [best(c1d_trial), c1d_final]", "compared: [first_main]")
    with pytest.raises(AtlasError, match=r"item C1d names `first_main`, which no study that answers it compares"):
        planned(project, "embedded")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "pretrained: [network]",
            "pretrained: [netwrok]",
            "`pretrained` of item B3.1 names `netwrok`, no network of the run's",
        ),
        ("answered_by: [sec-b1a] }", "answered_by: [sec-b1a], verdict: true }", "item B1a has `verdict`, and no file"),
    ],
)
def test_what_an_item_wants_can_be_had(project, old, new, said):
    edit(project / "config/items.yaml", old, new)
    with pytest.raises(AtlasError, match=re.escape(said)):
        planned(project, "embedded")


class TestTraining:
    def test_a_training_reads_the_data_set_of_its_variant(self, embedded):
        assert embedded.training.data("d2_deep") == {
            "images": "resources/embedded/stl10/images.npy",
            "labels": "resources/embedded/stl10/labels.npy",
            "table": "resources/embedded/stl10/items.csv",
            "dataset": "resources/embedded/stl10/dataset.json",
            "split": "resources/embedded/stl10/split.npz",
        }

    def test_most_trainings_begin_with_no_weights_of_others(self, full):
        assert full.training.initial_weights("d2_deep", 0) == {}

    def test_a_base_is_published_in_the_full_run_and_trained_with_the_same_seed_in_the_embedded_one(
        self, full, embedded
    ):
        assert full.training.initial_weights("c1g_frozen", 3) == {
            "base": "resources/upstream/archives/vgg16-397923af.pth"
        }
        assert embedded.training.initial_weights("c1g_frozen", "0") == {
            "base": "results/embedded/models/a2a_final/seed0/weights.safetensors"
        }

    def test_a_whole_network_is_started_from_with_the_same_seed(self, project):
        study = project / "config/studies/stl10.yaml"
        study.write_text(study.read_text().replace("  d2_deep:\n", "  d2_deep:\n    start: d1_shallow\n"))
        assert planned(project).training.initial_weights("d2_deep", 5) == {
            "start": "results/full/models/d1_shallow/seed5/weights.safetensors"
        }

    def test_a_training_depends_on_the_family_of_its_network_and_of_its_base(self, full):
        folder = "scripts/cnnatlas/architectures"
        assert full.training.architecture("e3_resnet18") == [f"{folder}/resnet18.py"]
        assert full.training.architecture("c1g_frozen") == [f"{folder}/on_base.py"]  # the base is torchvision's

    def test_a_training_is_given_all_of_its_spec_but_how_often_and_beside_how_many_it_runs(self, full):
        spec, given = full.atlas.specs["d2_deep"], full.training.spec("d2_deep")
        assert spec.keys() - given.keys() == {"seeds", "gpu_share"}
        assert given.items() <= spec.items()

    @pytest.mark.parametrize(
        ("gpus", "device", "share"), [(0, "auto", 0), (1, "auto", 30), (1, "cpu", 0), (2, "gpu", 30)]
    )
    def test_a_job_takes_its_share_of_a_gpu_where_there_is_one_and_it_may(self, full, gpus, device, share):
        plan = replace(full.training, gpus=gpus)
        spec = plan.paths.atlas.specs["d2_deep"]
        changed = spec | {"device": device, "gpu_share": 30}
        paths = replace(plan.paths, atlas=replace(plan.paths.atlas, specs={"d2_deep": changed}))
        assert replace(plan, paths=paths).gpu_share("d2_deep") == share

    def test_a_published_network_takes_half_a_gpu(self, full):
        assert replace(full.training, gpus=1).gpu_share("vgg16") == 50

    def test_gpus_are_counted_where_the_configuration_leaves_it_open(self, monkeypatch):
        monkeypatch.setattr(run.gpus, "visible", lambda: 3)
        assert planned(ROOT, gpus="auto").training.gpus == 3
        assert planned(ROOT, gpus=1).training.gpus == 1

    def test_a_variant_that_does_not_exist_is_one_line_with_the_closest(self, full):
        with pytest.raises(AtlasError, match="no variant `d2_dep` in this run; did you mean `d2_deep`"):
            full.training.data("d2_dep")


class TestStudies:
    def test_a_comparison_reads_its_variants_in_order(self, embedded):
        variants = embedded.atlas.studies["stl10"].variants
        files = embedded.studies.comparison("stl10")
        assert len(variants) > 2
        for kind in ("metrics", "training", "history", "scores", "architecture"):
            assert [path.split("/")[3] for path in files[kind]] == list(variants)
        for kind, name in (("split", "split.npz"), ("labels", "labels.npy"), ("dataset", "dataset.json")):
            assert files[kind] == [f"resources/embedded/stl10/{name}"] * len(variants)

    def test_of_several_seeds_all_are_compared_and_one_describes_the_network(self, full):
        files, count = full.studies.comparison("stl10"), len(full.atlas.studies["stl10"].variants)
        assert len(files["scores"]) == 8 * count
        assert len(files["architecture"]) == count
        assert all("/seed0/" in path for path in files["architecture"])

    def test_a_comparison_is_given_what_the_study_sets_against_each_other(self, full):
        spec = full.studies.comparison_spec("stl10")
        study = full.atlas.studies["stl10"]
        assert spec["pairs"] == [list(pair) for pair in study.compare]
        assert spec["variants"][0] == {
            "name": study.variants[0],
            "seeds": list(range(8)),
            "title": full.atlas.titles[study.variants[0]],
        }
        assert (spec["study"], spec["title"]) == ("stl10", study.title)
        assert list(spec) == sorted(spec)  # Snakemake takes reordered keys for changed ones

    def test_groups_factorial_and_what_must_fit_are_given_where_a_study_has_them(self, full):
        specs = {name: full.studies.comparison_spec(name) for name in full.atlas.studies}
        for name, study in full.atlas.studies.items():
            groups = {key: list(members) for key, members in study.groups.items()}
            others = {"others": [v for v in study.variants if v != study.final]} if study.final else {}
            assert (specs[name]["groups"], specs[name]["others"]) == (groups, others)
            assert specs[name]["factorial"] == study.factorial
            assert specs[name]["must_fit"] == list(study.must_fit)
        assert any(spec["groups"] for spec in specs.values())
        assert any(spec["others"] for spec in specs.values())
        assert any(spec["factorial"] for spec in specs.values())
        assert any(spec["must_fit"] for spec in specs.values())

    def test_gains_are_those_of_a_pair_that_is_compared(self, embedded):
        baseline, variant = embedded.atlas.studies["stl10"].compare[0]
        assert embedded.studies.gains("stl10", baseline, variant) == "results/embedded/studies/stl10/gains.csv"
        with pytest.raises(AtlasError, match=f"stl10 does not compare {baseline} with {variant}; add the pair"):
            embedded.studies.gains("stl10", variant, baseline)

    def test_members_of_a_sweep_are_drawn_apart_from_the_other_variants(self, full):
        (study, group), *_ = [(s, g) for s in full.atlas.studies.values() for g in s.groups]
        members = full.studies.group(study.name, group)
        assert not set(members) & set(full.studies.ungrouped(study.name))
        assert set(full.studies.ungrouped(study.name)) < set(study.variants)
        assert full.studies.members(study.name, group)[0] == {
            "label": full.atlas.members[members[0]].label,
            "seeds": list(range(8)),
        }

    def test_a_study_of_one_sweep_alone_draws_its_members(self, project):
        (project / "config/studies/only.yaml").write_text(
            "title: One sweep\nassignment: E\nitems: [E1a]\nquestion: Which rate?\nvariants:\n  only:\n"
            "    title: LeNet\n    dataset: cifar10\n    sweep: {key: optimiser.learning_rate, values: [0.1, 0.2]}\n"
        )
        assert planned(project).studies.ungrouped("only") == ["only_0.1", "only_0.2"]

    def test_learning_curves_come_with_the_records_of_their_trainings(self, embedded):
        assert embedded.studies.histories(["d2_deep"]) == {
            "history": ["results/embedded/models/d2_deep/seed0/history.csv"],
            "training": ["results/embedded/models/d2_deep/seed0/training.json"],
        }


class TestAudits:
    def test_an_audit_reads_the_scores_of_one_network_and_the_features_of_another(self, full):
        files = full.audits.inputs("cifar10")
        assert files["features"] == "results/full/audit/cifar10/features.npy"
        assert files["scores"] == "results/full/models/a2a_vgg_bn/seed0/scores.npz"
        assert files["images"] == "resources/upstream/cifar10/images.npy"
        expected = {"dataset": "cifar10", "features": "squeezenet1_1", "seed": 0, "variant": "a2a_vgg_bn"}
        assert full.audits.spec("cifar10") == expected

    @pytest.mark.parametrize("name", ["full", "embedded"])
    def test_no_data_set_is_judged_by_a_network_that_has_learned_its_labels(self, name, request):
        plan = request.getfixturevalue(name)
        for dataset in plan.atlas.datasets:
            judge = plan.audits.spec(dataset)["features"]
            assert judge in plan.atlas.pretrained or plan.atlas.specs[judge]["dataset"] != dataset

    def test_features_are_computed_with_the_classes_of_the_networks_own_data_set(self, full, embedded):
        files = embedded.audits.features_inputs("caltech101")
        assert files["images"] == "resources/embedded/caltech101/images.npy"
        assert files["classes"] == "resources/embedded/stl10/dataset.json"
        assert files["weights"] == "results/embedded/models/d2_own/seed0/weights.safetensors"
        assert full.audits.features_inputs("caltech101")["weights"].endswith("squeezenet1_1-b8a52dc0.pth")
        assert full.audits.features_sources("caltech101") == ["scripts/cnnatlas/architectures/published.py"]

    def test_an_audit_without_a_network_reads_the_data_alone(self, project):
        changed = planned(project, datasets={"stl10": {"features": None, "network": None}})
        expected = {"dataset": "stl10", "features": None, "seed": None, "variant": None}
        assert changed.audits.spec("stl10") == expected
        assert changed.audits.inputs("stl10") == changed.paths.prepared("stl10")

    def test_features_depend_on_what_computing_them_needs(self, full):
        spec = full.audits.features_spec("stl10")
        assert list(spec) == ["device", "network", "threads"]
        assert list(spec["network"]) == ["architecture", "name", "resolution"]
        published = full.audits.features_spec("cifar10")["network"]
        assert published == {"architecture": None, "name": "squeezenet1_1", "resolution": 96}


class TestDownloads:
    def test_archives_and_published_weights_are_downloaded(self, full):
        known = {entry["file"] for entry in (*full.atlas.datasets.values(), *full.atlas.pretrained.values())}
        assert full.downloads.specs.keys() == known

    def test_each_is_given_where_it_is_and_how_it_is_recognised(self, full):
        assert full.downloads.specs["vgg16-397923af.pth"] == {
            "file": "vgg16-397923af.pth",
            "sha256_begins": "397923af",
            "urls": ["https://download.pytorch.org/models/vgg16-397923af.pth"],
        }
        for name in full.atlas.datasets:
            entry = full.atlas.datasets[name]
            assert full.downloads.specs[entry["file"]] == {
                key: entry.get(key) for key in ("file", "md5", "members_md5", "urls")
            }
