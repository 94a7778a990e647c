"""Trainings share a GPU by their declared shares; without a GPU cores decide."""

import re

import pytest

pytestmark = pytest.mark.slow
RATES = ("0.003", "0.01", "0.03", "0.3", "1.0")
# How many run at once is decided before any of them learns anything
BRIEF = """import time
from pathlib import Path

time.sleep(2)
for path in snakemake.output:
    Path(path).write_bytes(Path(path.replace("/shared/", "/tiny/")).read_bytes())
"""
TARGETS = [f"results/shared/models/b2_sgd_rate_{rate}/seed0/training.json" for rate in RATES]


def at_once(printed: str) -> int:
    """The most trainings that Snakemake had running at a time, by what it printed."""
    running = most = 0
    for line in re.findall(r"^(?:localrule train:|Finished jobid: \d+ \(Rule: train\))", printed, re.M):
        running += 1 if line.startswith("localrule") else -1
        most = max(most, running)
    return most


@pytest.mark.parametrize(
    ("gpus", "change", "most"),
    [
        (0, "", 5),  # eight cores, five trainings of one thread
        (1, "", 4),  # of which each takes a quarter of the GPU unless the configuration says otherwise
        (1, "gpu_share: 50", 2),
        (1, "device: cpu", 5),
    ],
)
def test_as_many_trainings_at_once_as_the_gpu_has_room_for(restored, gpus, change, most):
    (restored.folder / "scripts" / "train.py").write_text(BRIEF)
    if change:
        restored.edit("config/tiny.yaml", "    batch_size: 64\n", f"    batch_size: 64\n    {change}\n")
    arguments = ("--config", "run=shared", f"gpus={gpus}", "--cores", "8", "--forcerun", "train", "-p", "--", *TARGETS)
    done = restored.snakemake(*arguments)
    assert done.returncode == 0, done.stderr
    assert at_once(done.stdout + done.stderr) == most
