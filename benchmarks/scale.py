"""Time and memory that Snakemake takes to plan the study with 100, 1,000 and 10,000 more variants; nothing is run.

    python benchmarks/scale.py [--variants 100 1000 10000] [--target models]

A folder with the project's own configuration and generated studies of 100 variants each (sweeps of the learning rate,
shared between the assignments) is planned by the real Snakefile from nothing, which is the most there can be to plan.
One seed for each variant; every variant has a training, an evaluation, and its place in a comparison, its figures and a
chapter. Each row is a process of its own: seconds of wall clock and of its processor time, most memory at once.
Linear means that the milliseconds per job stay. Takes a few minutes.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
MEMBERS = 100  # variants of one study
COLUMNS = ("more variants", "jobs", "seconds", "processor seconds", "ms per job", "MiB")


def study(number: int, members: int) -> dict:
    """A study that trains one small network with so many learning rates."""
    return {
        "title": f"Generated study {number}",
        "assignment": "ABCDE"[number % 5],
        "items": ["X1"],
        "question": "How long does it take to plan this?",
        "variants": {
            f"generated_{number}": {
                "title": "LeNet-5",
                "dataset": "cifar10",
                "sweep": {"key": "optimiser.learning_rate", "values": [i / 10000 for i in range(1, members + 1)]},
            }
        },
    }


def configure(folder: Path, variants: int) -> None:
    """Write config/ with the project's studies and `variants` generated ones below `folder`."""
    shutil.copytree(ROOT / "config", folder / "config")
    for number, first in enumerate(range(0, variants, MEMBERS)):
        text = yaml.safe_dump(study(number, min(MEMBERS, variants - first)))
        (folder / "config" / "studies" / f"generated_{number}.yaml").write_text(text)


def plan(folder: Path, target: str) -> tuple[int, float, float, float]:
    """Jobs, seconds, processor seconds and MiB of a dry run in `folder`."""
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--dry-run",
        "--quiet",
        "rules",
        "--snakefile",
        str(ROOT / "Snakefile"),
    ]
    command += ["--directory", str(folder), "--configfile", str(folder / "config" / "embedded.yaml"), "--cores", "1"]
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen([*command, target], stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read()
    if status:
        sys.exit(text[-3000:])
    jobs = re.search(r"^total +(\d+)$", text, re.MULTILINE)
    return int(jobs[1]), seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Print a row for each number of variants."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--variants", type=int, nargs="+", default=[100, 1000, 10000])
    parser.add_argument("--target", default="all")
    arguments = parser.parse_args()
    print(f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors; target {arguments.target}")
    print(f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}")
    for variants in arguments.variants:
        with tempfile.TemporaryDirectory() as folder:
            configure(Path(folder), variants)
            jobs, seconds, processor, memory = plan(Path(folder), arguments.target)
        each = 1000 * processor / jobs
        print(f"| {variants:,} | {jobs:,} | {seconds:.1f} | {processor:.1f} | {each:.1f} | {memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
