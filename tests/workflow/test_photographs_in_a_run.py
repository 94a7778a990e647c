"""A finished run is given photographs: what runs, what a change of one reruns, and what stays without the key."""

import subprocess
import sys
from collections import Counter

import numpy as np
import pytest
from PIL import Image
from reruns_expected import jobs

CHAPTER = jobs(execute="photographs", chapter="photographs", labels="", publish="", pdf="", website="")
PAGE = "results/tiny/report/photographs.html"
TEXT = "results/tiny/report/build/photographs.json"  # what page and PDF are made of


@pytest.fixture
def pictures(tmp_path):
    folder = tmp_path / "my pictures"
    folder.mkdir()
    for k, name in enumerate(("a.png", 'it\'s "b".png')):
        paint(folder / name, k)
    (folder / "cut.jpg").write_bytes(b"\xff\xd8\xff\xe0")
    return folder


def paint(file, seed):
    Image.fromarray(np.random.default_rng(seed).integers(0, 256, (90, 120, 3), dtype=np.uint8)).save(file)


def planned(project, folder):
    """The jobs of a dry run with the photographs of a folder, each with the start of its identifier."""
    found = project.planned("--config", f"photographs={folder}")
    return Counter({(rule, name.rpartition("-")[0] if "photograph" in rule else name): n
                    for (rule, name), n in found.items()})  # fmt: skip


def of(*photographs):
    return jobs(photograph=photographs, figure_photograph=photographs)


def orphans(project, *remove):
    command = [sys.executable, "scripts/orphans.py", "results/tiny", *remove]
    return subprocess.run(command, cwd=project.folder, capture_output=True, text=True, check=True).stdout


def test_photographs_are_jobs_of_their_own_and_a_chapter(restored, pictures):
    assert planned(restored, pictures) == of("a-png", "it-s-b-png", "cut-jpg") + CHAPTER
    result = restored.snakemake("--config", f"photographs={pictures}")
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr[-4000:]
    page = (restored.folder / PAGE).read_text()
    assert "a.png" in page and "cut.jpg" in page and "Files that were not shown" in page
    assert planned(restored, pictures) == Counter()
    assert orphans(restored) == "results/tiny: every file is one that this run makes\n"

    paint(pictures / "new.png", 7)
    (pictures / "a.png").touch()
    assert planned(restored, pictures) == of("new-png") + CHAPTER
    (pictures / "new.png").unlink()
    paint(pictures / "a.png", 8)
    assert planned(restored, pictures) == of("a-png") + CHAPTER
    (pictures / "a.png").unlink()
    assert planned(restored, pictures) == CHAPTER
    assert restored.snakemake(TEXT, "--config", f"photographs={pictures}").returncode == 0
    assert "a.png" not in (restored.folder / TEXT).read_text()

    without = restored.planned()
    assert without == jobs(labels="", publish="", pdf="", website="")
    assert restored.snakemake().returncode == 0
    assert restored.planned() == Counter()
    removed = orphans(restored, "yes")
    assert PAGE in removed and "no longer makes; removed" in removed
    assert not (restored.folder / "results/tiny/photographs").exists()
