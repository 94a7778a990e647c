"""Turn a chapter's executed notebook into a document tree and media files.

Inputs: notebook, the executed copy; filter, report/style/chapter.lua.
Outputs: document, pandoc's JSON of the chapter; media, the folder of its figures, named by their labels.
Wildcards: chapter.
"""

from pathlib import Path

import nbformat

from cnnatlas.files import replacing
from cnnatlas.report.markdown import document
from cnnatlas.workflow.jobs import job

with job(snakemake), replacing(snakemake.output.document) as temporary:
    executed = nbformat.read(snakemake.input.notebook, nbformat.NO_CONVERT)
    style = Path(snakemake.input.filter).parent
    temporary.write_text(document(executed, snakemake.wildcards.chapter, Path(snakemake.output.media), style))
