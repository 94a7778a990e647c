"""Whether two runs produced the same bytes; if not, what differs first in the order of the workflow, and why.

Two runs of one configuration and one code on machines of one kind must agree in all but measured times.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from cnnatlas.errors import AtlasError
from cnnatlas.files import read_json
from cnnatlas.workflow import last_report

DATA = "data"  # resources/, beside the runs' results
STAGES = (DATA, "checks", "models", "evaluation", "results.csv", "studies", "interpretation", "audit", "foundations")
STAGES += ("photographs", "report")
KINDS = (".safetensors", ".npy", ".npz", ".csv", ".json")  # numbers come before figures of them
# Measurements of a run, intermediate files, and what commands of the Makefile leave beside its results
NOT_COMPARED = {"benchmarks", "checkpoints", "export", "logs", "predict", "timing.json", last_report.FOLDER}
# What is recorded of each training, in the order in which it is likely to change bits
RECORDED = {
    "device": "device",
    "dtype": "number format",
    "channels_last": "layout channels_last",
    "threads": "thread count",
    "torch": "torch version",
    "cpu_capability": "CPU capability",
    "device_name": "name of the device",
    "cpu": "processor",
    "numpy": "NumPy version",
    "python": "Python version",
    "system": "system",
}


@dataclass(frozen=True)
class Comparison:
    """Two runs: how many files agree and differ by stage, the first that differs (None: none does), and why it may."""

    agreeing: Mapping[str, int]
    differing: Mapping[str, int]
    first: str | None
    cause: str | None

    def report(self) -> str:
        """A line per stage, the first difference, its likely cause."""
        stages = [stage for stage in STAGES if self.agreeing[stage] + self.differing[stage]]
        lines = [_counts(stage, self.agreeing[stage], self.differing[stage]) for stage in stages]
        lines.append(_counts("in all", sum(self.agreeing.values()), sum(self.differing.values())))
        if self.first:
            lines += [f"first difference: {self.first}", f"likely cause: {self.cause}"]
        return "\n".join(lines)


def compare(a: Path, b: Path) -> Comparison:
    """Compare the results of two runs, such as results/embedded of two clones, by SHA-256 of their files.

    Data are compared where each run has its own, in the files that both have. Raises AtlasError for a folder that holds
    no results.
    """
    sides = [{**_data(folder), **_results(folder)} for folder in (a, b)]
    names = _compared(*sides, same_project=_project(a) == _project(b))
    differing = [name for name in names if not _equal(*(side.get(name) for side in sides))]
    depths = _depths(a)
    first = min(differing, key=lambda name: _order(name, depths), default=None)
    return Comparison(
        agreeing=Counter(map(_stage, names)) - Counter(map(_stage, differing)),
        differing=Counter(map(_stage, differing)),
        first=first,
        cause=first and _cause(a, b, first, *(side.get(first) for side in sides)),
    )


def _counts(name: str, agreeing: int, differing: int) -> str:
    return f"{name:<15} {agreeing:6,} of {agreeing + differing:6,} files agree"


def _project(results: Path) -> Path:
    """The folder that holds results/{run}/ and resources/."""
    return results.resolve().parent.parent


def _results(folder: Path) -> dict[str, Path]:
    """The files of a run that are compared, by their names below it."""
    found = {str(path.relative_to(folder)): path for path in _files(folder)}
    if not any(_stage(name) in STAGES for name in found):
        raise AtlasError(f"{folder}: no results of a run; name its folder, such as results/embedded")
    return found


def _data(results: Path) -> dict[str, Path]:
    folder = _project(results) / "resources"
    return {f"{DATA}/{path.relative_to(folder)}": path for path in _files(folder)}


def _files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and not NOT_COMPARED & set(parts) and not any(part.startswith(".") for part in parts):
            yield path


def _compared(a: Mapping[str, Path], b: Mapping[str, Path], same_project: bool) -> list[str]:
    """The names of all files; of data only those that both have, since other runs may have asked for more."""
    data = {name for name in a.keys() & b.keys() if _stage(name) == DATA}
    results = {name for name in a.keys() | b.keys() if _stage(name) != DATA}
    return sorted(results if same_project else results | data)


def _equal(a: Path | None, b: Path | None) -> bool:
    return bool(a and b) and a.stat().st_size == b.stat().st_size and _checksum(a) == _checksum(b)


def _checksum(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _stage(name: str) -> str:
    return name.split("/")[0]


def _order(name: str, depths: Mapping[str, int]) -> tuple:
    """A file's position in the order of the workflow: what it is made of comes before it."""
    path, stage = Path(name), _stage(name)
    step = {"models": _model_step, "report": _report_step}.get(stage, lambda path, depths: (0, ""))(path, depths)
    kind = KINDS.index(path.suffix) if path.suffix in KINDS else len(KINDS)
    return STAGES.index(stage) if stage in STAGES else len(STAGES), step, kind, name


