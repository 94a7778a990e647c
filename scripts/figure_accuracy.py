"""Draw the accuracies of a study's variants with their intervals.

Inputs: table (comparison.csv), sources. Output: figure (svg).
"""

from cnnatlas.evaluation import tables
from cnnatlas.figures import accuracy, style
from cnnatlas.jobs import job

with job(snakemake):
    style.save(accuracy.draw(tables.read(snakemake.input.table)), snakemake.output.figure)
