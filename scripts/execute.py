"""Execute a chapter's notebook.

Inputs: notebook, the chapter's source; whatever else the chapter reads, unnamed or under other names.
Outputs: notebook, the executed copy. On failure the half-run copy stays next to the log.
Params: spec, {parameters: the notebook's parameters}.
Method: papermill, in a kernel that runs in the repository root and imports this library.
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
    )
