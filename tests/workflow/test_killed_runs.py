"""Snakemake itself is stopped and killed during a training; `--rerun-incomplete` resumes, to the same files."""

import json
import os
import signal
import subprocess
import sys
import time
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from project import TINY, Project, copy_project

pytestmark = pytest.mark.deep
MODEL = "results/tiny/models/e1a_lenet5/seed0"
TARGET = f"{MODEL}/weights.safetensors"
CHECKPOINTS = "results/tiny/checkpoints/e1a_lenet5/seed0"


@pytest.fixture
def eager(tmp_path) -> Project:
    """A project whose trainings write a checkpoint after every step, and one training long enough to be killed."""
    project = copy_project(tmp_path)
    project.edit("scripts/cnnatlas/training/checkpoints.py", "INTERVAL = 30.0", "INTERVAL = 0.0")
    longer = deepcopy(TINY)
    longer["overlay"]["variants"]["e1a_lenet5"] = {"epochs": 12}
    (tmp_path / "config" / "tiny.yaml").write_text(yaml.safe_dump(longer))
    return project


def killed(project: Project, number: signal.Signals, steps: int) -> str:
    """Run Snakemake, and send a signal to it and its jobs after so many steps of the training; what it said."""
    command = [sys.executable, "-m", "snakemake", "--configfile", "config/tiny.yaml", "--cores", "1"]
    log = project.folder / "said"
    with log.open("w") as said:
        process = subprocess.Popen(
            [*command, "--rerun-incomplete", TARGET],
            cwd=project.folder, stdout=said, stderr=said, start_new_session=True,
        )  # fmt: skip
        while process.poll() is None and newest(project.folder / CHECKPOINTS) < steps:
            time.sleep(0.02)
        assert process.poll() is None, log.read_text()
        os.killpg(process.pid, number)  # its own group: jobs are in it too
        assert process.wait() != 0
    return log.read_text()


def newest(folder: Path) -> int:
    """The steps of the newest checkpoint."""
    return max((int(path.stem.split("-")[1]) for path in folder.glob("*-*.checkpoint")), default=0)


def files(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (project.folder / MODEL).iterdir() if path.name != "timing.json"}


def test_snakemake_killed_while_it_trains(eager):
    done = eager.snakemake(TARGET)
    assert done.returncode == 0, done.stdout + done.stderr
    whole = files(eager)
    assert not (eager.folder / "results/tiny/checkpoints").exists()
    (eager.folder / "results").rename(eager.folder / "reference")
    said = killed(eager, signal.SIGINT, steps=20)  # Ctrl-C
    assert "stopped by SIGINT at epoch" in said and not (eager.folder / TARGET).exists()
    before = newest(eager.folder / CHECKPOINTS)
    killed(eager, signal.SIGKILL, steps=before + 20)
    assert eager.snakemake("--unlock", TARGET).returncode == 0
    done = eager.snakemake("--rerun-incomplete", TARGET)
    assert done.returncode == 0, done.stdout + done.stderr
    assert files(eager) == whole
    assert json.loads((eager.folder / MODEL / "timing.json").read_text())["interruptions"] == 2
    assert not (eager.folder / "results/tiny/checkpoints").exists()
