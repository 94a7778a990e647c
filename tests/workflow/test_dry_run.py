"""What Snakemake itself says of jobs, held against the installed version."""

import json
import shutil
import subprocess
import sys

import pytest
import snakemake
from snakemake.jobs import Reason

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import dry_run
from project import ROOT

WORKFLOW = """
if config.get("wrong"):
    sys.exit("error: config.yaml:1: `wrong` is true")

class AtlasError(Exception): pass

def refuse(w):
    raise AtlasError("no variant `a`; did you mean `b`?")

rule refused:
    input: refuse
    output: "refused"

rule copy:
    input: config["read"]
    output: "{name}.copy", "{name}.log"
    params: spec={"rate": config["rate"]}
    shell: "cp {input} {output[0]}; touch {output[1]}"

rule join:
    input: "a.copy", config["read"]
    output: "joined"
    shell: "cat {input} > {output}"

rule all:
    input: "joined"
"""
WRITTEN_FOR = "9.27"
CONFIG = "config/embedded.yaml"


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A finished run of a small workflow, with the project's plugins."""
    folder = tmp_path_factory.mktemp("workflow")
    (folder / "Snakefile").write_text(WORKFLOW)
    (folder / "config.yaml").write_text("{rate: 0.1, read: [one]}")
    for name in ("one", "two"):
        (folder / name).write_text(name)
    shutil.copytree(ROOT / dry_run.PLUGINS, folder / dry_run.PLUGINS)
    command = [sys.executable, "-m", "snakemake", "--configfile", "config.yaml", "--cores", "1"]
    subprocess.run([*command, "joined"], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def answered(monkeypatch):
    """Puts an answer in the place of Snakemake's; returns what it was called with."""
    called = []

    def answer(code: int, out: str = "", err: str = "") -> list:
        done = subprocess.CompletedProcess([], code, out, err)
        monkeypatch.setattr(dry_run.subprocess, "run", lambda *a, **k: called.append((a, k)) or done)
        return called

    return answer


def test_rules_that_only_collect_files_are_no_jobs(answered):
    fields = {"wildcards": {"run": "full", "collection": "upstream", "seed": "0"}, "inputs": ["a"], "reason": ""}
    lines = [
        json.dumps({"rule": rule, "outputs": outputs} | fields) for rule, outputs in (("all", []), ("draw", ["b"]))
    ]
    called = answered(0, "\n".join(lines))
    assert dry_run.jobs(ROOT, "b", CONFIG) == [dry_run.Job("draw seed=0", ("a",), ("b",), "")]
    (((command,), options),) = called
    assert command[-3:] == ["--dry-run", "--", "b"] and options["cwd"] == ROOT
    assert options["env"]["PYTHONPATH"] == str(ROOT / "workflow/plugins")


@pytest.mark.parametrize(
    ("printed", "said"),
    [
        ("Building\nError:\n  AtlasError: no variant `a`\nTraceback:\n  File x\n", "no variant `a`"),
        ("Using profile\nerror: config.yaml:1: wrong\n", "config.yaml:1: wrong"),
        ("Using profile\nMissingRuleException:\nNo rule to produce a\n", "MissingRuleException: No rule to produce a"),
    ],
)
def test_why_there_is_no_plan_is_one_line(answered, printed, said):
    answered(1, err=printed)
    with pytest.raises(AtlasError) as e:
        dry_run.jobs(ROOT, "a", CONFIG)
    assert str(e.value) == f"TARGET=a: Snakemake has no plan for it: {said}"


@pytest.mark.slow
def test_a_finished_target_needs_no_job(run):
    assert dry_run.jobs(run, "joined", "config.yaml") == []


@pytest.mark.slow
def test_jobs_come_with_their_files_and_the_reason(run):
    (run / "changed.yaml").write_text("{rate: 0.2, read: [one, two]}")
    copy, join = dry_run.jobs(run, "all", "changed.yaml")  # and not the rule that only collects files
    assert (copy.name, copy.inputs, copy.outputs) == ("copy name=a", ("one", "two"), ("a.copy", "a.log"))
    assert copy.of("inputs") == ""
    assert "{'rate': 0.1}" in copy.of("params") and "{'rate': 0.2}" in copy.of("params")
    assert copy.of("missing") is None
    assert (join.name, join.files("derived"), join.of("params")) == ("join", ["a.copy"], None)


@pytest.mark.slow
def test_what_a_finished_job_read_is_known(run):
    assert dry_run.recorded_inputs(run, "joined", "config.yaml") == {
        "a.copy": {"one"},
        "a.log": {"one"},
        "joined": {"a.copy", "one"},
    }


@pytest.mark.slow
def test_what_has_not_run_has_no_record(run):
    assert dry_run.recorded_inputs(run, "b.copy", "config.yaml") == {}


@pytest.mark.slow
def test_a_target_without_a_plan_is_one_line(run):
    with pytest.raises(
        AtlasError, match=r"TARGET=nothing: Snakemake has no plan for it: .*No rule to produce nothing"
    ) as e:
        dry_run.jobs(run, "nothing", "config.yaml")
    assert "\n" not in str(e.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("config", "said"),
    [("config.yaml", "no variant `a`; did you mean `b`?"), ("wrong.yaml", "config.yaml:1: `wrong` is true")],
)
def test_an_error_of_the_workflows_own_is_said_alone(run, config, said):
    (run / "wrong.yaml").write_text("{rate: 0.1, read: [one], wrong: true}")
    with pytest.raises(AtlasError) as e:
        dry_run.jobs(run, "refused", config)
    assert str(e.value) == f"TARGET=refused: Snakemake has no plan for it: {said}"


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("missing", "_missing_output", {"a"}),
        ("incomplete", "_incomplete_output", {"a"}),
        ("updated", "_updated_input", {"a"}),
        ("derived", "_updated_input_run", {"a"}),
        ("inputs", "input_changed", True),
        ("params", "params_changed", "a"),
        ("environment", "software_stack_changed", True),
        ("forced", "forced", True),
    ],
)
def test_the_headings_are_those_of_the_installed_snakemake(kind, attribute, value):
    reason = Reason()
    setattr(reason, attribute, value)
    for lazy in ("missing_output", "incomplete_output", "updated_input", "updated_input_run"):
        if attribute == f"_{lazy}":
            assert getattr(reason, lazy) == {"a"}
    said = dry_run.Job("a", (), (), str(reason)).of(kind)
    assert said == ("a" if value in ({"a"}, "a") else ""), (
        f"dry_run.HEADINGS were written for Snakemake {WRITTEN_FOR}; {snakemake.__version__} says {str(reason)!r}"
    )
