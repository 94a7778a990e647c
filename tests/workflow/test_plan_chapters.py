"""What each chapter of the report reads, and what it is given, from the configuration alone."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from cnnatlas.configuration import run as configuration
from cnnatlas.configuration import studies
from cnnatlas.errors import AtlasError
from cnnatlas.workflow.plan import chapters
from cnnatlas.workflow.plan.chapters import Chapters
from cnnatlas.workflow.plan.paths import Paths
from cnnatlas.workflow.plan.readings import READINGS
from project import ROOT, edit

INTERPRETATION = SimpleNamespace(
    files=lambda chapter: [f"tasks of {chapter}"],
    facts=lambda chapter: {"a network": chapter},
    reliability_files=lambda: ["reliability"],
    reliability_facts=lambda: {"another": {}},
    summaries=lambda: ["summaries of all"],
    titles=lambda: {"a network": "Its title"},
)
NO_PHOTOGRAPHS = SimpleNamespace(folder=None)
ITEMS = [{"text": "Is it so?", "id": "X1", "answered_by": ["sec-so"]}]
OWN = """
title: A study of one's own
question: Is it so?
common: {dataset: stl10, architecture: {name: stl_shallow}}
variants:
  own_net: {title: Mine}
inspect: [own_net]
"""


def planned(project: Path, **changes: object) -> Chapters:
    config, files = configuration.completed(project, changes, [])
    atlas = studies.load(project, config, files)
    entries, _ = chapters.load(project)
    paths = Paths(config["run"], config["collection"], atlas)
    return Chapters(paths, config, INTERPRETATION, entries, ITEMS, lambda path: f"at/{path}", NO_PHOTOGRAPHS)


def add_study(project: Path, name: str, text: str = OWN) -> None:
    (project / "config" / "studies" / f"{name}.yaml").write_text(text)


@pytest.fixture
def notebooks(project, monkeypatch) -> Path:
    """The folder of a workflow's notebooks, for tests to add to."""
    folder = project / "report" / "notebooks"
    folder.mkdir(parents=True)
    for notebook in (ROOT / "report" / "notebooks").glob("*.ipynb"):
        (folder / notebook.name).touch()
    theory = project / "scripts" / "cnnatlas" / "figures" / "theory.py"
    theory.parent.mkdir(parents=True)
    theory.write_bytes((ROOT / theory.relative_to(project)).read_bytes())
    monkeypatch.setattr(chapters, "ROOT", project)
    return folder


def test_a_chapter_reads_the_studies_of_its_assignment_and_its_own_tasks(project):
    plan = planned(project)
    assert set(plan.parameters("d")["chapter"]["studies"]) == {"stl10"}
    assert plan.parameters("d")["chapter"]["interpretations"] == {"a network": "d"}
    files = plan.files("d")
    run = "results/" + plan.config["run"]
    expected = (
        "studies/stl10/comparison.json", "studies/stl10/gains/d2_deep/d2_own.svg",
        "models/d2_deep_normalised/seed0/architecture.json", "evaluation/d1_shallow/seed0/wrong.png",
        "evaluation/d1_shallow/curves.svg", "evaluation/d2_deep_normalised/seed0/metrics.json",
    )  # fmt: skip
    assert {f"{run}/{file}" for file in expected} <= set(files)
    assert "tasks of d" in files
    assert f"{run}/evaluation/d2_deep_normalised/curves.svg" not in files  # it is not inspected
    assert not any("lenet" in file for file in files)


def test_sweeps_searches_and_factorials_are_read(project):
    plan = planned(project)
    files = [file.partition("/studies/")[2] for file in plan.files("b")]
    assert {"schedules_cifar10/groups/b2_gamma.svg", "residual_cifar10/factorial.svg"} <= set(files)
    groups = plan.parameters("b")["chapter"]["studies"]["schedules_cifar10"]["groups"]
    assert groups["b2_gamma"]["kind"] == "sweep"
    assert {group["kind"] for group in plan.parameters("c")["chapter"]["studies"]["cats_dogs"]["groups"].values()} == {
        "search"
    }
    assert len(groups["b2_gamma"]["members"]) == 5


