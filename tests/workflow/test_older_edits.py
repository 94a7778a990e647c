"""A source that changed is newer than the run before, whatever time it was given."""

import json
import os
import time
from pathlib import Path

import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import older_edits

LONG_AGO = 10**18  # ns: 2001


@pytest.fixture
def project(tmp_path, monkeypatch):
    for name in ("scripts/train.py", "config/defaults.yaml"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("before")
        os.utime(tmp_path / name, ns=(LONG_AGO, LONG_AGO))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def renewed(project) -> set[str]:
    """The sources that get the time of now."""
    older_edits.renew(project, project / "record.json")
    files = [path for folder in ("scripts", "config") for path in (project / folder).iterdir()]
    return {path.name for path in files if path.stat().st_mtime_ns > LONG_AGO + 1000}


def rewrite(path, text: str, when: int) -> None:
    path.write_text(text)
    os.utime(path, ns=(when, when))


def test_the_first_run_and_one_after_no_edit_touch_nothing(project):
    assert renewed(project) == set()
    assert renewed(project) == set()


def test_other_content_with_an_old_time_gets_the_time_of_now(project):
    renewed(project)
    rewrite(project / "scripts/train.py", "after", LONG_AGO - 5)
    assert renewed(project) == {"train.py"}
    assert time.time_ns() - (project / "scripts/train.py").stat().st_mtime_ns < 60e9


def test_the_same_content_with_another_time_keeps_it(project):
    renewed(project)
    rewrite(project / "scripts/train.py", "before", LONG_AGO + 7)
    assert renewed(project) == set()
    assert (project / "scripts/train.py").stat().st_mtime_ns == LONG_AGO + 7


def test_hidden_compiled_and_unreadable_files_are_nobodys(project, monkeypatch):
    for name in ("scripts/.#train.py", "scripts/__pycache__/train.pyc", "config/.cache/x.yaml"):
        (project / name).parent.mkdir(exist_ok=True)
        (project / name).write_text("before")
    (project / "scripts/secret.py").write_text("before")
    read = Path.read_bytes

    def refused(path):
        if path.name == "secret.py":
            raise PermissionError(13, "Permission denied")
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    renewed(project)
    seen = json.loads((project / "record.json").read_text())["files"]
    assert set(seen) == {"config/defaults.yaml", "scripts/train.py"}


def test_a_damaged_record_is_no_error(project):
    (project / "record.json").write_text("{")
    assert renewed(project) == set()


def test_a_file_of_another_user_is_named_only_where_nothing_else_would_tell(project, monkeypatch):
    renewed(project)

    touch = Path.touch

    def refused(path, *arguments, **options):
        if path.suffix in (".py", ".yaml"):
            raise PermissionError(1, "Operation not permitted")
        touch(path, *arguments, **options)

    monkeypatch.setattr(Path, "touch", refused)
    rewrite(project / "scripts/train.py", "after", time.time_ns())
    renewed(project)
    rewrite(project / "config/defaults.yaml", "after", LONG_AGO - 5)
    with pytest.raises(AtlasError, match=r"^config/defaults.yaml: .* \(Operation not permitted\); `touch` it$"):
        renewed(project)
