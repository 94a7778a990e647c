"""Copies of the project for tests to run and to edit, and what Snakemake says it would do with them."""

import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import reduce
from pathlib import Path
from types import ModuleType

import yaml

import dry_runs

ROOT = Path(__file__).resolve().parents[1]
# Studies of networks for which an epoch of all images takes most of the run
LARGE = (
    "blocks_cifar10",
    "dense_head_cifar10",
    "global_pooling_cifar10",
    "residual_cifar10",
    "resnet18_caltech101",
    "stl10",
)
# What a study states wins over a run's `overlay.all`
BUDGET = {"batch_size": 64, "epochs": 1}
OWN = {
    **{study: {"train_images": 256} for study in LARGE},
    "capacity_cifar10": {"epochs": 60},  # or its one batch is not memorised, and the study fails
    "transfer_cats_dogs": {"base": "a2a_vgg_bn"},
}
CHECKS = ("check_networks", "check_texts")
# The real embedded run, with less of everything that costs time and with nothing left out
TINY = {
    "run": "tiny",
    "collection": "embedded",
    "command": "snakemake --configfile config/tiny.yaml --cores 2",
    "datasets": {"cats_dogs": {"per_class": 40}},
    "pretrained": {"network": "d2_own", "second": "d2_deep_normalised", "dataset": "stl10", "resolution": None},
    "overlay": {
        "all": {"seeds": [0], "threads": 1, **BUDGET},
        "studies": {
            study: BUDGET | OWN.get(study, {})
            for study in sorted(path.stem for path in (ROOT / "config" / "studies").glob("*.yaml"))
        },
        "variants": {"e3_resnet18_small": {"resolution": 16}},
    },
}
# and fewer images and steps wherever a network is interpreted
FEWER = {
    r"sample: \d+": "sample: 2", r"extremes: 5": "extremes: 1", r"others: 2": "others: 1", r"images: \d+": "images: 4",
    r"samples: \d+": "samples: 2", r"steps: \d+": "steps: 4", r"patch: (\d+), stride: \d+": r"patch: \1, stride: \1",
}  # fmt: skip


@dataclass(frozen=True)
class Project:
    """A copy of the project that runs Snakemake on config/tiny.yaml, with the Python that has it."""

    folder: Path
    python: str = sys.executable

    def snakemake(self, *arguments: str, config: str = "config/tiny.yaml") -> subprocess.CompletedProcess:
        """Run Snakemake in this folder; its output is text."""
        arguments = ("--configfile", config, "--cores", "2", *arguments)
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("SNAKEMAKE", "PYTEST"))}
        if "--dry-run" in arguments and self.python == sys.executable:
            return dry_runs.run(arguments, self.folder, environment)
        command = [self.python, "-m", "snakemake", *arguments]
        return subprocess.run(command, cwd=self.folder, capture_output=True, text=True, env=environment, check=False)

    def planned(self, *targets: str) -> Counter:
        """The jobs of a dry run: how often each (rule, what its log calls it) would run; see `checks` for two more."""
        return _counted(self._dry_run(*targets))

    def checks(self, *targets: str) -> list[str]:
        """The checks that a dry run would make; nothing depends on them."""
        return _checks(self._dry_run(*targets))

    def planned_and_checks(self) -> tuple[Counter, list[str]]:
        """Both, from one dry run."""
        jobs = self._dry_run()
        return _counted(jobs), _checks(jobs)

    def readers(self) -> dict[str, Counter]:
        """By file, the jobs of the whole run that have it among their inputs."""
        found = defaultdict(Counter)
        for rule, text in self._dry_run("--forceall"):
            if rule in CHECKS:
                continue
            inputs = re.search(r"^    input: (.*)$", text, re.M)
            for file in set(inputs[1].split(", ")):
                found[file][rule, _wildcards(text)] += 1
        return found

    def _dry_run(self, *arguments: str) -> list[tuple[str, str]]:
        result = self.snakemake("--dry-run", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr
        jobs = re.findall(r"^(?:local)?rule (\w+):\n((?:    .+\n)+)", result.stdout, re.M)
        return [(rule, text) for rule, text in jobs if rule != "all"]

    def edit(self, file: str, old: str, new: str) -> None:
        """Replace the first `old` in a file of the project."""
        edit(self.folder / file, old, new)

    def finish(self, *targets: str) -> None:
        """Make the targets, or all, which must succeed, and put the project into git as it is then."""
        result = self.snakemake(*targets)
        assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-6000:]
        for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "all"]):
            self._git(*arguments)

    def put_back(self) -> None:
        """Undo all edits since `finish`."""
        self._git("checkout", "-q", "main", "--", ".")
        self._git("clean", "-fdq", "config", "scripts", "report")

    def _git(self, *arguments: str) -> None:
        command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", *arguments]
        subprocess.run(command, cwd=self.folder, check=True)


