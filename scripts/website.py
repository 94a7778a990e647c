"""Write the report as linked HTML pages.

Inputs: documents, the chapters' document trees in order; media, their folders of figures; labels, the numbers of all
labels; style, files of report/style.
Outputs: index, index.html; style, style.css; pages, one for each chapter.
Params: spec, {chapters: names in order, settings: config/report.yaml}.
Method: pandoc with html.lua, formulas as MathML, citations by citeproc.
"""

from pathlib import Path

from cnnatlas.files import read_json
from cnnatlas.report.html import build
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    chapters = dict(zip(spec["chapters"], map(Path, snakemake.input.documents), strict=True))
    style = Path(snakemake.input.style[0]).parent
    build(chapters, read_json(snakemake.input.labels), spec["settings"], style, Path(snakemake.output.index).parent)
