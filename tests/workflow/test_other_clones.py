"""A job runs the library of its own project, whatever else Python could find under that name."""

import subprocess
import sys

import pytest
from PIL import Image

from project import ROOT, copy_project

pytestmark = pytest.mark.slow

ENTRY = "\nshades:\n  title: Shades\n  folder: data/shades\n  size: 8\n"
USER = """
import sys

sys.path.insert(0, {other!r})
import cnnatlas


module atlas:
    snakefile:
        {snakefile!r}


use rule * from atlas
"""


@pytest.fixture
def other(tmp_path):
    """The `scripts` of another clone, of which nothing may run."""
    library = tmp_path / "other" / "scripts" / "cnnatlas"
    library.mkdir(parents=True)
    (library / "__init__.py").write_text("print('the library of another clone')\n")
    return str(library.parent)


def test_a_job_imports_its_own_library_before_that_of_pythonpath(tmp_path, other, monkeypatch):
    project = copy_project(tmp_path / "own")
    for shade in (0, 200):
        (project.folder / f"data/shades/{shade}").mkdir(parents=True)
        for name in "abc":  # an image for each split
            Image.new("L", (8, 8), shade).save(project.folder / f"data/shades/{shade}/{name}.png")
    with (project.folder / "config/datasets.yaml").open("a") as stream:
        stream.write(ENTRY)
    monkeypatch.setenv("PYTHONPATH", other)
    result = project.snakemake("resources/embedded/shades/labels.npy")
    assert result.returncode == 0, result.stderr
    assert "another clone" not in result.stdout + result.stderr


def test_two_clones_in_one_workflow_are_refused(tmp_path, other):
    (tmp_path / "Snakefile").write_text(USER.format(other=other, snakefile=str(ROOT / "Snakefile")))
    command = [sys.executable, "-m", "snakemake", "--cores", "1", "--dry-run"]
    result = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    said = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert result.returncode == 1
    assert said == [
        f"error: {other}/cnnatlas/__init__.py is loaded, another clone's library; use one clone only in a workflow"
    ]
