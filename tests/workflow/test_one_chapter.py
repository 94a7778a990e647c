"""One chapter, from its archive to a PDF, and what edits rerun of it: the whole run's promises at a tenth."""

import shutil
from collections import Counter

import pytest
from reruns_expected import after, jobs, variants

from project import Project, copy_project, keep_chapters

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("chapter")]
PDF = "results/tiny/report/report.pdf"
SHOWN = ("d1_shallow", "d2_deep", "d2_own")
STL10 = "config/studies/stl10.yaml"
# What is edited -> file, old, new, the jobs that run
EDITS = {
    "a comment": (STL10, "common:\n", "# a comment\ncommon:\n", jobs()),
    "a text": (STL10, "What do depth", "What may depth", after(jobs(execute="d"))),
    "a key of one variant": (STL10, "test_time_mirror: true", "test_time_mirror: false", after(jobs(train="d2_own"))),
    "an option": (
        "config/interpretation.yaml",
        "patch: 12",
        "patch: 10",
        after(jobs(interpret="d1_shallow/occlusion")),
    ),
    "a notebook": ("report/notebooks/d.ipynb", "Two networks", "The two networks", after(jobs(execute="d"))),
    "a style": ("report/style/report.typ", "#let ", "\n#let ", jobs(pdf="")),
    "how a figure looks": ("scripts/figure_gallery.py", '"""', '"""An edit. ', after(jobs(figure_gallery=SHOWN))),
    "how networks are trained": (
        *("scripts/cnnatlas/training/loop.py", '"""', '"""An edit. '),
        after(jobs(train=variants(dataset="stl10"))),
    ),
    "packages": ("workflow/envs/report.yaml", "typst==", "typst==1", after(jobs(execute="d"), jobs(labels=""))),
}


@pytest.fixture(scope="module")
def finished_chapter(tmp_path_factory) -> Project:
    """The project with the chapter on STL-10 alone, after a run, in git."""
    project = copy_project(tmp_path_factory.mktemp("chapter"))
    keep_chapters(project, "d", items=r"D\d.*")
    project.finish(PDF)
    return project


@pytest.fixture
def chapter(finished_chapter):
    """The same; whatever a test edits is put back."""
    yield finished_chapter
    finished_chapter.put_back()


def planned(project, *arguments) -> Counter:
    """The jobs of a dry run, without those of the introduction, which here tells nothing of any training."""
    return Counter({job: n for job, n in project.planned(PDF, *arguments).items() if job[1] != "introduction"})


@pytest.fixture(scope="module")
def its_jobs(finished_chapter) -> Counter:
    """All jobs of the chapter, of all that the expectations know."""
    return planned(finished_chapter, "--forceall")


def test_it_is_a_pdf_and_nothing_is_left_to_do(chapter):
    assert (chapter.folder / PDF).read_bytes().startswith(b"%PDF-")
    for file in chapter.folder.rglob("*.smk"):
        file.touch()
    assert chapter.planned(PDF) == Counter()


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_reruns_what_it_concerns(chapter, its_jobs, edit):
    file, old, new, expected = EDITS[edit]
    chapter.edit(file, old, new)
    assert planned(chapter) == expected & its_jobs


def test_what_is_lost_is_made_again_and_nothing_else(chapter):
    lost = chapter.folder / "results/tiny/studies/stl10/accuracy.svg"
    before = {file: file.read_bytes() for file in (chapter.folder / "results/tiny/models").rglob("*") if file.is_file()}
    content = lost.read_bytes()
    lost.unlink()
    assert chapter.snakemake(PDF, str(lost.relative_to(chapter.folder))).returncode == 0
    assert lost.read_bytes() == content
    assert {file: file.read_bytes() for file in before} == before
    assert chapter.planned(PDF) == Counter()


@pytest.fixture
def copied(finished_chapter, tmp_path) -> Project:
    """A copy of it, for what puts nothing back."""
    return Project(shutil.copytree(finished_chapter.folder, tmp_path / "copy", symlinks=True))


def test_a_run_whose_pdf_fails_says_where_the_last_one_is(copied):
    old = (copied.folder / PDF).read_bytes()
    (copied.folder / "results/tiny/report/index.html").touch()  # as if the whole run had made the pages too
    copied.edit("report/style/report.typ", "#let ", "#nonsense\n#let ")
    result = copied.snakemake(PDF)
    assert result.returncode == 1
    assert "the last whole report is kept: results/tiny/previous_report/report.pdf" in result.stderr
    assert (copied.folder / "results/tiny/previous_report/report.pdf").read_bytes() == old
    assert not (copied.folder / PDF).exists()


def test_a_spec_that_demands_a_gpu_says_so_where_there_is_none(copied):
    torch = pytest.importorskip("torch")
    if torch.cuda.is_available():
        pytest.skip("this machine has a GPU")
    copied.edit(STL10, "    title: Shallow CNN (table 1)", "    title: Shallow CNN (table 1)\n    device: gpu")
    weights = "results/tiny/models/d1_shallow/seed0/weights.safetensors"
    result = copied.snakemake(weights)
    assert result.returncode == 1
    line = next(line for line in result.stderr.splitlines() if line.startswith("error: "))
    assert "device" in line and "gpu" in line
    assert not (copied.folder / weights).exists()
