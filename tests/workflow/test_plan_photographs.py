"""The user's photographs: without the key nothing of them is planned, and with it each has jobs of its own."""

import pytest
from test_plan import planned

from cnnatlas.configuration import run as configuration
from cnnatlas.errors import AtlasError
from cnnatlas.workflow.plan import chapters
from cnnatlas.workflow.plan.chapters import Chapters
from project import ROOT, edit

JPEG = b"\xff\xd8\xff\xe0"


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "pictures"
    folder.mkdir()
    for name in ("my cat.jpg", "dog.jpg"):
        (folder / name).write_bytes(JPEG)
    (folder / "notes.txt").write_text("none")
    return folder


def report(plan, root=ROOT):
    entries, _ = chapters.load(root)
    config = {
        "command": "make",
        "photographs": None,
        "datasets": {},
        "pretrained": {"network": "d2_own", "second": "vgg16"},
    }
    return Chapters(plan.paths, config, plan.interpretation, entries, plan.items, str, plan.photographs)


def jobs(plan):
    """What each photograph's jobs read and are given."""
    shown = plan.photographs
    shared = (shown.weights(), shown.sources(), shown.figure_spec())
    return {name: (shown.file(name), shown.spec(name), *shared) for name in shown.names}


def test_without_the_key_there_is_no_chapter_and_no_job(pictures):
    none, some = planned(ROOT, "embedded"), planned(ROOT, "embedded", photographs=str(pictures))
    before, after = report(none), report(some)
    assert jobs(none) == {} and "photographs" not in before.names
    assert after.names == [*before.names, "photographs"]
    run = "results/embedded/report/photographs"
    assert [file for file in after.targets() if file not in before.targets()] == [f"{run}.html", f"{run}.ipynb"]
    for chapter in before.names:  # the last chapter, so that no other one is renumbered
        assert before.parameters(chapter) == after.parameters(chapter)
        assert before.files(chapter) == after.files(chapter)
    assert none.checks.texts(ROOT, none.items) == some.checks.texts(ROOT, some.items)


