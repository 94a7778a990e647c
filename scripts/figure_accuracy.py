"""Draw the accuracies of a study's variants with their intervals, except members of sweeps and searches.

Inputs: table (comparison.csv), sources. Params: spec = {variants: names}. Output: figure (svg).
"""

from cnnatlas import tables
from cnnatlas.figures import accuracy, style
from cnnatlas.workflow.jobs import job

with job(snakemake):
    shown = snakemake.params.spec["variants"]
    rows = [row for row in tables.read(snakemake.input.table) if row["variant"] in shown]
    style.save(accuracy.draw(rows), snakemake.output.figure)
