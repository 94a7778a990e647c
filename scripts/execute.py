"""Execute a chapter's notebook.

Inputs: notebook, the chapter's source; results, all files that it reads.
Outputs: notebook, the executed copy. On failure the half-run copy stays next to the log.
Params: spec, {parameters: the notebook's parameters}.
Method: papermill, in a kernel that sees these files and imports this library.
"""

from pathlib import Path

from cnnatlas.report.execute import execute
from cnnatlas.workflow.jobs import job

with job(snakemake):
    execute(
        snakemake.input.notebook,
        snakemake.output.notebook,
        snakemake.params.spec["parameters"],
        half_run=Path(snakemake.log[0]).with_suffix(".ipynb"),
        inputs=snakemake.input.results,
    )
