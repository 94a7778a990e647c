"""A finished run of the real embedded study, shrunk."""

import subprocess

import pytest

from project import Project, copy_project


@pytest.fixture(scope="session")
def finished(tmp_path_factory) -> Project:
    """The project after one whole run, archives to report. Tests that edit it must put back what they changed."""
    project = copy_project(tmp_path_factory.mktemp("project"))
    result = project.snakemake()
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-6000:]
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*git, *arguments], cwd=project.folder, check=True)
    return project


@pytest.fixture
def restored(finished):
    """The finished project; whatever a test edits is put back."""
    yield finished
    for arguments in (["checkout", "-q", "main", "--", "."], ["clean", "-fdq", "config", "scripts", "report"]):
        subprocess.run(["git", *arguments], cwd=finished.folder, check=True)
