"""Time and memory that Snakemake takes to plan the study with 100, 1,000 and 10,000 more variants; nothing is run.

    python benchmarks/scale.py [--variants 100 1000 10000] [--target models]

A folder with the project's own configuration and generated studies of 100 variants each (sweeps of the learning rate,
shared between the assignments) is planned by the real Snakefile from nothing, which is the most there can be to plan.
One seed for each variant; every variant has a training, an evaluation, a row in a comparison, its figures and a
chapter. Each row is a process of its own: seconds of wall clock and of its processor time, most memory at once.
Linear means that the milliseconds per job stay. To read: the Snakefile and the configuration alone, as every job on a
cluster does again. Takes a few minutes.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[1]
MEMBERS = 100  # variants of one study
COLUMNS = (
    "more variants",
    "jobs",
    "seconds",
    "of the processor",
    "ms per job",
    "MiB",
    "seconds to read",
    "MiB to read",
)


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


@dataclass(frozen=True)
class Spent:
    """What a process printed and took: seconds of wall clock and of the processor, and the most MiB at once."""

    output: str
    seconds: float
    processor: float
    memory: float


def snakemake(folder: Path, *arguments: str) -> Spent:
    """Snakemake on the project's Snakefile in `folder`."""
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(ROOT / "Snakefile"), "--directory", str(folder)]
    command += ["--configfile", str(folder / "config" / "embedded.yaml"), "--cores", "1"]
    with tempfile.TemporaryFile("w+") as output:
        start = time.perf_counter()
        process = subprocess.Popen([*command, *arguments], stdout=output, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        output.seek(0)
        text = output.read()
    if status:
        sys.exit(text[-3000:])
    return Spent(text, seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


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
            read = snakemake(Path(folder), "--list-rules")
            planned = snakemake(Path(folder), "--dry-run", "--quiet", "rules", arguments.target)
        jobs = int(re.search(r"^total +(\d+)$", planned.output, re.MULTILINE)[1])
        row = (f"{variants:,}", f"{jobs:,}", f"{planned.seconds:.1f}", f"{planned.processor:.1f}")
        row += (f"{1000 * planned.processor / jobs:.1f}", f"{planned.memory:.0f}")
        print(f"| {' | '.join(row)} | {read.processor:.1f} | {read.memory:.0f} |", flush=True)


if __name__ == "__main__":
    main()
