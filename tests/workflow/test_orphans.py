"""Files that a run no longer makes are listed, and removed only when told so."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

import orphans as script
import why
from cnnatlas.workflow.orphans import orphans, remove, summary
from project import ROOT

RUN = Path("results/a")
MADE = ["results/a/models/x/weights", "results/a/logs/train/x/seed0.log", "results/a/report/media/a"]
BENCHMARKS = ["results/a/benchmarks/train/x/seed0.tsv", "results/a/benchmarks/times.csv"]
BENCHMARKS += ["results/a/benchmarks/trainings.csv"]
KEPT = [*MADE[:2], "results/a/report/media/a/1.png", *BENCHMARKS]
IN_PROGRESS = "results/a/checkpoints/y/seed0/1.checkpoint"
GONE = ["results/a/benchmarks/train/y/seed0.tsv", "results/a/models/y/weights", "results/a/report/media/b/1.png"]


def write(file):
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("content")


@pytest.fixture
def run(tmp_path):
    for file in (*KEPT, IN_PROGRESS, *GONE, "results/b/models/y/weights"):
        write(tmp_path / file)
    return tmp_path


def test_only_files_that_no_job_makes_are_orphans(run):
    assert orphans(run, RUN, MADE) == GONE


def test_what_is_made_on_request_is_none_while_its_network_is_evaluated(tmp_path):
    rules = (ROOT / "workflow/rules/evaluate.smk").read_text()
    files = re.findall(r'"results/{run}/(evaluation/{variant}/[^"]+)"', rules)
    files += re.findall(r'"results/{run}/((?:logs|benchmarks)/\w+/{variant}[/.][^"]+)"', rules)
    assert len(files) > 15
    for name in ("x", "y"):
        for file in files:
            write(tmp_path / RUN / file.format(variant=name, seed=3))
    evaluated = ("metrics.json", "confusion.npz", "similarity.json", "extremes.csv")
    made = [f"results/a/evaluation/x/seed3/{name}" for name in evaluated] + ["results/a/logs/evaluate/x/seed3.log"]
    left = sorted({f"results/a/{file.format(variant='y', seed=3)}" for file in files})
    assert orphans(tmp_path, RUN, made) == left


PHOTOGRAPH = "results/a/photographs/cat/record.json"
OF_PHOTOGRAPHS = [PHOTOGRAPH, "results/a/report/photographs.html", "results/a/report/media/photographs/1.png"]
OF_PHOTOGRAPHS += ["results/a/report/build/photographs.ipynb", "results/a/logs/figure_photograph/cat.log"]


@pytest.mark.parametrize(
    ("chapters", "made", "left"),
    [
        (["a", "photographs"], [], []),  # --config photographs=FOLDER, which no plan of another command sees
        (None, [], []),
        (["a"], [], OF_PHOTOGRAPHS),
        (["a", "photographs"], [PHOTOGRAPH], OF_PHOTOGRAPHS[1:]),  # of the configuration: the plan is exact
    ],
)
def test_photographs_are_none_while_the_report_may_show_them(tmp_path, chapters, made, left):
    for file in OF_PHOTOGRAPHS:
        write(tmp_path / file)
    labels = tmp_path / RUN / "report/build/labels.json"
    if chapters:
        labels.write_text(json.dumps({"contents": [{"chapter": chapter} for chapter in chapters]}))
    assert orphans(tmp_path, RUN, [*made, labels.relative_to(tmp_path).as_posix()]) == sorted(left)


def test_removing_them_leaves_all_else_and_no_empty_folder(run):
    remove(run, RUN, orphans(run, RUN, MADE))
    left = sorted(path.relative_to(run).as_posix() for path in run.rglob("*") if path.is_file())
    assert left == sorted([*KEPT, IN_PROGRESS, "results/b/models/y/weights"])
    assert not (run / "results/a/models/y").exists() and not (run / "results/a/report/media/b").exists()
    assert orphans(run, RUN, MADE) == []


def test_what_happens_is_said(run):
    assert summary(run, RUN, [], remove=True) == "results/a: every file is one that this run makes"
    assert summary(run, RUN, GONE, remove=False).endswith("no longer makes; add REMOVE=yes to remove them")
    assert summary(run, RUN, GONE, remove=True).startswith("results/a: 3 files (0.0 MiB)")


@pytest.fixture
def refused(monkeypatch):
    """What the command says of a run that it refuses."""

    def said(run):
        monkeypatch.setattr(sys, "argv", ["orphans.py", run])
        with pytest.raises(SystemExit) as ended:
            script.main()
        return ended.value.code

    return said


def test_a_run_is_the_same_however_its_path_is_typed(tmp_path):
    (tmp_path / "link").symlink_to(ROOT)
    for typed in ("results/a", "./results/b/../a/", ROOT / "results/a", tmp_path / "link/results/a"):
        assert why.inside("RUN", str(typed)) == RUN


@pytest.mark.parametrize("run", ["results", "results/embedded/export", "config", "nowhere", str(ROOT)])
def test_what_is_no_run_is_refused(refused, run):
    assert refused(run) == f"error: RUN={run}: no such run; name its folder, such as results/embedded"


def test_a_run_elsewhere_is_one_line_and_nobody_is_told_to_remove_it(refused, run):
    assert re.fullmatch(r"error: RUN=/.*: not in /.*; name a path below it", refused(str(run / RUN)))


def test_a_run_without_a_configuration_is_not_said_to_be_made_by_nothing(refused, tmp_path, monkeypatch):
    (tmp_path / RUN).mkdir(parents=True)
    for module in (script, why):
        monkeypatch.setattr(module, "ROOT", tmp_path)
    assert refused("results/a").endswith("`run: a`, which would tell what this run makes; put its configuration there")


@pytest.mark.slow
def test_a_finished_run_has_none_until_a_variant_goes(restored):
    command = [sys.executable, "scripts/orphans.py", "results/tiny"]
    said = subprocess.run(command, cwd=restored.folder, capture_output=True, text=True, check=True).stdout
    assert said == "results/tiny: every file is one that this run makes\n"
    study = restored.folder / "config/studies/dense_head_cifar10.yaml"
    text = study.read_text()
    start, end = text.index("  a2a_narrower:"), text.index("  a2a_augmented:")
    study.write_text((text[:start] + text[end:]).replace("  - [a2a_narrower, a2a_vgg]\n", ""))
    said = subprocess.run(command, cwd=restored.folder, capture_output=True, text=True, check=True).stdout
    *files, last = said.splitlines()
    assert "results/tiny/models/a2a_narrower/seed0/weights.safetensors" in files and "add REMOVE=yes" in last
    assert all("/a2a_narrower/" in file and (restored.folder / file).exists() for file in files)
