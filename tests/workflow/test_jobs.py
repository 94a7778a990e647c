"""Every job's log ends with what became of it, and a person reads one line."""

import re
import subprocess
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

import pytest

from cnnatlas.workflow import jobs
from project import ROOT

SCRIPT = """
import sys
from types import SimpleNamespace
sys.path.insert(0, {library!r})
from cnnatlas.errors import AtlasError
from cnnatlas.workflow.jobs import job
with job(SimpleNamespace(log=[{log!r}], input={inputs!r})):
    print("at work")
"""


def run(log: Path, body: str, inputs: Sequence[str] = ()) -> tuple[int, list[str], str]:
    """Exit status, log and console of a job with this body."""
    script = SCRIPT.format(library=str(ROOT / "scripts"), log=str(log), inputs=inputs) + textwrap.indent(body, "    ")
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout == ""
    return done.returncode, log.read_text().splitlines() if log.is_file() else [], done.stderr


SPENT = r"\d+\.\d s, peak memory [1-9]\d* MB"


def test_a_finished_jobs_log_ends_with_duration_and_memory(tmp_path):
    status, log, console = run(tmp_path / "logs" / "a.log", "print('result')\n")
    assert (status, console, log[:2]) == (0, "", ["at work", "result"])
    assert len(log) == 3 and re.fullmatch(f"done in {SPENT}", log[2])


@pytest.mark.parametrize(
    ("body", "line", "traceback"),
    [
        ("raise AtlasError('a.yaml: wrong; mend it')", "error: a.yaml: wrong; mend it", False),
        ("{}['key']", "error: unexpected KeyError: 'key'; see the traceback in ", True),
        ("raise ValueError('two\\nlines \\x1b[31m')", r"error: unexpected ValueError: two lines \x1b[31m; ", True),
        ("raise OSError(28, 'No space left on device', 'x.npy')", "error: x.npy: the disk is full; free space", True),
        ("raise OSError(122, 'Disk quota exceeded', 'x.npy')", "error: x.npy: the disk is full; free space", True),
        ("raise MemoryError", "error: not enough memory (no more available); free some", True),
    ],
)
def test_a_failed_jobs_log_ends_with_one_line_that_the_console_has_too(tmp_path, body, line, traceback):
    status, log, console = run(tmp_path / "a.log", body)
    assert status == 1
    assert log[0] == "at work"
    assert log[-1].startswith(line)
    assert re.fullmatch(f"failed after {SPENT}", log[-2])
    assert console == log[-1] + "\n"
    assert any(text.startswith("Traceback") for text in log) == traceback


def test_a_stopped_jobs_log_says_so(tmp_path):
    _, log, _ = run(tmp_path / "a.log", "raise KeyboardInterrupt")
    assert log[-1].startswith("stopped by KeyboardInterrupt after ")


def test_a_request_to_stop_is_one_line_too(tmp_path):
    status, log, console = run(
        tmp_path / "a.log", "from cnnatlas.errors import Stopped; raise Stopped('stopped by us')"
    )
    assert status == 1 and log[-1] == "error: stopped by us" and console == log[-1] + "\n"
    assert not any(text.startswith("Traceback") for text in log)


def test_a_log_that_cannot_be_written_is_one_line(tmp_path):
    (tmp_path / "file").touch()
    status, _, console = run(tmp_path / "file" / "a.log", "")
    assert status == 1
    assert console.count("\n") == 1 and "a.log: the log cannot be written" in console


def test_peak_memory_is_that_of_this_process():
    program = "import cnnatlas.workflow.jobs as jobs; x = bytearray(100 << 20); del x; print(jobs.peak_memory())"
    big = bytearray(300 << 20)  # what the parent has does not count
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, check=True
    )
    assert 100 << 20 < int(done.stdout) < 200 << 20
    assert jobs.peak_memory() >= len(big)


def test_peak_memory_counts_that_of_a_child_that_has_ended():
    child = "x = bytearray(150 << 20)"
    program = (
        "import subprocess, sys, cnnatlas.workflow.jobs as jobs; "
        f"subprocess.run([sys.executable, '-c', '{child}']); print(jobs.peak_memory())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PYTHONPATH": str(ROOT / "scripts")}, capture_output=True, check=True
    )
    assert int(done.stdout) > 150 << 20
