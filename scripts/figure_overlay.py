"""Draw the learning curves of a study's variants in shared axes.

Inputs: history (csv), training (json; both: variants in order, each with its seeds in order), sources.
Params: spec = {variants: [{name, title, seeds}]}. Output: figure (svg).
"""

from cnnatlas.figures import curves, style
from cnnatlas.workflow.jobs import job

with job(snakemake):
    variants = [(variant["title"], variant["seeds"]) for variant in snakemake.params.spec["variants"]]
    labelled = curves.read_all(variants, snakemake.input.history, snakemake.input.training)
    style.save(curves.overlay(labelled), snakemake.output.figure)