def _counted(jobs: list[tuple[str, str]]) -> Counter:
    return Counter((rule, _wildcards(text)) for rule, text in jobs if rule not in CHECKS)


def _checks(jobs: list[tuple[str, str]]) -> list[str]:
    return sorted(rule for rule, _ in jobs if rule in CHECKS)


def _wildcards(text: str) -> str:
    found = re.search(r"^    wildcards: (.*)$", text, re.M)
    pairs = [pair.partition("=")[::2] for pair in found[1].split(", ")] if found else []
    return "/".join(value for name, value in pairs if name not in ("run", "collection", "seed"))


def copy_project(folder: Path) -> Project:
    """A copy of all files that git knows or would know, with config/tiny.yaml."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    (folder / "config" / "tiny.yaml").write_text(yaml.safe_dump(TINY))
    tasks = folder / "config" / "interpretation.yaml"
    tasks.write_text(reduce(lambda text, change: re.sub(*change, text), FEWER.items(), tasks.read_text()))
    return Project(folder)


def keep_chapters(project: Project, *chapters: str, items: str) -> None:
    """Leave some chapters of a copy's report, and the items that they answer: those whose ids match a pattern.

    Of the introduction, which needs all trainings, the headings are left that other chapters refer to.
    """
    config = project.folder / "config"
    for file in (config / "report.yaml", config / "interpretation.yaml"):
        content = yaml.safe_load(file.read_text())
        content["chapters"] = {name: read for name, read in content["chapters"].items() if name in chapters}
        content["chapters"] |= {"introduction": []} if file.stem == "report" else {}
        file.write_text(yaml.safe_dump(content, sort_keys=False))
    introduction = project.folder / "report" / "notebooks" / "introduction.ipynb"
    notebook = json.loads(introduction.read_text())
    for cell in notebook["cells"]:
        cell["source"] = [line for line in cell["source"] if re.match(r"#.*{#sec-", line)]
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["source"]]
    introduction.write_text(json.dumps(notebook))
    _keep_items(config, items)


def _keep_items(config: Path, pattern: str) -> None:
    items = yaml.safe_load((config / "items.yaml").read_text())
    kept = [item for item in items if re.fullmatch(pattern, item["id"])]
    (config / "items.yaml").write_text(yaml.safe_dump(kept))
    for file in (config / "studies").glob("*.yaml"):
        named = [item for item in yaml.safe_load(file.read_text())["items"] if re.fullmatch(pattern, item)]
        stated = f"items: {named}\n" if named else ""
        file.write_text(re.sub(r"^items: .*\n", stated, file.read_text(), count=1, flags=re.M))


def load_pin() -> ModuleType:
    """workflow/envs/pin.py, which is no module of the library."""
    specification = importlib.util.spec_from_file_location("pin", ROOT / "workflow" / "envs" / "pin.py")
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


def edit(file: Path, old: str, new: str) -> None:
    """Replace the first `old` in a file; the test is wrong where it is not there."""
    text = file.read_text()
    assert old in text, f"{file} does not contain {old!r}"
    file.write_text(text.replace(old, new, 1))
