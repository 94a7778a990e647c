import os
import signal
import subprocess
import sys

import pytest

from cnnatlas import locks
from cnnatlas.errors import AtlasError
from project import ROOT

HOLD = """
import sys, time
from pathlib import Path
sys.path.insert(0, {library!r})
from cnnatlas.locks import locked
kept = locked(Path({path!r}))
print("has it", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the lock."""
    code = HOLD.format(library=str(ROOT / "scripts"), path=str(tmp_path / "seed0" / "lock"))
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "has it\n"
        yield process
        process.kill()


def test_a_second_process_says_who_is_at_work(tmp_path, holder):
    with pytest.raises(AtlasError, match=rf"seed0: process {holder.pid} on .* is at work in it.*run the same command"):
        locks.locked(tmp_path / "seed0" / "lock", patience=0.1)


def test_a_killed_process_leaves_no_lock(tmp_path, holder):
    os.kill(holder.pid, signal.SIGKILL)
    locks.locked(tmp_path / "seed0" / "lock", patience=5).close()


def test_a_lock_whose_file_was_removed_is_taken_anew(tmp_path):
    first = locks.locked(tmp_path / "lock")
    (tmp_path / "lock").unlink()
    second = locks.locked(tmp_path / "lock", patience=0.1)
    assert not os.path.samestat(os.fstat(first.fileno()), os.fstat(second.fileno()))


def test_a_file_system_without_locks_is_left_without(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr("fcntl.flock", refuse)
    locks.locked(tmp_path / "lock", patience=0).close()
