"""Draw the accuracies of a study's variants with their intervals, except members of sweeps and searches.

Inputs: table (comparison.csv), sources. Params: spec = {variants: {name: title}}. Output: figure (svg).
"""

from cnnatlas import tables
from cnnatlas.figures import accuracy, style
from cnnatlas.workflow.jobs import job

with job(snakemake):
    titles = snakemake.params.spec["variants"]
    rows = [row for row in tables.read(snakemake.input.table) if row["variant"] in titles]
    rows = [row | {"title": titles[row["variant"]]} for row in rows]  # the table's are Markdown
    style.save(accuracy.draw(rows), snakemake.output.figure)
