"""Draw the learning curves of a study's variants over each other.

Inputs: history (csv: variants in order, each with its seeds in order), sources.
Params: spec = {variants: [{name, title, seeds}]}. Output: figure (svg).
"""

from cnnatlas.figures import curves, style
from cnnatlas.jobs import job

with job(snakemake):
    histories = map(curves.read, snakemake.input.history)
    variants = snakemake.params.spec["variants"]
    by_title = {variant["title"]: [next(histories) for _ in variant["seeds"]] for variant in variants}
    style.save(curves.overlay(by_title), snakemake.output.figure)
