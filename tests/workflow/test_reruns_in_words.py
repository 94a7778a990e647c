"""Why jobs would run again, in words."""

import base64
import json

import pytest

from cnnatlas.workflow.reruns import Job, causes, differences, explain, jobs

DRY_RUN = """Building DAG of jobs...
[Sat Nov 21 09:14:12 2026]
rule train:
    input: data/images.npy, scripts/train.py
    output: results/a/weights.safetensors, results/a/training.json
    log: results/logs/a.log
    jobid: 7
    reason: Params have changed since last execution: Union of exclusive params before and now across all output: \
before: {'epochs': 3, 'optimiser': {'name': 'sgd; or: not', 'rate': 0.1}} \
now: {'epochs': 3, 'optimiser': {'name': 'sgd; or: not', 'rate': 0.2}, 'seed': 1}
    wildcards: run=full, variant=a, seed=0
    resources: tmpdir=/tmp
[Sat Nov 21 09:14:12 2026]
rule draw:
    input: results/a/training.json, scripts/draw.py
    output: results/a.svg
    reason: Missing output files: results/a.svg; Input files updated by another job: results/a/training.json
    wildcards: run=full, variant=a
localrule all:
    input: results/a.svg
    jobid: 0
    reason: Input files updated by another job: results/a.svg
"""


def test_causes_come_first_and_what_follows_names_its_maker():
    assert explain("results/a.svg", jobs(DRY_RUN)).splitlines() == [
        "results/a.svg: 2 jobs would run, because",
        "the configuration changed: optimiser.rate: 0.1 -> 0.2",
        "    train variant=a seed=0",
        "the configuration changed: seed: absent -> 1",
        "    train variant=a seed=0",
        "results/a.svg is missing",
        "    draw variant=a",
        "and what follows from that:",
        "    draw variant=a: reads what is made anew by train variant=a seed=0",
    ]


def test_what_is_up_to_date_is_said_to_be():
    assert (
        explain("results/a.svg", jobs("Nothing to be done.\n")) == "results/a.svg: nothing would run, it is up to date"
    )


def test_a_changed_file_is_named_once_for_all_its_jobs(tmp_path):
    found = [Job(f"draw variant={v}", ("x.py",), (f"{v}.svg",), "Updated input files: x.py") for v in "ab"]
    assert explain("all.pdf", found).splitlines()[1:] == [
        "x.py has another content than when it was read",
        "    draw variant=a",
        "    draw variant=b",
    ]


def test_a_large_file_is_said_to_be_newer(tmp_path):
    large = tmp_path / "images.npy"
    large.write_bytes(bytes(1_000_001))
    assert "by time" in causes(Job("train", (), ("w",), f"Updated input files: {large}"))[0]


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (["a.py"], ["b.py is an input now"]),
        (["a.py", "b.py", "c.py"], ["c.py is no input any more"]),
        (["b.py", "a.py"], ["its inputs are in another order"]),
    ],
)
def test_inputs_that_came_and_went_are_named(tmp_path, before, said):
    (tmp_path / base64.b64encode(b"out.svg").decode()).write_text(json.dumps({"input": before}))
    job = Job("draw", ("a.py", "b.py"), ("out.svg",), "Set of input files has changed since last execution")
    assert causes(job, tmp_path) == said


def test_another_reason_of_snakemakes_is_passed_on():
    assert causes(Job("draw", (), ("a",), "Forced execution")) == ["Forced execution"]


def test_reordered_keys_are_called_that():
    assert differences({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}) == ["a: in another order"]
