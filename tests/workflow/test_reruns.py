"""A finished run: what is no edit reruns nothing, what is lost comes back, what runs changes no more than it must.

Which jobs an edit reruns is tested in test_reruns_of_sources.py and test_reruns_of_configuration.py.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter

import pytest
from reruns_expected import after, jobs

from project import CHECKS, Project

pytestmark = pytest.mark.slow

ACCURACIES = "results/tiny/studies/stl10/accuracy.svg"


def touch(project) -> None:
    """Give every file that git knows the time of now."""
    listed = subprocess.run(["git", "ls-files"], cwd=project.folder, capture_output=True, check=True, text=True)
    for file in listed.stdout.split():
        os.utime(project.folder / file)


def checksums(project) -> dict[str, str]:
    """The checksum of each file below the run's results; without logs and benchmarks, which tell times."""
    folder = project.folder / "results/tiny"
    files = {path.relative_to(folder): path for path in folder.rglob("*") if path.is_file()}
    kept = {name: path for name, path in files.items() if name.parts[0] not in ("logs", "benchmarks")}
    return {name.as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for name, path in kept.items()}


def changed(before: dict[str, str], now: dict[str, str]) -> set[str]:
    """The files whose checksums differ, or that only one of two states has."""
    return {name for name in before.keys() | now.keys() if before.get(name) != now.get(name)}


def test_time_alone_reruns_nothing(restored):
    touch(restored)
    assert restored.planned() == Counter()


def test_an_edit_that_is_older_than_the_results_reruns_what_it_concerns(restored):
    """As after unpacking another version over this one, whose files keep their times."""
    file = restored.folder / "scripts/figure_digits.py"
    before = file.stat()
    restored.edit("scripts/figure_digits.py", '"""', '"""An edit. ')
    os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns - 10**12))
    assert restored.planned() == after(jobs(figure_digits=""))


def test_a_checkout_there_and_back_reruns_nothing(restored):
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org"]
    subprocess.run([*git, "checkout", "-qb", "other"], cwd=restored.folder, check=True)
    restored.edit("scripts/train.py", '"""', '"""Another. ')
    restored.edit("config/defaults.yaml", "batch_size: 128", "batch_size: 256")
    subprocess.run([*git, "commit", "-qam", "other"], cwd=restored.folder, check=True)
    assert restored.planned()  # there, something would run
    subprocess.run([*git, "checkout", "-q", "main"], cwd=restored.folder, check=True)
    assert restored.planned() == Counter()


def test_a_check_runs_after_edits_that_it_reads_and_retrains_nothing(restored):
    restored.edit("config/studies/stl10.yaml", "common:\n", "# a comment\ncommon:\n")
    restored.edit("config/studies/stl10.yaml", "What do depth", "What may depth")
    assert restored.checks() == []
    own = "    progressive: 0.5\n    normalise: true\n    label_smoothing: 0.1\n    augmentation: {flip: true, "
    own += "resized_crop: [0.35, 1.0], cutmix: 0.3}\n    test_time_mirror: true\n"
    restored.edit("config/studies/stl10.yaml", own, own.replace("0.5", "0.6", 1))
    restored.edit("config/studies/stl10.yaml", "title: A shallow", "title: Ein seichtes für")
    expected = after(jobs(train="d2_own", compare="stl10", execute="d"))
    assert restored.planned_and_checks() == (expected, list(CHECKS))


def test_a_refused_run_trains_nothing_now_and_retrains_nothing_afterwards(restored):
    restored.edit("config/studies/stl10.yaml", "test_time_mirror: true", "test_time_mirror: false")
    restored.edit("config/report.yaml", "title: CNN Atlas", "title: CNN 図鑑")
    for _ in range(2):
        refused = restored.snakemake("--printshellcmds")
        assert refused.returncode == 1
        assert "config/report.yaml:2: `title`: in the PDF: no font has `図` (U+56F3)" in refused.stderr
        assert set(re.findall(r"^(?:local)?rule (\w+)", refused.stdout + refused.stderr, re.M)) <= set(CHECKS)
    restored.edit("config/report.yaml", "title: CNN 図鑑", "title: CNN Atlas")
    restored.edit("config/studies/stl10.yaml", "test_time_mirror: false", "test_time_mirror: true")
    planned, checks = restored.planned_and_checks()
    assert planned == Counter() and "check_texts" in checks
    assert restored.snakemake().returncode == 0  # the refused check's result is there again, for other tests
    assert restored.checks() == []


