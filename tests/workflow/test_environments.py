"""The conda environments hold the lock's versions, all that their groups ask for, and all that their jobs import."""

import ast
import importlib.metadata
import re
import shutil
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

from cnnatlas.workflow import sources
from project import ROOT, copy_project, edit, load_pin

LOCAL = {path.stem for path in (ROOT / "scripts").iterdir()}


@pytest.fixture
def pin(tmp_path, monkeypatch):
    module = load_pin()
    for name in ("environment.yml", "pyproject.toml", "requirements.lock", "workflow/envs"):
        target = tmp_path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if (ROOT / name).is_dir() else shutil.copy)(ROOT / name, target)
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "LOCK", tmp_path / "requirements.lock")
    return module


def rules() -> dict[str, tuple[str, str]]:
    """Rule -> its script and its env yaml."""
    found = {}
    for file in sorted((ROOT / "workflow" / "rules").glob("*.smk")):
        for name, body in re.findall(r"^rule (\w+):\n((?:(?:    .*)?\n)+)", file.read_text(), re.M):
            script = re.search(r'^    script:\n        "\.\./\.\./(.+)"$', body, re.M)
            environment = re.search(r'^    conda:\n        "\.\./(.+)"$', body, re.M)
            assert script and environment, f"{file.name}: rule {name} lacks a script or an environment"
            found[name] = script[1], f"workflow/{environment[1]}"
    return found


def pinned(environment: Path) -> set[str]:
    """The packages of an env yaml."""
    return {line.partition("==")[0] for line in yaml.safe_load(environment.read_text())["dependencies"][-1]["pip"]}


@cache
def packages() -> dict[str, set[str]]:
    """Module -> the packages that bring it."""
    found = importlib.metadata.packages_distributions()
    return {module: {re.sub(r"[-_.]+", "-", name).lower() for name in names} for module, names in found.items()}


@cache
def imported(file: str) -> frozenset[str]:
    """The modules of others that one file imports."""
    if Path(file).suffix not in (".py", ".ipynb"):
        return frozenset()
    nodes = [node for tree in sources._trees(file) for node in ast.walk(tree)]
    names = {name for node in nodes for name in sources._names(node, ())}
    return frozenset(name.partition(".")[0] for name in names) - sys.stdlib_module_names - LOCAL


def lacking(environment: Path, files: list[str]) -> set[str]:
    """The modules that files import and an environment does not have."""
    held = pinned(environment)
    return {module for file in files for module in imported(file) if not packages().get(module, set()) & held}


def test_they_agree(pin):
    assert pin.disagreements() == []


def test_another_version_is_named(pin):
    edit(pin.ROOT / "workflow/envs/report.yaml", "papermill==", "papermill==0.")
    assert [line for line in pin.disagreements() if "workflow/envs/report.yaml" in line and "papermill" in line]


def test_a_missing_dependency_is_named(pin):
    edit(pin.ROOT / "pyproject.toml", "compute = [\n", 'compute = [\n    "arrow",\n')
    assert {line.partition(":")[0] for line in pin.disagreements()} == {"environment.yml", "workflow/envs/compute.yaml"}


@pytest.mark.parametrize("python", ["3.11", "3.12"])
def test_a_version_of_python_has_one_version_of_each_package(pin, python):
    """And tifffile, of which there is another for each, has one."""
    for file in pin.ENVIRONMENTS:
        lines = yaml.safe_load((ROOT / file).read_text())["dependencies"][-1]["pip"]
        environment = {"python_version": python, "python_full_version": f"{python}.4"}
        held = [p.name for p in map(Requirement, lines) if p.marker is None or p.marker.evaluate(environment)]
        assert len(held) == len(set(held)), file
        assert ("tifffile" in held) == ("compute" in pin.ENVIRONMENTS[file]), file


def test_every_rule_has_an_environment_that_exists_and_counts_among_its_inputs():
    for file in (ROOT / "workflow" / "rules").glob("*.smk"):
        for body in file.read_text().split("\nrule ")[1:]:
            named = re.search(r'"\.\./envs/(\w+)\.yaml"', body)[1]
            assert (ROOT / "workflow" / "envs" / f"{named}.yaml").is_file(), body
            assert set(re.findall(r'env="(\w+)"', body)) <= {named}, body


@pytest.mark.parametrize("rule", rules())
def test_an_environment_has_what_a_rules_script_imports(rule):
    script, environment = rules()[rule]
    assert lacking(ROOT / environment, sources.closure(script)) == set()


def test_a_module_that_an_environment_lacks_is_found(pin):
    environment = pin.ROOT / "workflow/envs/analysis.yaml"
    environment.write_text(re.sub(r"  - scipy.*\n", "", environment.read_text()))
    assert lacking(environment, sources.closure("scripts/compare.py")) == {"scipy"}


def test_the_launcher_has_what_the_workflow_imports():
    """What reads the configuration; of torch only the layers' classes would be asked, in jobs."""
    read = [
        "scripts/cnnatlas/configuration/interpretations.py",
        "scripts/cnnatlas/workflow/checkpoints.py",
        "scripts/cnnatlas/workflow/plan/run.py",
        "workflow/plugins/snakemake_logger_plugin_jobs/__init__.py",
    ]
    files = [file for file in sources.closure(*read, "scripts/why.py") if "/architectures/" not in file]
    assert lacking(ROOT / "workflow/envs/launcher.yaml", files) == set()


@pytest.mark.slow
def test_an_environment_has_what_a_rules_jobs_import(tmp_path):
    """Also what is named by the configuration: architectures, methods, readers of archives, notebooks."""
    made_of = {rule: set() for rule in rules()}
    for file, jobs in copy_project(tmp_path).readers().items():
        for rule, _ in jobs:
            made_of[rule].add(file)
    notebooks = [str(path.relative_to(ROOT)) for path in (ROOT / "report" / "notebooks").glob("*.ipynb")]
    made_of["execute"] -= {f for f in made_of["execute"] if f.endswith(".py")} - set(
        sources.closure("scripts/execute.py", *notebooks)
    )  # chapters also show sources, which they do not import
    for rule, (_, environment) in rules().items():
        own = [file for file in made_of[rule] if file.startswith(("scripts/", "report/"))]
        assert lacking(ROOT / environment, own) == set(), rule
        if made_of[rule]:  # but for downloads, which no embedded run needs
            assert {file for file in made_of[rule] if file.startswith("workflow/envs/")} == {environment}
