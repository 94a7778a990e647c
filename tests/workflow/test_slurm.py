"""The study on a real SLURM of one machine, with faults; its bytes are those of a run without either."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from cnnatlas.workflow.verification import compare
from project import ROOT, TINY, Project, copy_project, keep_chapters

TOOLS = ROOT.parent / "shared" / "tools"
pytestmark = [
    pytest.mark.deep,
    pytest.mark.xdist_group("slurm"),
    pytest.mark.skipif(not (TOOLS / "slurm-up.sh").exists(), reason="needs the SLURM of ../shared/tools"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can start SLURM"),
]
PROFILE = ("--profile", "profiles/slurm")
# Nodes with 4 processors, 8 GB and two GPUs, all on one machine without any
SMALLER = {
    "4000 * attempt": "1500 * attempt",
    "800 * attempt": "2500 * attempt",  # so that two jobs take two nodes
    "latency-wait: 60": "latency-wait: 5",
    "status-checks: 10": "status-checks: 1",
}
TRAININGS = ("e1a_lenet5", "e1b_dropout", "e1b_l1", "e1b_l2")  # made long enough for a fault each
NETWORKS = re.compile("group_train_|group_interpret_|rule_features|rule_reliability")  # what computes with them
REPORT = ("results/tiny/report/report.pdf", "results/tiny/audit/stl10/features.npy")
OF_ALL_CHAPTERS = ("report.pdf", "build/labels.json", "build/typst", "build/introduction.*", "media/introduction")
GROUPED = "e1b_xavier"  # and this one with two seeds, which share a job
SEEDS = (0, 1)


@dataclass(frozen=True)
class Cluster:
    """SLURM's commands, and its state."""

    environment: dict[str, str]

    def call(self, *command: str | Path) -> str:
        """Run a command that must succeed; its output."""
        done = subprocess.run(command, capture_output=True, text=True, env=self.environment, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def jobs(self, state: str = "all") -> dict[str, dict[str, str]]:
        """Node, state and comment of the jobs that SLURM knows, by id, the oldest first."""
        lines = self.call("squeue", "-h", "-t", state, "-S", "i", "-o", "%i %T %N %k").splitlines()
        rows = [line.split(" ") for line in lines]
        return {row[0]: dict(zip(("state", "node", "comment"), row[1:], strict=True)) for row in rows}

    def nodes(self) -> dict[str, str]:
        """Where the jobs of the last hours ran, by id; `jobs` forgets those that ended ten minutes ago."""
        lines = self.call("sacct", "-X", "-n", "-P", "-S", "now-6hours", "-o", "JobID,NodeList").splitlines()
        return dict(line.split("|") for line in lines)

    def restarts(self, number: str) -> int:
        """How often SLURM itself has started a job again."""
        return int(self.call("squeue", "-h", "-t", "all", "-j", number, "-O", "RestartCnt"))


def stop_abandoned() -> None:
    """Take down what tests that were killed have left: links in /etc/slurm to a cluster whose controller is dead."""
    root = Path("/etc/slurm/slurm.conf").resolve().parents[1]
    record = root / "run" / "slurmctld.pid"
    command = Path("/proc", record.read_text().strip(), "cmdline") if record.is_file() else record
    alive = command.is_file() and str(root) in command.read_text()  # another process may have the number by now
    if root.name.startswith("slurm-") and not alive:
        environment = os.environ | {"SLURM_TEST_ROOT": str(root)}
        subprocess.run([TOOLS / "slurm-down.sh", "--purge"], env=environment, check=True)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Four nodes in two partitions, with accounting."""
    stop_abandoned()
    root = tempfile.mkdtemp(prefix="slurm-")  # short: the names of sockets are limited
    slurm = Cluster(os.environ | {"SLURM_TEST_ROOT": root})
    try:
        slurm.call(TOOLS / "slurm-up.sh", "--accounting")
        yield slurm
    finally:
        slurm.call(TOOLS / "slurm-down.sh", "--purge")
        shutil.rmtree(root, ignore_errors=True)


def with_small_nodes(project: Project) -> Project:
    """The project with the profile edited for the nodes of the tests."""
    for old, new in SMALLER.items():
        project.edit("profiles/slurm/config.yaml", old, new)
    return project


def test_a_chapter_from_archives_to_the_pdf(finished, cluster, tmp_path):
    project = with_small_nodes(copy_project(tmp_path / "project"))
    keep_chapters(project, "d", items=r"D\d.*")
    result = project.snakemake(*PROFILE, "--printshellcmds", *REPORT)
    said = result.stdout + result.stderr
    assert result.returncode == 0, said[-10000:]
    made = project.folder / "results/tiny"
    found = compare(same_files(finished.folder, made, tmp_path / "local"), made)
    assert found.first is None, found.report()
    assert found.agreeing.keys() >= {"data", "models", "studies", "interpretation", "audit", "report"}
    jobs = dict(re.findall(r"SLURM jobid (\d+) \(log: \S+/slurm_logs/([^/]+)/", said))
    nodes = cluster.nodes()
    for computes, allowed in ((True, {"gpu1", "gpu2"}), (False, {"cpu1", "cpu2"})):  # one may do for a chapter
        used = {nodes[number] for number, name in jobs.items() if bool(NETWORKS.match(name)) == computes}
        assert used and used <= allowed
    steps = int(re.search(r"^(\d+) of \1 steps", said, re.M)[1])
    assert len(jobs) < steps / 2  # small ones went together


def same_files(run: Path, made: Path, folder: Path) -> Path:
    """A folder with those files of a local run that another has made; the other loses what depends on all chapters."""
    for path in (path for pattern in OF_ALL_CHAPTERS for path in (made / "report").glob(pattern)):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    names = [path.relative_to(made) for path in made.rglob("*") if path.is_file()]
    for name in (name for name in names if (run / "results/tiny" / name).is_file()):
        (folder / "results/tiny" / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(run / "results/tiny" / name, folder / "results/tiny" / name)
    (folder / "resources").symlink_to(run / "resources")
    return folder / "results/tiny"


def training(variant: str, seed: int = 0) -> str:
    """The record of one training."""
    return f"results/tiny/models/{variant}/seed{seed}/training.json"


@pytest.fixture(scope="module")
def eager(tmp_path_factory, cluster) -> Project:
    """A project whose trainings write a checkpoint after every step; in `undisturbed`, what they come to locally."""
    project = with_small_nodes(copy_project(tmp_path_factory.mktemp("slurm")))
    project.edit("scripts/cnnatlas/training/checkpoints.py", "INTERVAL = 30.0", "INTERVAL = 0.0")
    longer = deepcopy(TINY)
    longer["overlay"]["variants"] |= {variant: {"epochs": 20} for variant in TRAININGS}
    longer["overlay"]["variants"][GROUPED] = {"epochs": 20, "seeds": [*SEEDS]}
    (project.folder / "config" / "tiny.yaml").write_text(yaml.safe_dump(longer))
    done = project.snakemake(*map(training, TRAININGS), *(training(GROUPED, seed) for seed in SEEDS))
    assert done.returncode == 0, done.stdout + done.stderr
    (project.folder / "results").rename(project.folder / "undisturbed")
    return project


def submitted(project: Project, *targets: str) -> subprocess.Popen:
    """A Snakemake that submits jobs, on its own; what it says goes to a file."""
    command = [sys.executable, "-m", "snakemake", *PROFILE, "--configfile", "config/tiny.yaml", "--cores", "2"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("SNAKEMAKE", "PYTEST"))}
    with (project.folder / "said").open("w") as said:
        return subprocess.Popen(
            [*command, *targets], cwd=project.folder, stdout=said, stderr=said, env=environment, start_new_session=True
        )


def well_under_way(project: Project, cluster: Cluster, process: subprocess.Popen, variant: str, seed: int = 0) -> str:
    """The id of the job that trains a variant, once it has written some checkpoints."""
    folder = project.folder / f"results/tiny/checkpoints/{variant}/seed{seed}"
    while max((int(path.stem.split("-")[1]) for path in folder.glob("*-*.checkpoint")), default=0) < 20:
        assert process.poll() is None, (project.folder / "said").read_text()[-10000:]
        time.sleep(0.1)
    return next(number for number, job in cluster.jobs("running").items() if f"_{variant}_" in job["comment"])


def assert_undisturbed(project: Project, variant: str, folder: str, seed: int = 0) -> None:
    """The training went on where it was, to the same bytes."""
    place = f"tiny/models/{variant}/seed{seed}"
    found, expected = (
        {path.name: path.read_bytes() for path in (project.folder / side / place).iterdir()}
        for side in (folder, "undisturbed")
    )
    assert json.loads(found.pop("timing.json"))["interruptions"] == 1
    expected.pop("timing.json")
    assert found == expected


@pytest.fixture(scope="module")
def disturbed(eager, cluster) -> dict[str, str]:
    """By fault, the training that met it, in one run of four on two nodes; its results are in `disturbed`."""
    process = submitted(eager, *map(training, TRAININGS))
    variants = {well_under_way(eager, cluster, process, variant): variant for variant in TRAININGS}
    before = cluster.jobs("running")
    preempted, late, cancelled, crashed = sorted(variants, key=lambda number: before[number]["node"])
    cluster.call("scancel", cancelled)
    cluster.call("scontrol", "update", f"jobid={late}", "EndTime=now+1")
    cluster.call("scontrol", "requeue", preempted)  # as SLURM itself does when a job with a higher priority comes
    cluster.call(TOOLS / "node-crash.sh", before[crashed]["node"])
    cluster.call("scontrol", "update", f"nodename={before[crashed]['node']}", "state=down", "reason=test")
    cluster.call(TOOLS / "slurm-up.sh", "--accounting")
    while process.poll() is None:
        for number in {preempted, crashed} & set(cluster.jobs("pending")):
            cluster.call("scontrol", "update", f"jobid={number}", "StartTime=now")  # or SLURM waits two minutes
        time.sleep(1)
    assert process.returncode == 0, (eager.folder / "said").read_text()[-10000:]
    assert [cluster.jobs()[number]["state"] for number in (cancelled, late)] == ["CANCELLED", "TIMEOUT"]
    assert [cluster.restarts(number) for number in (cancelled, late, preempted, crashed)] == [0, 0, 1, 1]
    (eager.folder / "results").rename(eager.folder / "disturbed")
    faults = {"cancelled": cancelled, "late": late, "preempted": preempted, "crashed": crashed}
    return {fault: variants[number] for fault, number in faults.items()}


@pytest.mark.parametrize("fault", ["cancelled", "late", "preempted", "crashed"])
def test_a_training_goes_on_after_its_job_was(fault, disturbed, eager):
    assert_undisturbed(eager, disturbed[fault], "disturbed")


def test_seeds_that_share_a_job_share_a_gpu_and_none_is_lost(eager, cluster):
    process = submitted(eager, *(training(GROUPED, seed) for seed in SEEDS))
    while not (ended := {seed for seed in SEEDS if (eager.folder / training(GROUPED, seed)).exists()}):
        assert process.poll() is None, (eager.folder / "said").read_text()[-10000:]
        time.sleep(0.2)
    (other,) = set(SEEDS) - ended
    number = well_under_way(eager, cluster, process, GROUPED, other)
    asked = cluster.call("scontrol", "show", "job", number)
    assert "gres/gpu=1\n" in asked and "NumCPUs=1 " in asked
    cluster.call("scancel", number)  # Snakemake throws away what both have written
    assert process.wait() == 0, (eager.folder / "said").read_text()[-10000:]
    for seed in SEEDS:
        assert_undisturbed(eager, GROUPED, "results", seed)
    assert not (eager.folder / "results/tiny/checkpoints").exists()


def test_snakemake_killed_and_started_again(eager, cluster):
    variant = TRAININGS[0]
    process = submitted(eager, training(variant))
    number = well_under_way(eager, cluster, process, variant)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    assert cluster.jobs()[number]["state"] == "RUNNING"  # no Snakemake monitors it now
    documented = re.search(r"^(scancel .*)$", (ROOT / "docs/slurm.md").read_text(), re.M)[1]
    cluster.call("bash", "-c", documented)
    while cluster.jobs()[number]["state"] != "CANCELLED":
        time.sleep(0.2)
    assert eager.snakemake(*PROFILE, "--unlock").returncode == 0
    done = eager.snakemake(*PROFILE, training(variant))
    assert done.returncode == 0, done.stdout + done.stderr
    assert_undisturbed(eager, variant, "results")
