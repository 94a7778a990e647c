"""A finished run of the real embedded study, shrunk."""

import fcntl
import shutil
from pathlib import Path

import pytest

from project import Project, copy_project


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their marks
def pytest_collection_modifyitems(items):
    """What needs the whole run is deep."""
    for item in items:
        if "finished" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.deep)


@pytest.fixture(scope="session")
def finished(tmp_path_factory, worker_id) -> Project:
    """The project after one whole run, archives to report. Tests that edit it must put back what they changed.

    Each worker has a copy of its own; the first that needs one makes the run, and the others wait for it.
    """
    shared = tmp_path_factory.getbasetemp() if worker_id == "master" else tmp_path_factory.getbasetemp().parent
    original, own = shared / "finished", tmp_path_factory.mktemp("project") / "copy"
    with (shared / "finished.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not original.exists():
            whole_run(shared / "unfinished").rename(original)
    shutil.copytree(original, own, symlinks=True)
    return Project(own)


def whole_run(folder: Path) -> Path:
    """The folder, with a copy of the project in it that has made its report and has all its files in git."""
    folder.mkdir(exist_ok=True)  # after a failure the next worker goes on in it, and fails too
    copy_project(folder).finish()
    return folder


@pytest.fixture
def restored(finished):
    """The finished project; whatever a test edits is put back."""
    yield finished
    finished.put_back()
