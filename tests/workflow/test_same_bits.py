"""Two runs from nothing leave the same bytes, from the drawn archive to a chapter."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from cnnatlas.report import pdf
from cnnatlas.report.labels import number
from cnnatlas.workflow.verification import compare
from project import ROOT, Project, copy_project

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("same bits")]  # both runs are made once
# Every kind of file that is kept, on the way to two cheap ends: a network that is looked into, and a chapter
TARGETS = (
    "results/tiny/evaluation/e1a_lenet5/seed0/confusion.svg",
    "results/tiny/evaluation/e1a_lenet5/seed0/right.png",
    "results/tiny/evaluation/e1a_lenet5/curves.svg",
    "results/tiny/interpretation/e1a_lenet5/feature_maps/layer1.png",
    "results/tiny/interpretation/e1a_lenet5/feature_maps/summary.json",
    "results/tiny/report/build/mytorch.ipynb",
    "results/tiny/report/build/mytorch.json",
)
KINDS = {".csv", ".ipynb", ".json", ".npy", ".npz", ".png", ".safetensors", ".svg", ".zip"}


@pytest.fixture(scope="module")
def runs(tmp_path_factory) -> list[Project]:
    """Two projects, in folders whose names are of other lengths, that each made the targets."""
    projects = [copy_project(tmp_path_factory.mktemp(name)) for name in ("one", "another")]
    with ThreadPoolExecutor() as pool:  # with other numbers of cores, which may decide the order of the jobs only
        made = list(pool.map(lambda p, cores: p.snakemake(*TARGETS, "--cores", cores), projects, "12"))
    for result in made:
        assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-6000:]
    return projects


def test_two_runs_from_nothing_agree_in_every_byte(runs):
    found = compare(*(project.folder / "results/tiny" for project in runs))
    assert found.first is None, found.report()
    for stage in ("data", "models", "evaluation", "interpretation", "foundations", "report"):
        assert found.agreeing[stage], stage


def test_every_kind_of_file_was_compared(runs):
    files = [path for folder in ("results", "resources") for path in (runs[0].folder / folder).rglob("*.*")]
    assert {path.suffix for path in files} >= KINDS


def test_the_same_chapter_gives_the_same_pdf_in_another_folder(runs):
    settings = yaml.safe_load((ROOT / "config/report.yaml").read_text())
    first, second = (_typeset(project.folder / "results/tiny/report", settings) for project in runs)
    assert first.startswith(b"%PDF-") and first == second


def _typeset(report: Path, settings: dict) -> bytes:
    document = report / "build/mytorch.json"
    tree = json.loads(document.read_text())
    assert tree["blocks"]
    typst, output = report / "build/typst", report / "report.pdf"
    pdf.build({"mytorch": document}, number({"mytorch": tree}), settings, ROOT / "report/style", typst, output)
    return (report / "report.pdf").read_bytes()
