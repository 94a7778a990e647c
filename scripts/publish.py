"""Publish a chapter's executed notebook.

Inputs: notebook, the executed copy.
Outputs: notebook, the same without paths of the machine: equal results give equal bytes everywhere.
"""

from pathlib import Path

import nbformat

from cnnatlas.files import replacing
from cnnatlas.report.clean import clean
from cnnatlas.workflow.jobs import job

with job(snakemake), replacing(snakemake.output.notebook) as temporary:
    executed = nbformat.read(snakemake.input.notebook, nbformat.NO_CONVERT)
    nbformat.write(clean(executed, Path.cwd()), temporary)