def test_a_chapter_on_transfer_knows_which_bases_are_published_and_on_what_the_others_were_trained(project):
    known = {"vgg16": {"title": "VGG16", "dataset": None}}
    assert planned(project).parameters("c")["chapter"]["bases"] == known
    overlay = {"studies": {"transfer_cats_dogs": {"base": "c1c_basic", "resolution": 64}}}
    plan = planned(project, overlay=overlay)
    own = {"title": plan.paths.atlas.titles["c1c_basic"], "dataset": "Cats vs Dogs"}
    assert plan.parameters("c")["chapter"]["bases"] == {"c1c_basic": own}
    study = project / "config" / "studies" / "transfer_cats_dogs.yaml"
    study.write_text(study.read_text().replace("assignment: C\n", "assignment: E\n"))
    assert planned(project).parameters("c")["chapter"]["bases"] == {}


def test_a_study_knows_what_another_one_contrasts_too(project):
    studies = planned(project).parameters("b")["chapter"]["studies"]
    found = {name: study["elsewhere"] for name, study in studies.items() if study["elsewhere"]}
    shared = [["b2_simple_adam", "b2_simple_bn_adam"]]
    assert found == {"normalised_simple_cifar10": shared, "residual_cifar10": shared}


def test_chapters_beyond_studies_read_what_they_are_listed_with(project):
    plan = planned(project, pretrained={"network": "d2_own"})
    run = "results/" + plan.config["run"]
    assert plan.files("theory_b") == [f"{run}/foundations/theory/answers.json"]
    assert f"{run}/foundations/theory/pyramid.svg" in plan.files("theory_c")
    assert f"{run}/foundations/theory/arrays.npz" in plan.files("theory_c")
    assert f"{run}/foundations/mytorch/digits.svg" in plan.files("mytorch")
    assert f"{run}/audit/stl10/label_errors.png" in plan.files("data")
    card = plan.parameters("data")["chapter"]["audits"]["stl10"]
    assert list(card) == ["citation", "homepage", "licence", "problems", "title", "drawn", "networks"]
    assert card["networks"]["d2_own"] == plan.paths.atlas.titles["d2_own"]
    assert plan.files("reliability") == ["reliability"]
    assert {
        f"{run}/evaluation/d1_shallow/seed0/extremes.csv",
        f"{run}/evaluation/d1_shallow/seed0/similarity.json",
        f"{run}/audit/stl10/audit.json",
        "summaries of all",
    } <= set(plan.files("findings"))
    assert plan.parameters("reliability")["chapter"] == {"reliability": {"another": {}}}
    assert f"{run}/studies/stl10/comparison.json" in plan.files("findings")
    facts = plan.parameters("findings")["chapter"]
    assert (facts["items"], facts["published"]["network"], facts["drawn"]) == (ITEMS, False, [])
    assert facts["networks"] == {"a network": "Its title"}
    assert list(facts["items"][0]) == sorted(ITEMS[0])  # the order of keys reruns nothing
    prepared = [f"resources/{plan.config['collection']}/{name}" for name in ("cats_dogs", "cifar10")]
    assert {f"{folder}/{file}" for folder in prepared for file in ("dataset.json", "labels.npy", "split.npz")} <= set(
        plan.files("c")
    )
    assert plan.parameters("c")["chapter"]["resources"] == f"at/resources/{plan.config['collection']}"
    assert plan.parameters("b")["chapter"]["pretrained"] == "d2_own"


def test_the_findings_are_told_what_differs_from_what_is_asked(project):
    asked = planned(project).parameters("findings")["chapter"]["answering"]
    assert asked["transfer_cats_dogs"]["bases"] == asked["stl10"]["reduced"] == []
    assert "D3" in asked["stl10"]["items"] and asked["stl10"]["data"] == ["stl10"]
    overlay = {
        "studies": {"stl10": {"epochs": 2}, "transfer_cats_dogs": {"base": "squeezenet1_1"}},
        "variants": {"c1c_basic": {"train_images": 100}, "a2a_final": {"epochs": 61}},
    }
    plan = planned(project, overlay=overlay, datasets={"cats_dogs": {"per_class": 10}})
    facts = plan.parameters("findings")["chapter"]
    less = facts["answering"]
    assert less["stl10"]["reduced"] == ["epochs"]
    assert less["cats_dogs"]["reduced"] == ["train_images"] and facts["fewer"] == ["cats_dogs"]
    assert less["dense_head_cifar10"]["reduced"] == []  # more epochs, not fewer
    assert less["transfer_cats_dogs"]["bases"] == [["vgg16", "squeezenet1_1"]]


