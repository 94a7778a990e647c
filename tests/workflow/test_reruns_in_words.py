"""Why jobs would run again, in words."""

import pytest

from cnnatlas.workflow.dry_run import Job
from cnnatlas.workflow.reruns import causes, differences, explain

TRAINING = Job(
    "train variant=a seed=0",
    ("data/images.npy", "scripts/train.py"),
    ("results/a/weights.safetensors", "results/a/training.json"),
    "Params have changed since last execution: Union of exclusive params before and now across all output: "
    "before: {'epochs': 3, 'optimiser': {'name': 'sgd; or: not', 'rate': 0.1}} "
    "now: {'epochs': 3, 'optimiser': {'name': 'sgd; or: not', 'rate': 0.2}, 'seed': 1}",
)
DRAWING = Job(
    "draw variant=a",
    ("results/a/training.json", "scripts/draw.py"),
    ("results/a.svg",),
    "Missing output files: results/a.svg; Input files updated by another job: results/a/training.json",
)


def test_causes_come_first_and_what_follows_names_its_maker():
    assert explain("results/a.svg", [TRAINING, DRAWING], {}).splitlines() == [
        "results/a.svg: 2 jobs would run, because",
        "the configuration changed: optimiser.rate: 0.1 -> 0.2",
        "    train variant=a seed=0",
        "the configuration changed: seed: absent -> 1",
        "    train variant=a seed=0",
        "results/a.svg is missing",
        "    draw variant=a",
        "and what follows from that:",
        "    draw variant=a: reads what is rebuilt by train variant=a seed=0",
    ]


def test_what_is_up_to_date_is_said_to_be():
    assert explain("results/a.svg", [], {}) == "results/a.svg: nothing would run, it is up to date"


def test_a_changed_file_is_named_once_for_all_its_jobs():
    found = [Job(f"draw variant={v}", ("x.py",), (f"{v}.svg",), "Updated input files: x.py") for v in "ab"]
    assert explain("all.pdf", found, {}).splitlines()[1:] == [
        "x.py has changed since it was read",
        "    draw variant=a",
        "    draw variant=b",
    ]


@pytest.mark.parametrize(("size", "said"), [(1_000_001, "is newer than"), (1_000_000, "has changed since")])
def test_a_large_file_is_said_to_be_newer_and_another_to_have_changed(tmp_path, size, said):
    file = tmp_path / "images.npy"
    file.write_bytes(bytes(size))
    assert causes(Job("train", (), ("w",), f"Updated input files: {file}"), {})[0].startswith(f"{file} {said}")


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (["a.py"], ["b.py is a new input"]),
        (["a.py", "b.py", "c.py"], ["c.py is no longer an input"]),
        (["b.py", "a.py"], ["its inputs are in another order"]),
    ],
)
def test_inputs_that_came_and_went_are_named(before, said):
    job = Job("draw", ("a.py", "b.py"), ("out.svg",), "Set of input files has changed since last execution")
    assert causes(job, {"out.svg": set(before)}) == said


def test_another_reason_of_snakemakes_is_passed_on():
    assert causes(Job("draw", (), ("a",), "Forced execution"), {}) == ["Forced execution"]


def test_reordered_keys_are_called_that():
    assert differences({"a": {"x": 1, "y": 2}}, {"a": {"y": 2, "x": 1}}) == ["a: in another order"]


def test_inputs_that_are_not_recorded_are_called_other_ones():
    job = Job("draw", ("a.py",), ("out.svg",), "Set of input files has changed since last execution")
    assert causes(job, {}) == ["it has other inputs than before"]


def test_what_was_left_incomplete_and_a_changed_environment_are_said():
    reason = "Incomplete output files: a.svg; Software environment definition has changed since last execution"
    assert causes(Job("draw", (), ("a.svg",), reason), {}) == [
        "a.svg was left incomplete",
        "the definition of the software environment changed",
    ]


def test_a_job_that_only_follows_has_no_cause_of_its_own():
    assert causes(Job("draw", (), ("a.svg",), "Input files updated by another job: b.csv"), {}) == []


def test_a_long_value_is_cut():
    (line,) = differences({"a": "x" * 500}, {"a": 1})
    assert line.startswith("a: 'xxx") and line.endswith("... -> 1") and len(line) < 140


def test_params_that_cannot_be_read_are_passed_on():
    said = causes(Job("draw", (), ("a",), "Params have changed since last execution: <nothing known>"), {})
    assert said == ["the configuration's part changed: <nothing known>"]


def test_of_many_makers_three_are_named():
    makers = [Job(f"train variant={v}", (), (f"{v}.csv",), "Forced execution") for v in "abcde"]
    reason = "Input files updated by another job: a.csv, b.csv, c.csv, d.csv, e.csv"
    lines = explain("all.svg", [*makers, Job("draw", (), ("all.svg",), reason)], {}).splitlines()
    assert (
        lines[-1] == "    draw: reads what is rebuilt by train variant=a, train variant=b, train variant=c and 2 others"
    )


def test_of_long_values_the_part_is_shown_in_which_they_differ():
    before = {
        "variants": [{"name": f"variant_{k}", "seeds": [0], "title": "A long title of a variant"} for k in range(9)]
    }
    now = {"variants": [*before["variants"][:-1], {**before["variants"][-1], "seeds": [0, 1]}]}
    (line,) = differences(before, now)
    old, new = line.split(" -> ")
    assert "'seeds': [0], " in old and "'seeds': [0, 1], " in new
    assert old.startswith("variants: ...") and len(line) < 280
