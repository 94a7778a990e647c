"""Why jobs would run again, in words: what Snakemake's dry run says of each job, put in order and completed.

Causes come first, with the jobs that they concern; then the jobs that only follow. Of a job that follows others,
Snakemake looks for no further causes before those have run.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import takewhile
from pathlib import Path

from cnnatlas.workflow.dry_run import Job

COMPARED = 1_000_000  # bytes: Snakemake compares larger inputs by time
LONGEST = 120  # characters of a value that is shown
NAMED = 3  # jobs of a list
ABSENT = object()
Recorded = Mapping[str, set[str]]  # output file -> the inputs that it was made from


def explain(target: str, found: Sequence[Job], recorded: Recorded) -> str:
    """Why `target` would be rebuilt: causes with the jobs that they concern, then the jobs that follow."""
    if not found:
        return f"{target}: nothing would run, it is up to date"
    concerned: dict[str, list[str]] = defaultdict(list)
    for job in found:
        for cause in causes(job, recorded):
            concerned[cause].append(job.name)
    lines = [f"{target}: {len(found)} {'job' if len(found) == 1 else 'jobs'} would run, because"]
    for cause, names in concerned.items():
        lines += [cause, *(f"    {name}" for name in names)]
    maker = {file: job.name for job in found for file in job.outputs}
    following = [(job, sorted({maker.get(file, file) for file in job.files("derived")})) for job in found]
    follow = [f"    {job.name}: reads what is rebuilt by {_listed(makers)}" for job, makers in following if makers]
    return "\n".join(lines + (["and what follows from that:", *follow] if follow else []))


def causes(job: Job, recorded: Recorded) -> list[str]:
    """What makes a job run by itself, in words; nothing where it only follows others."""
    found = [f"{file} is missing" for file in job.files("missing")]
    found += [f"{file} was left incomplete" for file in job.files("incomplete")]
    found += [_updated(file) for file in job.files("updated")]
    if job.of("params"):
        found += _changed_params(job.of("params"))
    if job.of("inputs") is not None:
        found += _changed_inputs(job, recorded)
    if job.of("environment") is not None:
        found.append("the definition of the software environment changed")
    return found if found or job.of("derived") else [job.reason or "Snakemake gives no reason"]


def _updated(file: str) -> str:
    path = Path(file)
    if path.is_file() and path.stat().st_size > COMPARED:
        return f"{file} is newer than what was made of it (files over 1 MB are compared by time)"
    return f"{file} has changed since it was read"


def _changed_params(reason: str) -> list[str]:
    """Dotted keys with old and new value, from Snakemake's `before: {...} now: {...}`."""
    sides = re.search(r"before: (.*) now: (.*?)\s*$", reason)
    try:
        old, new = map(ast.literal_eval, sides.groups())
    except (AttributeError, SyntaxError, ValueError):
        return [f"the configuration's part changed: {reason}"]
    return [f"the configuration changed: {line}" for line in differences(old, new)]


def differences(old: object, new: object, key: str = "") -> list[str]:
    """`key: old -> new`, keys dotted, for each leaf in which nested mappings differ; or that only their order does."""
    if not (isinstance(old, dict) and isinstance(new, dict)):
        return [] if old == new else [f"{key or 'value'}: {' -> '.join(_shown(old, new))}"]
    found = []
    for name in dict.fromkeys((*old, *new)):
        dotted = f"{key}.{name}" if key else str(name)
        found += differences(old.get(name, ABSENT), new.get(name, ABSENT), dotted)
    reordered = not found and list(old) != list(new)
    return [f"{key or 'keys'}: in another order"] if reordered else found


def _shown(*values: object) -> list[str]:
    """Two values as text; of long ones, the part where they begin to differ."""
    texts = ["absent" if value is ABSENT else repr(value) for value in values]
    if max(map(len, texts)) <= LONGEST:
        return texts
    agreeing = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False)))
    return [_part(text, max(0, agreeing - LONGEST // 4)) for text in texts]


def _part(text: str, start: int) -> str:
    return f"{'...' * (start > 0)}{text[start : start + LONGEST]}{'...' * (len(text) > start + LONGEST)}"


def _changed_inputs(job: Job, recorded: Recorded) -> list[str]:
    """Which inputs came and went since the job's first output was made."""
    if job.outputs[0] not in recorded:
        return ["it has other inputs than before"]
    before, now = recorded[job.outputs[0]], set(job.inputs)
    found = [f"{file} is a new input" for file in sorted(now - before)]
    found += [f"{file} is no longer an input" for file in sorted(before - now)]
    return found or ["its inputs are in another order"]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:NAMED])
    return f"{shown} and {len(names) - NAMED} others" if len(names) > NAMED else shown
