"""Where a disk is full or cannot be written to: one line with the way out, and nothing partial under a final name."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from cnnatlas.data.dataset import Prepared
from cnnatlas.data.prepare import write
from cnnatlas.errors import AtlasError
from cnnatlas.files import replacing, write_json
from project import copy_project

NAMES = ("images.npy", "labels.npy", "items.csv", "dataset.json")


def mount(*arguments: str) -> None:
    if shutil.which("mount") is None or os.geteuid():
        pytest.skip("mounting a file system of one's own needs root")
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"this machine mounts nothing: {done.stderr.strip()}")


@pytest.fixture
def disk(tmp_path):
    """A disk of 256 KB; more than one page is left of it."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount("-t", "tmpfs", "-o", "size=256k", "tmpfs", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def prepared(count: int) -> Prepared:
    images = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    return Prepared(images, np.zeros(count, np.int64), [f"train/{k}" for k in range(count)], ["cat"],
                    np.arange(count), ["train"] * count)  # fmt: skip


def test_a_full_disk_while_data_are_prepared(disk):
    with pytest.raises(AtlasError, match=r"/disk/stl10/\S+: the disk is full; free space in .*/stl10 and run") as e:
        write(prepared(200), "stl10", {}, *(disk / "stl10" / name for name in NAMES))
    assert "\n" not in str(e.value)
    assert [path for path in disk.rglob("*") if path.is_file()] == []
    write(prepared(20), "stl10", {}, *(disk / "stl10" / name for name in NAMES))  # once there is space
    assert sorted(path.name for path in (disk / "stl10").iterdir()) == sorted(NAMES)


def test_a_full_disk_while_a_training_is_saved(disk):
    torch = pytest.importorskip("torch")
    from safetensors.torch import save_file

    path = disk / "models" / "weights.safetensors"
    with pytest.raises(AtlasError, match=r"weights\.safetensors: the disk is full"), replacing(path) as temporary:
        save_file({"weight": torch.zeros(1 << 18)}, temporary)
    with pytest.raises(AtlasError, match=r"scores\.npz: the disk is full"), replacing(disk / "scores.npz") as temporary:
        np.savez(temporary, train=np.zeros(1 << 18))
    assert [path for path in disk.rglob("*") if path.is_file()] == []


def test_a_disk_that_is_full_already_takes_no_log_and_still_says_why(disk):
    (disk / "filling").write_bytes(bytes(256 << 10 >> 1))
    with (disk / "rest").open("wb", buffering=0) as stream, pytest.raises(OSError, match="No space"):
        while True:
            stream.write(bytes(4096))
    program = (
        "from types import SimpleNamespace\nfrom cnnatlas.workflow.jobs import job\n"
        "from cnnatlas.files import write_json\n"
        f"with job(SimpleNamespace(log=['{disk}/a.log'], input=[])):\n"
        f"    print('at work')\n    write_json('{disk}/a.json', list(range(10**4)))\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "scripts")}
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=environment, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1, done.stderr
    assert "the disk is full" in done.stderr or "the log cannot be written" in done.stderr
    assert not (disk / "a.json").exists()


def test_a_folder_that_cannot_be_written_to(disk):
    write_json(disk / "results" / "old.json", 1)
    mount("-o", "remount,ro", str(disk))
    for path in (disk / "results" / "new.json", disk / "other" / "new.json"):
        with pytest.raises(AtlasError, match=r"new\.json: .* cannot be written to \(Read-only file system\); make it"):
            write_json(path, 2)
    assert (disk / "results" / "old.json").read_text() == "1\n"


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EPERM])
def test_a_folder_of_somebody_else(tmp_path, monkeypatch, number):
    def refuse(*_, **__):
        raise OSError(number, os.strerror(number), str(tmp_path))

    monkeypatch.setattr(Path, "touch", refuse)
    with pytest.raises(AtlasError, match=r"a\.json: .* cannot be written to .*make it writable, or run in a copy"):
        write_json(tmp_path / "a.json", 1)


def test_a_file_that_may_not_be_read_is_no_matter_of_the_one_that_is_written(tmp_path):
    with pytest.raises(PermissionError), replacing(tmp_path / "a.json"):
        raise PermissionError(errno.EACCES, "Permission denied", "other.json")
    assert list(tmp_path.iterdir()) == []


# --- with Snakemake

DRAWN = "resources/embedded/archives/cifar-10-python.tar.gz"
QUICK = "from pathlib import Path\nfor path in snakemake.output:\n    Path(path).write_text('drawn')\n"
WORK = "    spec, archive ="  # where the script begins to work


@pytest.mark.slow
def test_read_only_results_are_one_clear_line(tmp_path, disk):
    project = copy_project(tmp_path / "project")
    resources = project.folder / "resources"
    resources.mkdir()
    mount("--bind", str(disk), str(resources))
    try:
        mount("-o", "remount,ro,bind", str(resources))
        result = project.snakemake(DRAWN)
    finally:
        subprocess.run(["umount", "-l", str(resources)], check=True)
    said = result.stdout + result.stderr
    assert result.returncode == 1
    assert "Read-only file system" in said and "resources/embedded" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_second_run_in_one_folder_is_told_so_and_damages_nothing(tmp_path):
    project = copy_project(tmp_path / "project")
    locks = project.folder / ".snakemake" / "locks"
    locks.mkdir(parents=True)
    (locks / "0.output.lock").write_text(f"{DRAWN}\n")  # what a run that is under way leaves: its outputs
    result = project.snakemake(DRAWN)
    assert result.returncode == 1
    assert "cannot be locked" in result.stderr and "--unlock" in result.stderr
    assert not (project.folder / "resources").exists()
    assert project.snakemake("--unlock").returncode == 0
    assert not list(locks.glob("*.lock"))


@pytest.mark.slow
def test_a_lost_snakemake_folder_is_repaired_as_the_readme_says(tmp_path):
    project = copy_project(tmp_path / "project")
    (project.folder / "scripts" / "draw.py").write_text(QUICK)
    assert project.snakemake(DRAWN).returncode == 0
    shutil.rmtree(project.folder / ".snakemake")
    (project.folder / "scripts" / "draw.py").touch()
    assert project.planned(DRAWN)  # without its records, Snakemake has times to go by
    assert project.snakemake(DRAWN, "--touch").returncode == 0
    assert not project.planned(DRAWN)
    assert (project.folder / DRAWN).read_text() == "drawn"


@pytest.mark.slow
def test_an_error_that_nobody_foresaw_reaches_the_console_with_its_log(tmp_path):
    project = copy_project(tmp_path / "project")
    project.edit("scripts/draw.py", WORK, f"    {{}}['unforeseen']\n{WORK}")
    result = project.snakemake("--printshellcmds", DRAWN)
    log = "resources/embedded/logs/draw/cifar-10-python.tar.gz.log"
    line = f"error: unexpected KeyError: 'unforeseen'; see the traceback in {log}; please report it with that file"
    assert result.returncode == 1
    assert "Traceback" in result.stderr and "scripts/draw.py" in result.stderr  # the log, shown
    assert line in result.stderr.splitlines()
    assert (project.folder / log).read_text().splitlines()[-1] == line
    assert not (project.folder / DRAWN).exists()
