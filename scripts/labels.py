"""Number sections, figures, tables and formulas of the whole report, and check every reference.

Inputs: documents, the chapters' document trees in order; table, config/items.yaml; bibliography, references.bib.
Outputs: labels, {labels: {label: {name, chapter}}, contents: [{chapter, title, sections}]}.
Params: spec, {chapters: names in order}.
"""

from pathlib import Path

from cnnatlas.files import read_json, write_json
from cnnatlas.report.items import read_items
from cnnatlas.report.labels import check, number
from cnnatlas.workflow.jobs import job

with job(snakemake):
    chapters = {
        chapter: read_json(path)
        for chapter, path in zip(snakemake.params.spec["chapters"], snakemake.input.documents, strict=True)
    }
    numbering = number(chapters)
    items = read_items(snakemake.input.table)
    check(chapters, numbering["labels"], items, Path(snakemake.input.bibliography).read_text())
    write_json(snakemake.output.labels, numbering)
