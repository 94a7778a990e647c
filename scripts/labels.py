"""Number sections, figures, tables and formulas of the whole report, and check every reference.

Inputs: documents, the chapters' document trees in order; bibliography, references.bib.
Outputs: labels, {labels: {label: {name, chapter}}, contents: [{chapter, title, sections}]}.
Params: spec, {chapters: names in order, items: {id: labels that answer the item}}.
"""

from pathlib import Path

from cnnatlas.files import read_json, write_json
from cnnatlas.report.labels import check, number
from cnnatlas.workflow.jobs import job

with job(snakemake):
    chapters = {
        chapter: read_json(path)
        for chapter, path in zip(snakemake.params.spec["chapters"], snakemake.input.documents, strict=True)
    }
    numbering = number(chapters)
    check(chapters, numbering["labels"], snakemake.params.spec["items"], Path(snakemake.input.bibliography).read_text())
    write_json(snakemake.output.labels, numbering)
