"""Commands that must be there for what is asked of Snakemake: without them it waits, or says what it tried to run."""

import shutil
import sys
from collections.abc import Collection

from cnnatlas.errors import AtlasError

CONDA, SLURM = "conda", "slurm"


def check_conda(deployment: Collection[str]) -> None:
    """Raises AtlasError where jobs are to run in conda's environments, and conda is not there."""
    if CONDA in deployment and "apptainer" not in deployment and not shutil.which("conda"):
        raise AtlasError("--use-conda: there is no command `conda` here; activate conda, or leave --use-conda out: "
                         "jobs then run with the packages of this environment")  # fmt: skip


def check_cores(executor: str, cores: int | None) -> None:
    """End a run with one line where its jobs are to run here, on no core: Snakemake would wait for ever."""
    if executor == "local" and cores == 0:
        sys.exit("error: --cores 0: no job can run on that; give 1 or more")


def check_cluster(executor: str) -> None:
    """End a run with one line where its jobs are to be submitted, and the command for it is not there."""
    if executor == SLURM and not shutil.which("sbatch"):
        sys.exit("error: --profile profiles/slurm: there is no command `sbatch` here; log in to a node that submits "
                 "jobs, or leave the profile out to run on this machine")  # fmt: skip
