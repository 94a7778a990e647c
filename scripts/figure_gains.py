"""Draw which classes one variant recognises better than another, and which confusions changed.

Inputs: gains (csv), confusions (csv), sources. Wildcards: baseline (a), variant (b).
Params: spec = {places: of both among the study's variants}. Output: figure (svg).
"""

from cnnatlas import tables
from cnnatlas.figures import gains, style
from cnnatlas.workflow.jobs import job

with job(snakemake):
    pair = {"a": snakemake.wildcards.baseline, "b": snakemake.wildcards.variant}
    rows = [
        [row for row in tables.read(path) if {"a": row["a"], "b": row["b"]} == pair]
        for path in (snakemake.input.gains, snakemake.input.confusions)
    ]
    style.save(gains.draw(*rows, snakemake.params.spec["places"]), snakemake.output.figure)
