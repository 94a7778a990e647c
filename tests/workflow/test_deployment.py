"""The workflow away from home: from another folder, as a module of another workflow, by snakedeploy."""

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from reruns_expected import VARIANTS

from project import TINY, Project, copy_project

pytestmark = pytest.mark.deep
WEIGHTS = "results/{run}/models/b2_shallownet/seed0/weights.safetensors"
ANSWERS = "results/{run}/report/build/theory_c.ipynb"  # a chapter, of seven figures, that needs no data
MYTORCH = "results/{run}/report/build/mytorch.ipynb"  # and one that runs the library
MINE = {**TINY, "run": "mine", "studies": ["simple_cifar10", "stl10"]}


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Project:
    """A copy of the project, in a git repository."""
    project = copy_project(tmp_path_factory.mktemp("there") / "cnn-atlas")
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-qm", "all"], ["tag", "v1"]):
        subprocess.run([*git, *arguments], cwd=project.folder, check=True)
    return project


def snakemake(folder: Path, *arguments: str | Path, targets: tuple | list = (), **environment: str) -> str:
    """What Snakemake prints in a folder; it must end well."""
    command = [sys.executable, "-m", "snakemake", *map(str, arguments), "--cores", "2", *targets]
    known = {k: v for k, v in os.environ.items() if not k.startswith(("SNAKEMAKE", "PYTEST"))}
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, env={**known, **environment}, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout


def rules(output: str, prefix: str = "") -> Counter:
    """How often each rule would run, by the table of a dry run."""
    table = output[: output.index("Reasons:")].rpartition("Job stats:")[2]
    return Counter(
        {name.removeprefix(prefix): int(n) for name, n in re.findall(r"^(\w+) +(\d+)$", table, re.MULTILINE)}
    )


def inputs(output: str) -> set[str]:
    """All inputs of the jobs of a dry run."""
    return {file for line in re.findall(r"^    input: (.+)$", output, re.MULTILINE) for file in line.split(", ")}


def as_module(folder: Path, snakefile: str, config: dict, *more: str) -> None:
    """Write a workflow that uses all rules of another as `atlas_*`."""
    (folder / "workflow").mkdir(parents=True)
    (folder / "config").mkdir()
    (folder / "config" / "mine.yaml").write_text(yaml.safe_dump({"birds": 3, "atlas": config}))
    lines = ["configfile: 'config/mine.yaml'", "module cnn_atlas:", f"    snakefile: {snakefile!r}"]
    lines += ["    config: config['atlas']", *(f"    {line}" for line in more), "use rule * from cnn_atlas as atlas_*"]
    (folder / "workflow" / "Snakefile").write_text("\n".join(lines))


def test_another_folder_gets_the_same_plan_and_every_input_is_there(home, tmp_path):
    arguments = ("--dry-run", "--configfile", "config/tiny.yaml")
    here = snakemake(home.folder, *arguments)
    there = snakemake(home.folder, *arguments, "--directory", tmp_path, "--snakefile", "Snakefile")
    assert rules(there) == rules(here)
    made = {file for line in re.findall(r"^    output: (.+)$", there, re.MULTILINE) for file in line.split(", ")}
    missing = [file for file in inputs(there) - made if not (tmp_path / file).exists()]
    assert not missing
    assert not any(Path(file).is_absolute() for file in inputs(there))  # or a moved folder would run again


def test_jobs_run_in_another_folder_and_leave_the_workflow_alone(home, tmp_path):
    targets = [target.format(run="tiny") for target in (WEIGHTS, ANSWERS, MYTORCH)]
    arguments = ["--snakefile", home.folder / "Snakefile", "--configfile", home.folder / "config/tiny.yaml"]
    snakemake(tmp_path, *arguments, targets=targets)
    assert all((tmp_path / target).is_file() for target in targets)
    assert not (home.folder / "results").exists() and not (home.folder / "resources").exists()
    assert not {"config", "workflow"} & {path.name for path in tmp_path.iterdir()}
    assert "Nothing to be done" in snakemake(tmp_path, *arguments, "--dry-run", targets=targets)
    assert str(home.folder) not in (tmp_path / targets[2]).read_text()


def test_a_module_has_its_own_run_configuration_and_prefix(home, tmp_path):
    as_module(tmp_path, str(home.folder / "Snakefile"), MINE, "prefix: 'networks'")
    targets = [f"networks/{target.format(run='mine')}" for target in (WEIGHTS, ANSWERS, MYTORCH)]
    planned = rules(snakemake(tmp_path, "--dry-run", targets=["atlas_all"]), "atlas_")
    assert planned["compare"] == 2
    profile = ("--workflow-profile", home.folder / "profiles/default")
    snakemake(tmp_path, *profile, targets=targets)
    assert all((tmp_path / target).is_file() for target in targets)
    assert {path.name for path in tmp_path.iterdir()} == {".snakemake", "config", "networks", "workflow"}
    assert "Nothing to be done" in snakemake(tmp_path, *profile, "--dry-run", targets=targets)
    record = yaml.safe_load((tmp_path / targets[0]).with_name("training.json").read_text())
    assert record["spec"]["epochs"] == 1


