import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.workflow.places import check, check_writable
from project import ROOT

PLAIN = "/home/josé-b_c.d+e/~x#1,2=3@4%"


@pytest.mark.parametrize("odd", list(" \t'\"\\$&()<>|;*?[]{}`!"))
def test_a_python_that_a_shell_would_not_find_is_refused(odd):
    with pytest.raises(AtlasError, match=r"path of the Python .*move the project"):
        check(Path("/project"), f"/home/a{odd}b/python")


def test_a_project_in_which_snakemake_would_look_for_wildcards_is_refused():
    with pytest.raises(AtlasError, match=r"/a\{b\}: .*path of the project .*move the project"):
        check(Path("/a{b}"), "/usr/bin/python")


def test_a_project_whose_folder_would_be_two_of_pythons_is_refused():
    with pytest.raises(AtlasError, match=r"/a:b: .*path of the project has ':' in it"):
        check(Path("/a:b"), "/usr/bin/python")


def test_other_paths_are_taken():
    check(Path("/home/my project (2)"), f"{PLAIN}/python")


@pytest.mark.parametrize("there", [False, True])
def test_a_folder_that_cannot_be_written_to_is_no_place_for_a_run(tmp_path, there):
    if there:
        (tmp_path / ".snakemake").symlink_to("/proc")  # where root, who may write everywhere, makes no file either
    else:
        (tmp_path / ".snakemake").touch()
    with pytest.raises(AtlasError, match=r"/\.snakemake: it cannot be written to \(.*\); .*--directory FOLDER"):
        check_writable(tmp_path)


def test_a_folder_of_ones_own_is_left_as_it_was(tmp_path):
    for _ in range(2):
        check_writable(tmp_path)
    assert [path.name for path in tmp_path.rglob("*")] == [".snakemake"]


def make(folder, **variables):
    shutil.copytree(ROOT / "scripts", folder / "scripts")
    for name in ("Makefile", "requirements.lock"):
        shutil.copy(ROOT / name, folder / name)
    command = ["make", "report", *(f"{name}={value}" for name, value in variables.items())]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode and not (folder / ".venv").exists()
    return done.stderr.splitlines()[0]


def test_make_refuses_before_it_installs_anything(tmp_path):
    folder = tmp_path / "my project"
    folder.mkdir()
    assert make(folder, PYTHON=sys.executable).startswith(f"error: {folder}/.venv/bin/python: Snakemake starts no jobs")


def test_make_names_a_python_that_is_too_new(tmp_path):
    python = tmp_path / "python"
    code = "import sys\nsys.version_info = (3, 14, 0, 'final', 0)\nexec(sys.argv[2])\n"
    python.write_text(f"#!{sys.executable}\n{code}")
    python.chmod(0o755)
    assert make(tmp_path, PYTHON=python).startswith("Python 3.11, 3.12 or 3.13 is needed, and this is 3.14: ")


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "folder"), [("../archives", "archives"), ("~/archives", "home/archives")])
def test_a_relative_mirror_is_taken_from_where_it_was_typed(tmp_path, typed, folder):
    (tmp_path / "launch").mkdir()
    (tmp_path / folder).mkdir(parents=True)
    rule = (
        'rule seen:\n    output: "seen"\n    params: seen=lambda w: mirror()\n    shell: "echo {params} > {output}"\n'
    )
    (tmp_path / "Snakefile").write_text(f'include: "{ROOT}/workflow/rules/common.smk"\n{rule}')
    options = ["-s", "../Snakefile", "--directory", "../work", "--config", f"mirror={typed}", "--cores", "1"]
    own = os.environ | {"PWD": str(tmp_path / "launch"), "HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "snakemake", *options]
    subprocess.run(command, cwd=tmp_path / "launch", env=own, capture_output=True, check=True)
    assert Path((tmp_path / "work" / "seen").read_text().strip()).resolve() == tmp_path / folder
