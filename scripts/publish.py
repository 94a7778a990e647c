"""Publish the chapters' executed notebooks, readable in Jupyter and ready to run again.

Inputs: notebooks, the executed copies; labels, the numbers of everything in the report; writer and filter, of pandoc;
bibliography.
Outputs: notebooks, the same without paths of the machine: equal results give equal bytes everywhere.
Method: cnnatlas.report.jupyter.
"""

from pathlib import Path

import nbformat

from cnnatlas.files import read_json, replacing
from cnnatlas.report.clean import clean
from cnnatlas.report.jupyter import readable
from cnnatlas.workflow.jobs import job

with job(snakemake):
    labels = read_json(snakemake.input.labels)["labels"]
    style = Path(snakemake.input.writer).parent
    for executed, published in zip(snakemake.input.notebooks, snakemake.output.notebooks, strict=True):
        notebook = nbformat.read(executed, nbformat.NO_CONVERT)
        with replacing(published) as temporary:
            nbformat.write(clean(readable(notebook, published, labels, style), Path.cwd()), temporary)
