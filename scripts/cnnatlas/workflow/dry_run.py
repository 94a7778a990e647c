"""What Snakemake would run for a target, and the reason that it gives: all that depends on how Snakemake says it.

Jobs come from its logger plugin interface (workflow/plugins/), what a finished job read from `--detailed-summary`. The
reason alone is text; its headings are those of Snakemake 9.27, and a test holds them against the installed version.
"""

import csv
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from cnnatlas.configuration import strict_yaml
from cnnatlas.errors import AtlasError

PLUGINS = "workflow/plugins"
HEADINGS = {
    "missing": "Missing output files",
    "incomplete": "Incomplete output files",
    "updated": "Updated input files",
    "derived": "Input files updated by another job",
    "inputs": "Set of input files has changed since last execution",
    "params": "Params have changed since last execution",
    "environment": "Software environment definition has changed since last execution",
    "forced": "Forced execution",
}


@dataclass(frozen=True)
class Job:
    """A job that would run: its rule and wildcards, its files, the reason that Snakemake gives, and its benchmark."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    reason: str
    benchmark: str | None = None

    @property
    def rule(self) -> str:
        """The name of its rule."""
        return self.name.split()[0]

    def of(self, kind: str) -> str | None:
        """What the reason says of one of HEADINGS after it; None where it is not among the reasons."""
        headings = "|".join(map(re.escape, HEADINGS.values()))
        parts = re.split(rf"(?:^|; )(?=(?:{headings}))", self.reason)
        found = [part.removeprefix(HEADINGS[kind]) for part in parts if part.startswith(HEADINGS[kind])]
        return found[0].removeprefix(": ") if found else None

    def files(self, kind: str) -> list[str]:
        """The files that the reason lists under one of HEADINGS, sorted."""
        listed = self.of(kind)
        return sorted(listed.split(", ")) if listed else []


def jobs(project: Path, target: str, config: str, *options: str) -> list[Job]:
    """The jobs that would run for a target, without rules that only collect files; with more options of Snakemake's.

    Raises AtlasError where Snakemake has no plan for it.
    """
    announced = map(json.loads, _snakemake(project, target, config, "--dry-run", *options).splitlines())
    return [_job(**fields) for fields in announced if fields["outputs"]]


def recorded_inputs(project: Path, target: str, config: str) -> dict[str, set[str]]:
    """By output file that a target depends on, the inputs that it was made from, as far as Snakemake knows."""
    rows = csv.DictReader(_snakemake(project, target, config, "--detailed-summary").splitlines(), delimiter="\t")
    return {row["output_file"]: set(row["input-file(s)"].split(",")) for row in rows if row["input-file(s)"] != "-"}


def made(project: Path, config: str) -> set[str]:
    """The outputs and logs of all jobs of a run, whether they exist or not."""
    rows = csv.DictReader(_snakemake(project, "all", config, "--summary").splitlines(), delimiter="\t")
    return {path for row in rows for path in (row["output_file"], *row["log-file(s)"].split(","))}


def _job(rule: str, wildcards: dict[str, str], inputs: list[str], outputs: list[str], reason: str,
         benchmark: str | None = None) -> Job:  # fmt: skip
    named = [f"{name}={value}" for name, value in wildcards.items() if name not in ("run", "collection")]
    return Job(" ".join([rule, *named]), tuple(inputs), tuple(outputs), reason, benchmark)


def _snakemake(project: Path, target: str, config: str, *mode: str) -> str:
    strict_yaml.load(project / config, config)  # of one that it cannot read, Snakemake does not name the file
    command = [sys.executable, "-m", "snakemake", "--logger", "jobs", "--configfile", config, "--cores", "1", *mode]
    environment = os.environ | {"PYTHONPATH": str(project / PLUGINS)}
    done = subprocess.run(
        [*command, "--", target], cwd=project, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        own = re.search(r"(?:AtlasError|^error): (.+)", done.stderr, re.MULTILINE)
        problem = own[1] if own else " ".join(done.stderr.split("\n")[-3:]).strip()
        raise AtlasError(f"TARGET={target}: Snakemake has no plan for it: {problem}")
    return done.stdout
