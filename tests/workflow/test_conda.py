"""`--use-conda`: environments that are solved and installed, jobs that run in them, and what it reruns: nothing.

And containers, as far as a dry run goes.

What is called conda here is a stand-in (a solver and installer of conda packages from PyPI, on a local channel).
"""

import importlib.metadata
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from reruns_expected import CHAPTERS, after, jobs

from project import ROOT, Project, copy_project, keep_chapters

STANDIN = ROOT.parent / "shared" / "tools" / "conda-standin.sh"
MODEL = "results/tiny/models/e1a_lenet5/seed0/weights.safetensors"
FIGURE = "results/tiny/evaluation/e1a_lenet5/seed0/confusion.svg"
PDF = "results/tiny/report/report.pdf"
CONDA = """#!/bin/sh
case $1 in
info) echo '{"conda_prefix": "/", "platform": "linux-64"}' ;;
config) echo '{"get": {"channel_priority": "strict"}}' ;;
--version) echo conda 25.3.1 ;;
esac
"""
APPTAINER = """#!/bin/bash
[ "$1" = --version ] && echo apptainer version 1.3.4 || sh -c "${@: -1}"
"""


@pytest.fixture
def conda(tmp_path, monkeypatch):
    """All that a dry run asks of conda."""
    program = tmp_path / "conda"
    program.write_text(CONDA)
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")


@pytest.fixture
def apptainer(tmp_path, conda):
    """All that a dry run asks of apptainer: its version, and to ask conda inside an image."""
    program = tmp_path / "apptainer"
    program.write_text(APPTAINER)
    program.chmod(0o755)


@pytest.fixture
def small(tmp_path) -> Iterator[Project]:
    """A project whose report has one chapter, and which trains one network for its figures."""
    project = copy_project(tmp_path)
    keep_chapters(project, "mytorch", items="A1")
    yield project
    shutil.rmtree(project.folder / ".snakemake", ignore_errors=True)  # 7 GB, which pytest would keep for three runs


@pytest.fixture
def standin(tmp_path_factory, monkeypatch):
    """A stand-in for conda on the PATH."""
    if not STANDIN.exists():
        pytest.skip("no stand-in for conda here")
    rig = tmp_path_factory.mktemp("conda")
    environment = os.environ | {"RIG_PYTHON": sys.executable}
    done = subprocess.run(["bash", STANDIN, rig], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    monkeypatch.setenv("PATH", f"{rig / 'base' / 'condabin'}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONNOUSERSITE", "1")
    monkeypatch.setenv("PIP_NO_COMPILE", "1")  # a few jobs do not earn back the minute that compiling takes


def test_conda_reruns_nothing_of_a_finished_run(finished, conda):
    assert finished.planned("--use-conda") == Counter()


@pytest.mark.parametrize("arguments", [(), ("--use-conda",)], ids=["without", "with"])
def test_editing_the_reports_packages_renders_anew_and_never_retrains(restored, conda, arguments):
    restored.edit("workflow/envs/report.yaml", "typst==", "typst==1")
    assert restored.planned(*arguments) == after(jobs(execute=CHAPTERS))


@pytest.mark.parametrize(
    "image", [(), ("--config", "image=docker://registry.example.org/cnn-atlas")], ids=["base", "own"]
)
def test_containers_rerun_nothing_of_a_finished_run(finished, apptainer, image):
    assert finished.planned("--sdm", "conda", "apptainer", *image) == Counter()


def test_containers_without_conda_are_refused_in_one_line(finished):
    done = finished.snakemake("--dry-run", "--sdm", "apptainer")
    assert done.returncode == 1
    said = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(said) == 1 and "--sdm conda apptainer" in said[0]


@pytest.mark.deep
@pytest.mark.xdist_group("conda")
def test_the_launcher_starts_jobs_in_environments_of_their_own(small, standin):
    """From archives to a trained network, its figure, and a report as PDF; without conda, nothing is left to do."""
    launcher = small.folder / "launcher"
    command = ["conda", "env", "create", "--quiet", "--file", "workflow/envs/launcher.yaml", "--prefix", launcher]
    subprocess.run(command, cwd=small.folder, check=True)
    started = replace(small, python=str(launcher / "bin" / "python"))
    done = started.snakemake("--use-conda", "--printshellcmds", MODEL, FIGURE, PDF)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-6000:]
    assert (small.folder / PDF).read_bytes().startswith(b"%PDF-")
    activated = set(re.findall(r"Activating conda environment: (\S+)", done.stdout + done.stderr))
    assert len(activated) == 3
    for folder in activated:
        environment = small.folder / folder
        assert wrong_versions(environment, environment.with_name(f"{environment.name}.yaml")) == []
    assert wrong_versions(launcher, small.folder / "workflow/envs/launcher.yaml") == []
    assert started.planned("--use-conda", MODEL, FIGURE, PDF) == Counter()
    assert small.planned(MODEL, FIGURE, PDF) == Counter()


def wrong_versions(environment: Path, file: Path) -> list[str]:
    """The pins of an env yaml, of those for this platform, that are not installed in an environment."""
    folder = next(environment.glob("lib/python3.*/site-packages"))
    found = importlib.metadata.distributions(path=[str(folder)])
    # of a package of conda's that pip has replaced, a folder without a name is left
    installed = {canonicalize_name(package.name): package.version for package in found if package.name}
    pins = map(Requirement, yaml.safe_load(file.read_text())["dependencies"][-1]["pip"])
    wanted = [pin for pin in pins if pin.marker is None or pin.marker.evaluate()]
    return [str(pin) for pin in wanted if installed.get(pin.name) not in pin.specifier]