def test_the_findings_of_the_embedded_run_are_told_what_is_drawn(project):
    plan = planned(project, collection="embedded")
    assert plan.parameters("findings")["chapter"]["drawn"] == ["caltech101", "cats_dogs", "cifar10", "stl10"]


def test_the_introduction_reads_every_training_and_where_the_data_come_from(project):
    plan = planned(project, overlay={"variants": {"d1_shallow": {"seeds": [3, 4]}}})
    files, facts = plan.files("introduction"), plan.parameters("introduction")["chapter"]
    assert [file for file in files if "/d1_shallow/" in file] == [
        f"results/{plan.config['run']}/models/d1_shallow/seed{seed}/training.json" for seed in (3, 4)
    ]
    assert facts["trainings"]["d1_shallow"] == [3, 4]
    assert facts["trainings"].keys() == plan.paths.atlas.specs.keys()
    assert [file.removeprefix("at/") in files for file in facts["datasets"]] == [True] * 4
    assert facts["data_titles"]["cats_dogs"] == "Cats vs Dogs"
    assert facts["years"] == {"caltech101": "2004", "cats_dogs": "2007", "cifar10": "2009", "stl10": "2011"}
    assert plan.sources("introduction") == ["requirements.lock"]


def test_a_notebook_is_given_sorted_facts_and_where_results_are(project):
    parameters = planned(project, command="make report").parameters("b")
    assert list(parameters["chapter"]) == sorted(parameters["chapter"])
    assert parameters["results"].startswith("at/results/") and not parameters["results"].endswith("/")
    assert parameters["command"] == "make report"


def test_a_chapter_of_studies_is_given_the_defaults(project):
    assert planned(project).parameters("d")["chapter"]["defaults"]["optimiser"]["name"] == "sgd"


def test_without_further_studies_there_is_no_chapter_for_them(project):
    plan = planned(project)
    assert "further_studies" not in plan.names
    assert not any("further" in file for file in plan.targets())
    assert plan.names[:3] == ["findings", "introduction", "data"] and plan.names[-1] == "reliability"


def test_a_study_without_an_assignment_is_a_chapter_with_further_studies(project):
    add_study(project, "mine")
    plan = planned(project)
    assert plan.names.index("further_studies") == plan.names.index("e") + 1
    assert f"results/{plan.config['run']}/report/further_studies.html" in plan.targets()
    facts = plan.parameters("further_studies")["chapter"]["studies"]
    assert facts["mine"]["inspect"] == ["own_net"] and len(facts) == 1
    assert f"results/{plan.config['run']}/evaluation/own_net/curves.svg" in plan.files("further_studies")
    assert all("mine" not in plan.parameters(letter)["chapter"]["studies"] for letter in "abcde")


def test_a_study_of_an_assignment_joins_its_chapter(project):
    add_study(project, "mine", "assignment: D" + OWN)
    plan = planned(project)
    assert set(plan.parameters("d")["chapter"]["studies"]) == {"mine", "stl10"}
    assert "further_studies" not in plan.names


