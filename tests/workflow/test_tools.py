import pytest

from cnnatlas.errors import AtlasError
from cnnatlas.workflow import tools
from project import ROOT, Project


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """A machine without conda and SLURM."""
    monkeypatch.setenv("PATH", str(tmp_path))


def test_conda_where_there_is_none_names_the_other_way(bare):
    with pytest.raises(AtlasError, match=r"no command `conda` here; .*leave --use-conda out"):
        tools.check_conda({"conda"})


def test_without_conda_nothing_needs_it_and_containers_bring_it(bare):
    tools.check_conda(set())
    tools.check_conda({"conda", "apptainer"})


def test_slurm_where_there_is_none_ends_the_run_in_one_line(bare):
    with pytest.raises(SystemExit, match=r"no command `sbatch` here; .*leave the profile out"):
        tools.check_cluster("slurm")
    tools.check_cluster("local")


def test_a_run_on_no_core_ends_in_one_line_where_its_jobs_would_run_here():
    with pytest.raises(SystemExit, match="--cores 0: no job can run"):
        tools.check_cores("local", 0)
    tools.check_cores("slurm", 0)
    tools.check_cores("local", 1)


@pytest.mark.slow
def test_a_run_that_asks_for_conda_says_so_before_it_plans():
    if tools.shutil.which("conda"):
        pytest.skip("conda is here")
    done = Project(ROOT).snakemake("--use-conda", "--dry-run", "models", config="config/embedded.yaml")
    assert done.returncode == 1
    assert "\nerror: --use-conda: there is no command `conda` here" in done.stderr
