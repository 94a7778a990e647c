"""Comparing two runs: what counts, what is named first, and which cause is given."""

import json
import re
import subprocess
import sys

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.workflow.verification import NOT_COMPARED, STAGES, compare
from project import ROOT

ENVIRONMENT = {
    "python": "3.11.7", "torch": "2.15.0", "numpy": "2.4.6", "system": "Linux x86_64", "cpu": "A processor",
    "cpu_capability": "AVX512", "threads": 1, "device": "cpu", "device_name": "A processor",
}  # fmt: skip
FILES = {
    "models/own/seed0/weights.safetensors": "own weights",
    "models/own/seed0/history.csv": "epoch\n1\n",
    "models/after/seed0/weights.safetensors": "weights that began with own's",
    "evaluation/own/seed0/metrics.json": "{}",
    "evaluation/own/curves.svg": "<svg/>",
    "studies/one/comparison.json": "{}",
    "audit/stl10/samples.png": "picture",
    "foundations/theory/answers.json": "{}",
    "photographs/cat/record.json": "{}",
    "report/a.html": "<html>",
    "report/build/a.json": "{}",
    "report/build/typst/a.typ": "= A",
    "report/media/a/fig-a.svg": "<svg/>",
    "report/report.pdf": "%PDF-",
}
DATA = {"resources/embedded/stl10/images.npy": "pixels"}


def write(folder, files):
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)


def notebook(run):
    """An executed chapter with the run's name among its parameters."""
    cell = {"metadata": {"tags": ["injected-parameters"]}, "source": ["# Parameters\n", f'results = "results/{run}"\n']}
    return json.dumps({"cells": [{"metadata": {}, "source": ["# A"]}, cell]})


def record(folder, variant, base=None, batch_size=32, **environment):
    """Write a training's record."""
    precision = {"dtype": "bfloat16", "channels_last": True, "rule": "a rule"}
    spec = {"base": base, "start": None, "batch_size": batch_size}
    training = {"spec": spec, "environment": {**ENVIRONMENT, **environment}, "precision": precision}
    write(folder, {f"models/{variant}/seed0/training.json": json.dumps(training)})


@pytest.fixture
def runs(tmp_path):
    """The same run in two clones; "after" begins with the weights of "own"."""
    for clone in ("a", "b"):
        results = tmp_path / clone / "results" / "tiny"
        write(results, {**FILES, "report/build/a.ipynb": notebook("tiny")})
        write(tmp_path / clone, DATA)
        record(results, "own")
        record(results, "after", base="own")
    return tmp_path / "a/results/tiny", tmp_path / "b/results/tiny"


def test_every_folder_and_table_of_a_run_has_its_place_in_the_order():
    rules = "".join(path.read_text() for path in (ROOT / "workflow/rules").glob("*.smk"))
    assert set(re.findall(r'"results/{{?run}}?/([^/"]+)', rules)) <= {*STAGES, *NOT_COMPARED}


def test_equal_runs_agree_in_every_file(runs):
    found = compare(*runs)
    assert (found.first, found.cause) == (None, None)
    assert sum(found.agreeing.values()) == len(FILES) + 1 + 2 + len(DATA)  # a notebook, two records
    assert sum(found.differing.values()) == 0
    assert "in all" in found.report() and "first difference" not in found.report()


def test_a_changed_byte_in_weights_is_found_whatever_its_size_and_name(runs):
    weights = runs[1] / "models/own/seed0/weights.safetensors"
    weights.write_text(weights.read_text().replace("own", "Own"))
    found = compare(*runs)
    assert found.first == "models/own/seed0/weights.safetensors"
    assert (found.agreeing["models"], found.differing["models"]) == (4, 1)
    assert found.cause.startswith("the recorded environments agree")


