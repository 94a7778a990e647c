"""What the Snakefile's header says of every rule: rule = script = log folder = benchmark folder."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from itertools import groupby

import pytest

from project import ROOT

COLLECTING = {"all", "check", "data", "models"}  # rules that run no job


def rules() -> dict[str, str]:
    """The text of each rule, by name."""
    text = "\n".join(path.read_text() for path in [ROOT / "Snakefile", *sorted(ROOT.glob("workflow/rules/*.smk"))])
    parts = re.split(r"^rule (\w+):\n", text, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


def directive(text: str, name: str) -> str | None:
    found = re.search(rf'^    {name}:\s+"([^"]+)"', text, re.M)
    return found and found[1]


def test_rules_are_found_once_each():
    names = re.findall(r"^rule (\w+):", "\n".join(p.read_text() for p in ROOT.glob("workflow/rules/*.smk")), re.M)
    assert len(names) > 25
    assert [name for name, same in groupby(sorted(names)) if len(list(same)) > 1] == []


def test_no_script_has_the_name_of_an_installed_module():
    """Jobs and commands find scripts/ first, and Snakemake itself imports modules such as tabulate."""
    installed = {*packages_distributions(), *sys.stdlib_module_names}
    assert sorted(installed & {path.stem for path in (ROOT / "scripts").iterdir()} - {"cnnatlas"}) == []


@pytest.mark.parametrize("name", sorted(rules().keys() - COLLECTING))
def test_a_rule_has_one_name_for_its_script_its_log_and_its_benchmark(name):
    text = rules()[name]
    assert directive(text, "script") == f"../../scripts/{name}.py"
    assert (ROOT / "scripts" / f"{name}.py").is_file()
    log, benchmark = directive(text, "log"), directive(text, "benchmark")
    base = re.match(r"(results/\{run\}|resources/(?:upstream|embedded|\{collection\}))/", log)[1]
    assert log.startswith(f"{base}/logs/{name}/") and log.endswith(".log")
    assert benchmark.startswith(f"{base}/benchmarks/{name}/") and benchmark.endswith(".tsv")
    assert log.removeprefix(f"{base}/logs/")[:-4] == benchmark.removeprefix(f"{base}/benchmarks/")[:-4]


@pytest.mark.parametrize("name", sorted(COLLECTING))
def test_a_rule_that_only_collects_files_runs_nothing(name):
    assert not re.search(r"^    (script|shell|run|output):", rules()[name], re.M)


@pytest.mark.slow
def test_the_report_draws_the_rules_as_they_are():
    command = [sys.executable, "workflow/rule_graph.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
