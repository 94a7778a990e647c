"""Set the report as one PDF.

Inputs: documents, the chapters' document trees in order; media, their folders of figures; style, report/style;
labels, what references print, and where what they refer to stands.
Outputs: report, the PDF; sources, the folder of the Typst files it was compiled from.
Params: spec, {chapters: names in order, settings: config/report.yaml}.
Method: pandoc with report.lua, then Typst with its embedded fonts, to PDF/UA-1.
"""

from pathlib import Path

from cnnatlas.files import read_json
from cnnatlas.report.pdf import build
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    chapters = dict(zip(spec["chapters"], map(Path, snakemake.input.documents), strict=True))
    style = Path(snakemake.input.style[0]).parent
    numbering = read_json(snakemake.input.labels)
    build(chapters, numbering, spec["settings"], style, Path(snakemake.output.sources), Path(snakemake.output.report))