@pytest.mark.parametrize(
    ("changed", "first"),
    [
        (["models/own/seed0/weights.safetensors", "models/after/seed0/weights.safetensors"], "models/own"),
        (["report/report.pdf", "report/build/a.json", "foundations/theory/answers.json"], "foundations/"),
        (["studies/one/comparison.json", "evaluation/own/curves.svg"], "evaluation/own/curves.svg"),
        (["evaluation/own/curves.svg", "evaluation/own/seed0/metrics.json"], "evaluation/own/seed0/metrics.json"),
        (["report/media/a/fig-a.svg", "photographs/cat/record.json"], "photographs/cat"),
        (["report/a.html", "report/media/a/fig-a.svg"], "report/media"),
        (["report/build/typst/a.typ", "report/media/a/fig-a.svg"], "report/media"),
        (["report/build/a.json", "report/build/a.ipynb"], "report/build/a.ipynb"),
        (["models/own/seed0/history.csv", "../../resources/embedded/stl10/images.npy"], "data/embedded/stl10/"),
    ],
)
def test_the_first_difference_in_the_order_of_the_workflow_is_named(runs, changed, first):
    write(runs[1], dict.fromkeys(changed, '{"cells": []}'))
    found = compare(*runs)
    assert found.first.startswith(first)
    assert sum(found.differing.values()) == len(changed)


@pytest.mark.parametrize(
    ("environment", "cause"),
    [
        ({"threads": 2}, "another thread count: 1 and 2"),
        ({"torch": "2.11.0"}, "another torch version: 2.15.0 and 2.11.0"),
        ({"cpu_capability": "AVX2"}, "another CPU capability: AVX512 and AVX2"),
        ({"device": "cuda", "device_name": "A GPU"}, "another device: cpu and cuda; another name of the device"),
        ({"batch_size": 64, "threads": 2}, "another batch_size: 32 and 64; another thread count: 1 and 2"),
    ],
)
def test_the_cause_is_read_from_the_training_that_differs(runs, environment, cause):
    record(runs[1], "own", **environment)
    record(runs[1], "after", base="own", numpy="2.5.0")
    write(runs[1], {"models/own/seed0/weights.safetensors": "other weights"})
    found = compare(*runs)
    assert found.first == "models/own/seed0/weights.safetensors"
    assert found.cause.startswith(cause)
    assert "models/own/seed0/training.json" in found.cause


def test_a_later_difference_looks_at_all_recorded_environments(runs):
    record(runs[1], "own", numpy="2.5.0")
    write(runs[1], {"studies/one/comparison.json": "[]"})
    assert "another NumPy version: 2.4.6 and 2.5.0" in compare(*runs).cause


def test_a_run_of_another_name_is_told_from_its_notebooks(runs):
    write(runs[1], {"report/build/a.ipynb": notebook("other"), "report/report.pdf": "another"})
    assert 'results = "results/tiny" and results = "results/other"' in compare(*runs).cause


def test_a_missing_file_differs_and_the_run_without_it_is_named(runs):
    (runs[1] / "studies/one/comparison.json").unlink()
    found = compare(*runs)
    assert found.first == "studies/one/comparison.json"
    assert found.cause.startswith(f"{runs[0]} has this file and {runs[1]} does not")


def test_measured_times_logs_and_hidden_files_do_not_count(runs):
    measured = ("benchmarks/x.tsv", "logs/x.log", "models/own/seed0/timing.json", "report/media/a/.snakemake_timestamp")
    for number, results in enumerate(runs):
        write(results, {**dict.fromkeys(measured, str(number)), "checkpoints/own/1.pt": str(number)})
    assert compare(*runs).first is None


def test_data_that_only_one_run_was_asked_for_do_not_count(runs):
    write(runs[1].parent.parent, {"resources/upstream/archives/a.zip": "downloaded"})
    assert compare(*runs).first is None


def test_runs_of_one_project_share_their_data(runs):
    other = runs[0].parent / "again"
    runs[1].rename(other)
    found = compare(runs[0], other)
    assert found.first is None
    assert found.agreeing["data"] == 0


def test_a_folder_without_results_is_refused(runs, tmp_path):
    with pytest.raises(AtlasError, match=r"a/results: no results of a run; name its folder"):
        compare(tmp_path / "a/results", runs[1])


def test_the_command_says_what_differs_and_exits_with_one(runs):
    command = [sys.executable, str(ROOT / "scripts/verify.py"), *map(str, runs)]
    assert subprocess.run(command, check=True, capture_output=True).returncode == 0
    (runs[1] / "report/report.pdf").write_text("%pdf-")
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "first difference: report/report.pdf\n" in done.stdout
    wrong = subprocess.run([*command[:3], "nowhere"], check=False, capture_output=True, text=True)
    assert (wrong.returncode, wrong.stderr.count("\n")) == (1, 1)