@pytest.mark.parametrize(
    ("lost", "target", "expected"),
    [
        ("report/report.pdf", None, jobs(pdf="")),
        ("studies/stl10/accuracy.svg", ACCURACIES, jobs(figure_accuracy="stl10")),
        ("studies/stl10/accuracy.svg", None, jobs()),  # the report has it already
    ],
)
def test_a_lost_result_is_made_anew_where_it_is_asked_for(restored, lost, target, expected):
    file = restored.folder / "results/tiny" / lost
    kept = file.rename(file.with_suffix(".kept"))
    try:
        assert restored.planned(*filter(None, [target])) == expected
    finally:
        kept.rename(file)


def test_a_lost_record_of_snakemake_is_repaired_by_touch(restored):
    """What README says of it; afterwards content counts again, and the configuration."""
    records, kept = restored.folder / ".snakemake", restored.folder / ".snakemake_kept"
    records.rename(kept)
    try:
        touch(restored)  # as a fresh checkout does
        assert restored.planned()  # times are all that is left to go by
        repaired = restored.snakemake("--touch", "--cores", "32")  # nothing computes, but each job takes a moment
        assert repaired.returncode == 0, repaired.stderr
        touch(restored)
        assert restored.planned() == Counter()
        restored.edit("config/studies/stl10.yaml", "What do depth", "What may depth")
        assert restored.planned() == after(jobs(execute="d"))
    finally:
        shutil.rmtree(records)
        kept.rename(records)


def test_a_real_run_after_an_edit_changes_what_shows_it_and_nothing_else(finished, tmp_path):
    """And taking the edit back brings every byte back."""
    project = Project(shutil.copytree(finished.folder, tmp_path / "copy", symlinks=True))  # its own
    before = checksums(project)
    project.edit(
        "scripts/figure_digits.py", "\nwith job", "\nstyle.GREY = 'tab:red'  # the mark of the epoch kept\n\nwith job"
    )
    assert project.snakemake().returncode == 0
    assert changed(before, checksums(project)) == {
        *("foundations/mytorch/digits.svg", "report/media/mytorch/fig-a1-digits.svg"),
        *("report/build/mytorch.ipynb", "report/mytorch.ipynb", "report/report.pdf"),
    }
    assert project.planned() == Counter()
    project.edit("scripts/figure_digits.py", "style.GREY = 'tab:red'  # the mark of the epoch kept\n\n", "")
    assert project.snakemake().returncode == 0
    assert changed(before, checksums(project)) <= {"report/build/mytorch.ipynb"}  # which tells when it was executed


def test_why_names_the_key_and_the_file_that_changed(restored):
    restored.edit("config/studies/stl10.yaml", "learning_rate: 0.1,", "learning_rate: 0.2,")
    restored.edit("scripts/figure_accuracy.py", '"""', '"""An edit. ')
    command = [sys.executable, "scripts/why.py", ACCURACIES]
    done = subprocess.run(command, cwd=restored.folder, capture_output=True, text=True, check=False)
    lines = done.stdout.splitlines()
    cause = lines.index("the configuration changed: optimiser.learning_rate: 0.1 -> 0.2")
    assert lines[cause + 1] == "    train variant=d2_sgd seed=0"
    assert "    compare study=stl10: reads what is rebuilt by evaluate variant=d2_sgd seed=0" in done.stdout
    restored.edit("config/studies/stl10.yaml", "learning_rate: 0.2,", "learning_rate: 0.1,")
    done = subprocess.run(command, cwd=restored.folder, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines()[1:] == [
        "scripts/figure_accuracy.py has changed since it was read",
        "    figure_accuracy study=stl10",
    ]


def test_why_refuses_a_target_that_nothing_makes(finished):
    command = [sys.executable, "scripts/why.py", "results/tiny/studies/stl11/accuracy.svg"]
    done = subprocess.run(command, cwd=finished.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1 and "results/tiny/studies/stl11/accuracy.svg" in done.stderr