def test_each_photograph_is_a_job_that_depends_on_no_other_photograph(pictures):
    before = jobs(planned(ROOT, "embedded", photographs=str(pictures)))
    assert [file for file, *_ in before.values()] == [f"{pictures}/dog.jpg", f"{pictures}/my cat.jpg"]
    (pictures / "another.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    after = jobs(planned(ROOT, "embedded", photographs=str(pictures)))
    assert len(after) == 3 and before.items() <= after.items()
    (pictures / "dog.jpg").unlink()
    plan = planned(ROOT, "embedded", photographs=str(pictures))
    assert not any("/dog-" in file for file in plan.photographs.files())
    with pytest.raises(AtlasError, match=r"`dog-jpg-\w+` is no longer in the folder"):
        plan.photographs.file(next(name for name in before if name.startswith("dog")))


def test_the_chapter_reads_answers_figures_and_what_its_networks_are_worth(pictures):
    plan = planned(ROOT, "embedded", photographs=str(pictures))
    files, (dog, _) = plan.photographs.files(), plan.photographs.names
    run = "results/embedded"
    assert {f"{run}/photographs/{dog}/record.json", f"{run}/photographs/{dog}/photograph.png"} <= set(files)
    assert f"{run}/evaluation/a2b_final/seed0/metrics.json" in files
    facts = report(plan).parameters("photographs")["chapter"]
    assert facts["skipped"] == [{"file": "notes.txt", "reason": "not an image"}]
    assert facts["photographs"][dog] == "dog.jpg" and "cifar10" in facts["drawn"]
    assert facts["folder"] == str(pictures)  # given with --config, which commands must repeat
    assert {each["column"] for each in facts["networks"].values()} == {
        plan.atlas.datasets[name]["title"] for name in plan.atlas.datasets
    }


def test_a_commands_folder_is_quoted_for_the_shell(tmp_path):
    folder = tmp_path / "it's mine"
    folder.mkdir()
    (folder / "a.jpg").write_bytes(JPEG)
    plan = planned(ROOT, "embedded", photographs=str(folder))
    assert plan.photographs.facts()["folder"] == f"'{tmp_path}/it'\"'\"'s mine'"


def test_a_folder_of_a_configuration_file_needs_no_naming(project, pictures):
    edit(project / "config" / "embedded.yaml", "run: embedded", f"photographs: {pictures}\nrun: embedded")
    assert planned(project, "embedded").photographs.facts()["folder"] is None


def test_a_relative_folder_is_seen_from_where_it_was_typed(pictures):
    config, files = configuration.completed(ROOT, {"photographs": "pictures"}, [])
    plan = planned.__globals__["run"].load(ROOT, config | {"gpus": 0}, files, str(pictures.parent))
    assert plan.photographs.file(next(iter(plan.photographs.names))) == f"{pictures}/dog.jpg"


def test_a_pretrained_network_sees_photographs_at_the_runs_resolution(pictures):
    plan = planned(ROOT, photographs=str(pictures))
    networks = plan.photographs.spec(next(iter(plan.photographs.names)))["networks"]
    assert {each["name"]: each["published"] for each in networks} == {
        "squeezenet1_1": 224, "a2b_final": None, "d2_own": None, "c1c_basic": None, "e1b_own": None,
    }  # fmt: skip
    assert plan.photographs.weights()[0].endswith("/squeezenet1_1-b8a52dc0.pth")
    assert "scripts/cnnatlas/architectures/published.py" in plan.photographs.sources()
    assert plan.photographs.facts()["networks"]["squeezenet1_1"]["seed"] is None


def test_networks_and_methods_for_photographs_are_tried_before_anything_trains(pictures):
    none, some = planned(ROOT, "embedded"), planned(ROOT, "embedded", photographs=str(pictures))
    new = [each for each in some.checks.networks()["trials"] if each not in none.checks.networks()["trials"]]
    assert {(each["name"], each["method"]) for each in new} >= {("a2b_final", "occlusion"), ("e1b_own", "occlusion")}
    assert len(some.checks.networks()["trials"]) == len(some.checks.places()["trials"])


def test_a_name_that_no_font_has_is_checked(pictures):
    (pictures / "käse.jpg").write_bytes(JPEG)
    plan = planned(ROOT, "embedded", photographs=str(pictures))
    assert plan.checks.texts(ROOT, [])["käse.jpg"] == "photographs: käse.jpg"


def test_a_run_of_some_studies_has_the_answers_of_their_networks(pictures):
    plan = planned(ROOT, "embedded", photographs=str(pictures), studies=["stl10"])
    networks = plan.photographs.spec(next(iter(plan.photographs.names)))["networks"]
    assert "d2_own" in [each["name"] for each in networks] and {each["name"] for each in networks} <= set(
        plan.atlas.specs
    )
    assert set(plan.photographs.files()) <= set(report(plan).targets())


def test_photographs_that_no_network_sees_are_refused(project, pictures):
    file = project / "config" / "interpretation.yaml"
    before, _, _ = file.read_text().partition("\nphotographs:\n")
    file.write_text(f"{before}\nphotographs: {{}}\n")
    planned(project, "embedded").photographs.check()
    with pytest.raises(AtlasError, match=r"^--config: `photographs`: this run trains none of the networks"):
        planned(project, "embedded", photographs=str(pictures)).photographs.check()


def test_a_report_without_the_chapter_is_refused(project):
    edit(project / "config" / "report.yaml", "  photographs: [photographs]\n", "")
    entries, _ = chapters.load(project)
    chapters.check_photographs(entries, {"photographs": None})
    with pytest.raises(AtlasError, match="no chapter reads `photographs`"):
        chapters.check_photographs(entries, {"photographs": "pictures"})


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  a2b_final: {gradient: {}, cam", "  a2b_finl: {gradient: {}, cam", "`a2b_finl` is unknown; did you mean"),
        ("grad_cam: {}, occlusion: {patch: 12, stride: 6}}\n  e1b", "fooling: {}}\n  e1b", "`fooling` is unknown"),
        ("{patch: 8, stride", "{patsh: 8, stride", "`patsh` is unknown; did you mean `patch`?"),
        ("stride: 4}, response: {}", "stride: 4}, response: {scales: [2.0]}", "shown at one scale"),
    ],
)
def test_wrong_names_are_one_line_with_a_way_out(project, old, new, message):
    edit(project / "config" / "interpretation.yaml", old, new)
    with pytest.raises(AtlasError) as caught:
        planned(project, "embedded")
    assert message in str(caught.value) and str(caught.value).startswith("config/interpretation.yaml:")


def test_of_the_runs_own_network_the_entry_by_name_counts():
    shown = planned(ROOT, "embedded").interpretation.configured.photographs
    assert list(shown) == ["a2b_final", "d2_own", "c1c_basic", "e1b_own"]  # `pretrained` is d2_own here
    assert shown["d2_own"].methods["occlusion"] == {"patch": 16, "stride": 8}
