"""A job that fails is not forgotten, though nothing else has to run."""

import subprocess
import sys

import pytest

from project import ROOT

SNAKEFILE = f"""
import sys
sys.path.insert(0, {str(ROOT / "scripts")!r})
from cnnatlas.workflow import unfinished

if workflow.is_main_process:
    unfinished.run_again()

onsuccess: unfinished.note(workflow.dag)
onerror: unfinished.note(workflow.dag)

rule all:
    input: "b"

rule b:
    input: "a"
    output: "b"
    shell: "cp {{input}} {{output}}"

rule a:
    output: "a"
    params: value=config["value"]
    shell: "test ! -e full && echo {{params.value}} > {{output}}"
"""


@pytest.mark.slow
def test_a_job_that_was_to_run_for_its_parameters_alone_and_failed_runs_again(tmp_path):
    (tmp_path / "Snakefile").write_text(SNAKEFILE)

    def run(value):
        command = [sys.executable, "-m", "snakemake", "--cores", "1", "--config", f"value={value}"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert run(1).returncode == 0 and (tmp_path / "b").read_text() == "1\n"
    (tmp_path / "full").touch()
    assert run(2).returncode == 1 and not (tmp_path / "a").exists() and (tmp_path / "b").read_text() == "1\n"
    (tmp_path / "full").unlink()
    assert run(2).returncode == 0 and (tmp_path / "b").read_text() == "2\n"
    assert "Nothing to be done" in run(2).stderr