def test_the_study_and_the_chapter_of_the_readme_are_planned(project, notebooks):
    blocks = re.findall(r"```yaml\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    study = next(block for block in blocks if "config/studies/batch_size.yaml" in block)
    chapter = next(block for block in blocks if block.startswith("chapters:"))
    add_study(project, "batch_size", study)
    assert set(planned(project).parameters("further_studies")["chapter"]["studies"]) == {"batch_size"}
    (notebooks / "batches.ipynb").touch()
    edit(project / "config" / "report.yaml", "chapters:\n", chapter)
    plan = planned(project)
    facts = plan.parameters("batches")["chapter"]
    assert facts["studies"]["batch_size"]["gains"] == [["batch_128", "batch_32"]] and "batch_32" in facts["trainings"]
    assert plan.names[0] == "batches" and "further_studies" not in plan.names


def test_a_chapter_shows_the_source_of_its_networks_and_one_of_mytorch_its_convolution(project):
    plan = planned(project)
    shared = ["architectures/layers.py", "training/loop.py"]
    expected = {
        "e": ["architectures/lenet.py", "architectures/resnet.py", "architectures/resnet18.py", *shared],
        "theory_b": [],
    }
    for chapter, files in {**expected, "mytorch": ["mytorch/convolution.py"]}.items():
        assert plan.sources(chapter) == [f"scripts/cnnatlas/{file}" for file in files]
        assert all((ROOT / file).is_file() for file in plan.sources(chapter))


def test_a_chapter_is_a_notebook_and_its_line(project, notebooks):
    add_study(project, "mine")
    add_study(project, "other", OWN.replace("own_net", "another"))
    (notebooks / "my_chapter.ipynb").touch()
    report = project / "config" / "report.yaml"
    edit(report, "  reliability:", "  my_chapter: [{studies: [mine]}, items]\n  reliability:")
    plan = planned(project)
    assert plan.names[-2:] == ["my_chapter", "reliability"]
    assert set(plan.parameters("my_chapter")["chapter"]["studies"]) == {"mine"}
    assert plan.parameters("my_chapter")["chapter"]["items"] == ITEMS
    assert [study.name for study in plan.further] == ["other"]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  mytorch: [", "  mytorhc: [", "`mytorhc` is no notebook in report/notebooks; did you mean `mytorch`?"),
        ("[trainings,", "[training,", "`training` is no reading; did you mean `trainings`?"),
        ("cats_dogs, cifar10]", "cats_dogs, cifar100]", "`cifar100` is no name for `splits`; did you mean `cifar10`?"),
        ("[dilation,", "[dilatation,", "`dilatation` is no name for `theory`; did you mean `dilation`?"),
        ("{studies: [D]}", "{studies: [stl11]}", "`stl11` is no name for `studies`; did you mean `stl10`?"),
        ("[reliability]", "[{reliability: [cam]}]", "`cam` is no name for `reliability`; known: none"),
        ("[audits]", "[3]", "`chapters.data.0` is 3; text or a mapping of keys is expected"),
        ("{studies: [D]}", "{studies: [D]}, {studies: [E]}", "`d` reads `studies` twice; write one list of names"),
        (
            "  mytorch: [",
            "  explorer: [",
            "the report has a file of its own that is called `explorer`; rename the chapter and its notebook",
        ),
    ],
)
def test_wrong_names_are_one_line_with_a_way_out(project, old, new, message):
    file = project / "config" / "report.yaml"
    edit(file, old, new)
    line = next(number for number, text in enumerate(file.read_text().splitlines(), 1) if new in text)
    with pytest.raises(AtlasError) as caught:
        chapters.load(project)
    assert str(caught.value) == f"config/report.yaml:{line}: {message}"


def test_a_run_of_some_studies_has_their_results_and_no_report(project):
    plan = planned(project, studies=["stl10"])
    assert f"results/{plan.config['run']}/studies/stl10/accuracy.svg" in plan.targets()
    assert not any("/report/" in file for file in plan.targets())
    with pytest.raises(AtlasError, match="the report needs all of them"):
        plan.files("d")
    assert plan.files("theory_b")


def test_what_two_studies_inspect_is_shown_by_the_one_that_trains_it(project):
    more = "[own_net, d2_own, d2_deep]\nshows: [d2_own, d2_deep]\ncompare: "
    shown = OWN.replace("[own_net]", f"{more}[[d2_deep, d2_own], [own_net, d2_own]]")
    add_study(project, "a_first_name", shown)
    plan = planned(project)
    mine = plan.parameters("further_studies")["chapter"]["studies"]["a_first_name"]
    assert mine["inspect"] == ["own_net"]
    assert mine["gains"] == [["own_net", "d2_own"]]
    assert "d2_own" in plan.parameters("d")["chapter"]["studies"]["stl10"]["inspect"]
    assert ["d2_deep", "d2_own"] in plan.parameters("d")["chapter"]["studies"]["stl10"]["gains"]


def test_settings_have_no_chapters_and_every_reading_is_used(project):
    entries, settings = chapters.load(project)
    assert "chapters" not in settings and settings["title"] == "CNN Atlas"
    assert {name for reads in entries.values() for name in reads} == set(READINGS)
