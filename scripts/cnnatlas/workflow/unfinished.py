"""Jobs that failed run again, by the same command.

Before a job starts, and when it fails, Snakemake removes the files that it makes. It misses them later only where a
job that is to run reads them: a job that was to run for its parameters' sake alone would be forgotten, and all that
was once made of its files would pass for up to date.
"""

from functools import wraps
from pathlib import Path

from snakemake.dag import DAG

from cnnatlas.errors import AtlasError
from cnnatlas.files import read_json, write_json

RECORD = Path(".snakemake/unfinished.json")


def note(dag: DAG) -> None:
    """After a run: the files that its jobs have left unmade, and those noted before that are still missing."""
    made = {str(file) for job in dag.needrun_jobs() for file in job.output}
    missing = {file for file in made if not Path(file).exists()} | again()
    if missing or RECORD.exists():
        write_json(RECORD, sorted(missing))


def again() -> set[str]:
    """The noted files that are still missing."""
    try:
        return {file for file in read_json(RECORD) if not Path(file).exists()}
    except (OSError, AtlasError):  # no run has failed here, or the record is damaged
        return set()


def run_again() -> None:
    """Let the noted files be made wherever they are part of what is asked for; Snakemake has no setting for that.

    Its --forcerun would make targets of them.
    """
    planned = DAG.__init__
    if hasattr(planned, "__wrapped__"):
        return

    @wraps(planned)
    def plan(self: DAG, *arguments, forcefiles: set[str] | None = None, **others) -> None:
        planned(self, *arguments, forcefiles={*(forcefiles or ()), *again()}, **others)

    DAG.__init__ = plan
