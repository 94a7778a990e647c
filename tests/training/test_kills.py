"""Training jobs that are killed, at random and at chosen moments, and started again, yield the same files.

`CNNATLAS_KILLS` sets the number of kills at random moments, for longer runs.
"""

import json
import multiprocessing
import os
import random
import signal
import time
from pathlib import Path

import pytest

from training.victim import OUTPUTS, prepare, work

pytestmark = pytest.mark.deep
KILLS = int(os.environ.get("CNNATLAS_KILLS", "30"))
SAME = [name for name in OUTPUTS.values() if name != "timing.json"]


@pytest.fixture(scope="module")
def processes():
    """Processes that begin with torch imported: a start costs milliseconds."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["torch", "safetensors.torch", "tqdm"])
    return context


@pytest.fixture(scope="module")
def reference(processes, tmp_path_factory):
    """The data, the files of a job that was not killed, and its seconds."""
    folder = tmp_path_factory.mktemp("reference")
    prepare(folder)
    begun(processes, folder, folder / "warm").join()  # the server imports torch now
    start = time.monotonic()
    job = begun(processes, folder, folder)
    job.join()
    seconds = time.monotonic() - start
    assert job.exitcode == 0, (folder / "log").read_text()
    return folder, {name: (folder / "model" / name).read_bytes() for name in SAME}, seconds


def begun(processes, data: Path, folder: Path, *dies) -> multiprocessing.Process:
    folder.mkdir(exist_ok=True)
    job = processes.Process(target=work, args=(data, folder, *dies))
    job.start()
    return job


def after_kill(folder: Path, files: dict[str, bytes]) -> None:
    """A file under its final name is complete; then remove the outputs, as Snakemake does after a failed job."""
    for name in OUTPUTS.values():
        path = folder / "model" / name
        if path.exists():
            assert name not in files or path.read_bytes() == files[name], name
            path.unlink()


def finished(folder: Path, files: dict[str, bytes]) -> int:
    """The files are those of a job that was not killed, and nothing else is left; returns how often it resumed."""
    assert {name: (folder / "model" / name).read_bytes() for name in files} == files
    assert sorted(path.name for path in (folder / "model").iterdir()) == sorted(OUTPUTS.values())
    assert not (folder / "checkpoints").exists()
    assert (folder / "log").read_text().splitlines()[-1].startswith("done")
    return json.loads((folder / "model" / "timing.json").read_text())["interruptions"]


def kill(job: multiprocessing.Process, number: signal.Signals, log: Path) -> bool:
    """Send a signal; whether it ended the job, which might have finished before."""
    if job.is_alive():
        os.kill(job.pid, number)
    job.join()
    if job.exitcode == 1:  # a signal in time: a line and a checkpoint
        assert number is signal.SIGTERM and "error: stopped by SIGTERM" in log.read_text()
    assert job.exitcode in (0, 1, -number), log.read_text()
    return job.exitcode != 0


def test_killed_at_random_moments_it_comes_to_the_same_files(processes, reference, tmp_path):
    data, files, seconds = reference
    moments = random.Random(0)
    kills = trainings = resumed = 0
    while kills < KILLS:
        folder = tmp_path / str(trainings)
        job, unit = begun(processes, data, folder), seconds
        while job.exitcode is None or job.exitcode:
            time.sleep(unit * moments.random() ** 2)
            if kill(job, moments.choice([signal.SIGKILL, signal.SIGTERM]), folder / "log"):
                kills += 1
                unit *= 1.1  # a machine that has become slower must still reach its next checkpoint
                assert kills < 100 + 2 * KILLS, f"no progress with {unit:.1f} s:\n{(folder / 'log').read_text()}"
                after_kill(folder, files)
                job = begun(processes, data, folder)
        resumed += finished(folder, files)
        trainings += 1
    assert 0 < resumed <= kills


DEATHS = {
    "the first step": ("cnnatlas.training.steps:step", 1),
    "the middle of an epoch": ("cnnatlas.training.steps:step", 30),
    "evaluating an epoch": ("cnnatlas.training.loop:evaluate", 4),
    "writing a checkpoint": ("safetensors.torch:save", 40),
    "a checkpoint that the disk lost half of": ("cnnatlas.training.checkpoints:write", 40),
    "scoring": ("cnnatlas.training.loop:scores", 2),
    "saving weights": ("cnnatlas.training.save:save_file", 1),
    "saving scores": ("numpy:savez_compressed", 1),
    "between two outputs": ("cnnatlas.architectures.describe:describe", 1),
}


@pytest.mark.parametrize(("dies_in", "call"), DEATHS.values(), ids=DEATHS)
def test_killed_within(processes, reference, tmp_path, dies_in, call):
    data, files, _ = reference
    job = begun(processes, data, tmp_path, dies_in, call)
    job.join()
    assert job.exitcode == -signal.SIGKILL, (tmp_path / "log").read_text()
    after_kill(tmp_path, files)
    job = begun(processes, data, tmp_path)
    job.join()
    assert finished(tmp_path, files) == (call > 1 or "steps:step" not in dies_in)
