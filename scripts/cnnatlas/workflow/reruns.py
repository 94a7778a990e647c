"""Why jobs would run again, in words: what Snakemake's dry run says of each job, put in order and completed.

Causes come first, with the jobs that they concern; then the jobs that only follow. Snakemake says that parameters or
inputs changed; which ones they were is read from its record of each output (.snakemake/metadata). Of a job that follows
others, it looks for no further causes before those have run.
"""

import ast
import base64
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

RECORDS = Path(".snakemake/metadata")
COMPARED = 1_000_000  # bytes: Snakemake compares larger inputs by time
KINDS = {
    "missing": "Missing output files",
    "incomplete": "Incomplete output files",
    "updated": "Updated input files",
    "derived": "Input files updated by another job",
    "inputs": "Set of input files has changed since last execution",
    "params": "Params have changed since last execution",
    "environment": "Software environment definition has changed since last execution",
    "forced": "Forced execution",
}
ABSENT = object()


@dataclass(frozen=True)
class Job:
    """A job of a dry run: its rule and wildcards, its files, and the reason that Snakemake gives."""

    name: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    reason: str

    def of(self, kind: str) -> str | None:
        """What the reason says of one of KINDS after its heading; None where it is not among the reasons."""
        headings = "|".join(map(re.escape, KINDS.values()))
        parts = re.split(rf"(?:^|; )(?=(?:{headings}))", self.reason)
        found = [part.removeprefix(KINDS[kind]) for part in parts if part.startswith(KINDS[kind])]
        return found[0].removeprefix(": ") if found else None

    def files(self, kind: str) -> list[str]:
        """The files that the reason lists under one of KINDS, sorted."""
        listed = self.of(kind)
        return sorted(listed.split(", ")) if listed else []


def jobs(output: str) -> list[Job]:
    """The jobs in the text that `snakemake --dry-run` prints, without rules that only collect files."""
    found = []
    for rule, text in re.findall(r"^(?:local)?rule (\w+):\n((?:    .+\n)+)", output, re.M):
        entries = dict(re.findall(r"^    (\w+): (.*)$", text, re.M))
        if "output" in entries:
            names = [pair.partition("=") for pair in entries.get("wildcards", "").split(", ")]
            wildcards = [f"{name}={value}" for name, _, value in names if name not in ("", "run", "collection")]
            inputs, outputs = (tuple(entries.get(key, "").split(", ")) for key in ("input", "output"))
            found.append(Job(" ".join([rule, *wildcards]), inputs, outputs, entries.get("reason", "")))
    return found


def explain(target: str, found: Sequence[Job], records: Path = RECORDS) -> str:
    """Why `target` would be made again: causes with the jobs that they concern, then the jobs that follow."""
    if not found:
        return f"{target}: nothing would run, it is up to date"
    concerned: dict[str, list[str]] = defaultdict(list)
    for job in found:
        for cause in causes(job, records):
            concerned[cause].append(job.name)
    lines = [f"{target}: {len(found)} {'job' if len(found) == 1 else 'jobs'} would run, because"]
    for cause, names in concerned.items():
        lines += [cause, *(f"    {name}" for name in names)]
    maker = {file: job.name for job in found for file in job.outputs}
    following = [(job, sorted({maker.get(file, file) for file in job.files("derived")})) for job in found]
    told = [f"    {job.name}: reads what is made anew by {_listed(makers)}" for job, makers in following if makers]
    return "\n".join(lines + (["and what follows from that:", *told] if told else []))


def causes(job: Job, records: Path = RECORDS) -> list[str]:
    """What makes a job run by itself, in words; nothing where it only follows others."""
    found = [f"{file} is missing" for file in job.files("missing")]
    found += [f"{file} was left incomplete" for file in job.files("incomplete")]
    found += [_updated(file) for file in job.files("updated")]
    if job.of("params"):
        found += _changed_params(job.of("params"))
    if job.of("inputs") is not None:
        found += _changed_inputs(job, records)
    if job.of("environment") is not None:
        found.append("the definition of the software environment changed")
    return found if found or job.of("derived") else [job.reason or "Snakemake gives no reason"]


def _updated(file: str) -> str:
    path = Path(file)
    if path.is_file() and path.stat().st_size > COMPARED:
        return f"{file} is newer than what was made of it (files over 1 MB are compared by time)"
    return f"{file} has another content than when it was read"


def _changed_params(told: str) -> list[str]:
    """Dotted keys with old and new value, from Snakemake's `before: {...} now: {...}`."""
    sides = re.search(r"before: (.*) now: (.*?)\s*$", told)
    try:
        old, new = map(ast.literal_eval, sides.groups())
    except (AttributeError, SyntaxError, ValueError):
        return [f"the configuration's part changed: {told}"]
    return [f"the configuration changed: {line}" for line in differences(old, new)]


def differences(old: object, new: object, key: str = "") -> list[str]:
    """`key: old -> new`, keys dotted, for each leaf in which nested mappings differ; or that only their order does."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return [] if old == new else [f"{key or 'value'}: {_said(old)} -> {_said(new)}"]
    found = []
    for name in dict.fromkeys((*old, *new)):
        dotted = f"{key}.{name}" if key else str(name)
        found += differences(old.get(name, ABSENT), new.get(name, ABSENT), dotted)
    reordered = not found and list(old) != list(new)
    return [f"{key or 'keys'}: in another order"] if reordered else found


def _said(value: object) -> str:
    text = "absent" if value is ABSENT else repr(value)
    return text if len(text) <= 120 else f"{text[:117]}..."


def _changed_inputs(job: Job, records: Path) -> list[str]:
    """Which inputs came and went since the job's first output was made."""
    record = records / base64.b64encode(job.outputs[0].encode()).decode()
    if not record.is_file():
        return ["it has other inputs than before"]
    before, now = set(json.loads(record.read_text())["input"]), set(job.inputs)
    found = [f"{file} is an input now" for file in sorted(now - before)]
    found += [f"{file} is no input any more" for file in sorted(before - now)]
    return found or ["its inputs are in another order"]


def _listed(names: Sequence[str], most: int = 3) -> str:
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} others" if len(names) > most else shown