def _model_step(path: Path, depths: Mapping[str, int]) -> tuple[int, str]:
    """Training by training; one whose weights initialise another comes before it."""
    return depths.get(path.parts[1], 0), str(path.parent)


def _report_step(path: Path, depths: Mapping[str, int]) -> tuple[int, str]:
    """Executed notebooks, then documents, their figures, Typst's files, and at last what a reader gets."""
    if path.parts[1] == "build":
        return (2 if "typst" in path.parts else 0 if path.suffix == ".ipynb" else 1), ""
    return (1 if path.parts[1] == "media" else 3), ""


def _depths(results: Path) -> dict[str, int]:
    """How many trainings in a row each variant takes: one more than the one that its initial weights come from."""
    specs = {path.parts[-3]: read_json(path)["spec"] for path in results.glob("models/*/*/training.json")}

    def depth(name: str | None) -> int:
        return 1 + max(depth(specs[name][key]) for key in ("base", "start")) if name in specs else 0

    return {name: depth(name) for name in specs}


def _cause(a: Path, b: Path, name: str, in_a: Path | None, in_b: Path | None) -> str:
    if not (in_a and in_b):
        present, absent = (a, b) if in_a else (b, a)
        return f"{present} has this file and {absent} does not: one is unfinished, or had other targets"
    if name.startswith("report/build/") and name.endswith(".ipynb") and (cause := _parameters(in_a, in_b)):
        return cause
    own = [f"{Path(name).parent}/training.json"] if _stage(name) == "models" else []
    records = own or sorted(str(path.relative_to(a)) for path in a.glob("models/*/*/training.json"))
    shared = [record for record in records if (a / record).is_file() and (b / record).is_file()]
    for record in shared:
        if cause := _differences(read_json(a / record), read_json(b / record)):
            return f"{cause} ({record})"
    if not shared:
        return "unknown: no training is recorded in both runs"
    return (
        "the recorded environments agree (device, thread count, versions, CPU capability): the code, the configuration "
        "or something that is not recorded differs"
    )


def _parameters(a: Path, b: Path) -> str | None:
    """The first difference in the parameters of two executed notebooks, such as the run's name."""
    for lines in zip(*(_injected(path) for path in (a, b)), strict=False):
        if lines[0] != lines[1]:
            return "the configuration: the notebook was given {:.90} and {:.90}".format(*lines)
    return None


def _injected(notebook: Path) -> list[str]:
    cells = json.loads(notebook.read_text())["cells"]
    given = [cell for cell in cells if "injected-parameters" in cell["metadata"].get("tags", [])]
    return [line for cell in given for line in "".join(cell["source"]).splitlines()]


def _differences(a: Mapping, b: Mapping) -> str:
    """How two records of one training differ: settings first, then the environment; empty where they agree."""
    settings = [f"another {key}: {x} and {y}" for key, x, y in _unequal(a["spec"], b["spec"])]
    ran = [{**record["environment"], **record["precision"]} for record in (a, b)]
    unequal = {key: f"another {RECORDED[key]}: {x} and {y}" for key, x, y in _unequal(*ran) if key in RECORDED}
    return "; ".join([*settings, *(unequal[key] for key in RECORDED if key in unequal)])


def _unequal(a: Mapping, b: Mapping) -> list[tuple[str, object, object]]:
    return [(key, a.get(key), b.get(key)) for key in sorted(a.keys() | b.keys()) if a.get(key) != b.get(key)]
