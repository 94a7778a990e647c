"""Write the report as one site of linked HTML pages.

Inputs: documents, the chapters' document trees in order; media, their folders of figures; labels, the numbers of all
labels; explorer_data, the data of all variants; site, files of report/site; bibliography, report/style/references.bib.
Outputs: index, index.html; pages, one for each chapter; own_pages, explorer.html and made.html; assets, scripts and
style.
Params: spec, {chapters: names in order, settings: config/report.yaml}.
Method: pandoc with html.lua, formulas as MathML, citations by citeproc; Jinja for what surrounds them.
"""

from pathlib import Path

from cnnatlas.files import read_json
from cnnatlas.report.html import build
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    chapters = dict(zip(spec["chapters"], map(Path, snakemake.input.documents), strict=True))
    numbering, explorer = (read_json(path) for path in (snakemake.input.labels, snakemake.input.explorer_data))
    site = Path(snakemake.input.site[0]).parent
    build(chapters, numbering, spec["settings"], explorer, site, Path(snakemake.output.index).parent)
