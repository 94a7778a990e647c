"""What a person sees who asks for the impossible: one line, exit status 1, no traceback, nothing left behind."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from project import copy_project, edit

pytestmark = pytest.mark.slow


@pytest.fixture
def fresh(tmp_path):
    return copy_project(tmp_path)


TYPED = ("CONFIG", "RUN", "TARGET", "VARIANT")  # which make takes from the environment too


@pytest.fixture(scope="module")
def make(tmp_path_factory):
    """What `make` says on stderr, in a project whose .venv is there; and that project."""
    folder = copy_project(tmp_path_factory.mktemp("project")).folder
    (folder / ".venv").symlink_to(Path(sys.prefix))

    def make(*arguments: str) -> str:
        command = ["make", "--silent", "--old-file", ".venv/.complete", *arguments]
        own = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS", *TYPED))}
        return subprocess.run(command, cwd=folder, env=own, capture_output=True, text=True, check=False).stderr

    make.folder = folder
    return make


def test_a_wrong_key_stops_before_the_dag_exists(fresh):
    edit(fresh.folder / "config/studies/stl10.yaml", "learning_rate: 0.1", "learning_rate: 1e-1")
    result = fresh.snakemake("--dry-run")
    assert result.returncode == 1
    lines = [line for line in (result.stdout + result.stderr).splitlines() if line.strip()]
    wrong = [line for line in lines if "learning_rate" in line]
    assert len(wrong) == 1
    assert "config/studies/stl10.yaml:" in wrong[0]
    assert "Traceback" not in result.stderr
    assert "Job stats" not in result.stdout


def test_a_configuration_that_cannot_be_read_is_named_with_its_line(fresh):
    """Only --configfile FILE itself is read before the workflow has a say, and `make` reads that before Snakemake."""
    edit(fresh.folder / "config/config.yaml", "collection: ", "collection: [")
    result = fresh.snakemake("--dry-run")
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert line.startswith("error: config/config.yaml:") and "not valid YAML" in line
    assert result.returncode == 1 and "Traceback" not in result.stderr


UNREADABLE = {
    "nope.yaml": (None, "nope.yaml: no such file"),
    "config": (None, "config: cannot be read (Is a directory)"),
    "a.yaml": ("- a", "a.yaml:1: expected `key: value` lines"),
    "b.yaml": ("run: [}", "b.yaml:1: not valid YAML"),
    "c.yaml": ("run: é", "c.yaml: not UTF-8 text"),
}
ASKED = ("check", "plan", "show VARIANT=d1_shallow", "why TARGET=results/embedded/report/report.pdf")


@pytest.mark.parametrize("asked", ASKED)
def test_make_names_a_configuration_that_cannot_be_read(make, asked):
    for name, (text, said) in UNREADABLE.items():
        if text:
            (make.folder / name).write_text(text, encoding="latin-1")
        error = make(*asked.split(), f"CONFIG={name}")
        assert error.startswith(f"error: {said}") and error.count("\n") == 2  # the second is make's


NAMED = (
    "progress RUN",
    "clean-orphans RUN",
    "verify B=x A",
    "compare A=x B",
    "why TARGET",
    "show VARIANT",
    "export VARIANT",
)


@pytest.mark.parametrize("asked", [*NAMED, "plan CORES", "show VARIANT=d1_shallow CONFIG"])
def test_no_recipe_of_make_lets_the_shell_read_what_is_typed(make, asked):
    error = make(*f"{asked}=a(b;c".split())
    assert error.startswith("error: ") and "yntax" not in error, error


def test_an_archive_that_cannot_be_had_is_one_line_with_the_way_out(fresh):
    edit(fresh.folder / "config/tiny.yaml", "collection: embedded", "collection: upstream")
    edit(fresh.folder / "config/datasets.yaml", "https://data.caltech.edu", "http://127.0.0.1:9")
    target = "resources/upstream/archives/caltech-101.zip"
    result = fresh.snakemake(target)
    assert result.returncode == 1
    said = {line for line in result.stderr.splitlines() if line.startswith("error: ")}
    assert len(said) == 1
    line = said.pop()
    assert all(part in line for part in ("caltech-101.zip", "http://127.0.0.1:9", "--config mirror=DIR"))
    assert not (fresh.folder / target).exists()
    assert not list((fresh.folder / "resources/upstream/archives").glob("*"))


def test_a_run_of_some_studies_has_their_results_and_no_report(fresh):
    edit(fresh.folder / "config/tiny.yaml", "run: tiny", "run: tiny\nstudies: [capacity_cifar10, stl10]")
    planned = {rule for rule, _ in fresh.planned()}
    assert {"train", "compare", "figure_gallery"} <= planned and not {"execute", "pdf"} & planned
    result = fresh.snakemake("--dry-run", "results/tiny/report/report.pdf")
    assert result.returncode == 1
    assert "studies: the report needs all of them" in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("target", "said"),
    [
        (
            "models/d1_shalow/seed0/weights.safetensors",
            "no variant `d1_shalow` in this run; did you mean `d1_shallow`?",
        ),
        ("studies/stl10/gains/d2_deep/d1_shallow.svg", "stl10 does not compare d1_shallow with d2_deep"),
    ],
)
def test_a_target_that_cannot_be_names_what_is_wrong(fresh, target, said):
    result = fresh.snakemake("--dry-run", f"results/tiny/{target}")
    assert result.returncode == 1
    assert said in result.stdout + result.stderr


HIDDEN = (
    *("scripts/cnnatlas/architectures/vgg.py", "scripts/cnnatlas/training/augmentations/flip.py"),
    *("scripts/cnnatlas/interpretation/methods/cam.py", "scripts/cnnatlas/interpretation/figures/filters.py"),
    *("scripts/cnnatlas/data/stl10.py", "report/notebooks/d.ipynb", "config/studies/stl10.yaml", "config/cpu.yaml"),
)


def test_hidden_files_beside_any_source_are_nobodys(fresh):
    for file in HIDDEN:
        path = fresh.folder / file
        (path.parent / f".#{path.name}").symlink_to("user@host.1")  # Emacs, while a file is edited
        (path.parent / f"._{path.name}").write_bytes(b"\x00\x05\x16\x07")  # macOS, on other file systems
    assert fresh.planned("models")


def test_a_copy_of_an_architecture_is_refused_with_both_files(fresh):
    family = fresh.folder / "scripts/cnnatlas/architectures/vgg.py"
    family.with_name("vgg_old.py").write_bytes(family.read_bytes())
    result = fresh.snakemake("--dry-run")
    assert result.returncode == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert line.startswith("error: scripts/cnnatlas/architectures/vgg_old.py: `vgg`") and " vgg.py " in line


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("scripts/cnnatlas/training/loop.py", '"""', '<<<<<<< HEAD\n"""'),
        ("report/notebooks/d.ipynb", '"cells": [', '"cells": [\n<<<<<<< HEAD'),
        ("scripts/cnnatlas/configuration/run.py", "import copy", "import copy,"),
        ("scripts/cnnatlas/architectures/lenet.py", "class", "clas"),
    ],
)
def test_a_source_that_cannot_be_parsed_is_one_line(fresh, file, old, new):
    edit(fresh.folder / file, old, new)
    result = fresh.snakemake("--dry-run")
    assert result.returncode == 1
    (line,) = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert line.startswith(f"error: {file}:") and "Traceback" not in result.stderr