def test_a_module_inside_its_users_folder_keeps_its_files_out_of_the_prefix(home, tmp_path):
    copy_project(tmp_path / "user" / "vendor")
    as_module(tmp_path / "user", "../vendor/Snakefile", MINE, "prefix: 'networks'")
    targets = ["atlas_all", f"networks/{MYTORCH.format(run='mine')}"]
    output = snakemake(tmp_path / "user", "--dry-run", targets=targets)
    assert "vendor/scripts/train.py" in inputs(output) and "vendor/report/notebooks/mytorch.ipynb" in inputs(output)
    assert not any(file.startswith("networks/vendor") for file in inputs(output))


def test_what_a_modules_configuration_leaves_open_is_the_workflows_own(home, tmp_path):
    as_module(tmp_path, str(home.folder / "Snakefile"), {"run": "mine", "studies": ["simple_cifar10"]})
    output = snakemake(tmp_path, "--dry-run", targets=["atlas_models"])
    assert rules(output, "atlas_")["train"] > 8  # the seeds of config/config.yaml
    assert "resources/upstream/archives/cifar-10-python.tar.gz" in inputs(output)


def test_a_configuration_of_its_own_is_read_whole(home, tmp_path):
    subprocess.run(["cp", "-r", str(home.folder / "config"), str(tmp_path)], check=True)
    for study in (tmp_path / "config" / "studies").glob("*.yaml"):
        text = study.read_text().replace("title: ShallowNet, SGD", "title: Changed")
        study.write_text(text)
    arguments = ["--snakefile", home.folder / "Snakefile", "--configfile", "config/tiny.yaml", "--dry-run"]
    edit = tmp_path / "config" / "studies" / "simple_cifar10.yaml"
    assert "Changed" in edit.read_text()
    edit.write_text(edit.read_text().replace("b2_shallownet", "b2_renamed"))
    output = snakemake(tmp_path, *arguments)
    assert "variant=b2_renamed" in output and "variant=b2_shallownet" not in output


def test_snakedeploy_from_a_repository_gives_a_workflow_that_runs(home, tmp_path):
    pytest.importorskip("snakedeploy")
    environment = {  # github.com is the copy's folder, to git
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.file://{home.folder.parent}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/example/",
        "XDG_CACHE_HOME": str(tmp_path / "cache"),
    }
    command = [Path(sys.executable).parent / "snakedeploy", "deploy-workflow", "https://github.com/example/cnn-atlas"]
    deployed = tmp_path / "deployed"
    done = subprocess.run(
        [*command, str(deployed), "--tag", "v1"],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    target = MYTORCH.format(run="tiny")
    output = snakemake(deployed, "--configfile", "config/tiny.yaml", "--dry-run", **environment)
    assert rules(output)["train"] == len(VARIANTS)
    snakemake(deployed, "--configfile", "config/tiny.yaml", targets=[target], **environment)
    assert (deployed / target).is_file()
    # The next version changes nothing that this chapter reads
    for arguments in (["commit", "-q", "--allow-empty", "-m", "next"], ["tag", "v2"]):
        subprocess.run(
            ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", *arguments], cwd=home.folder, check=True
        )
    snakefile = deployed / "workflow" / "Snakefile"
    snakefile.write_text(snakefile.read_text().replace('tag="v1"', 'tag="v2"'))
    output = snakemake(deployed, "--configfile", "config/tiny.yaml", "--dry-run", targets=[target], **environment)
    assert "Nothing to be done" in output


def test_snakedeploy_from_a_local_copy_needs_its_path(home, tmp_path):
    pytest.importorskip("snakedeploy")
    command = [
        str(Path(sys.executable).parent / "snakedeploy"),
        "deploy-workflow",
        str(home.folder),
        str(tmp_path / "d"),
    ]
    subprocess.run([*command, "--branch", "main"], check=True, capture_output=True)
    snakefile = tmp_path / "d" / "workflow" / "Snakefile"
    assert '"workflow/Snakefile"' in snakefile.read_text()
    snakefile.write_text(snakefile.read_text().replace('"workflow/Snakefile"', f'"{home.folder}/Snakefile"'))
    output = snakemake(tmp_path / "d", "--configfile", "config/tiny.yaml", "--dry-run")
    assert rules(output)["train"] == len(VARIANTS)
