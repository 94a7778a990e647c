"""Collect the variants of all studies, and their learning curves, for the explorer.

Inputs: comparisons (json), of all studies; histories (csv), of all trainings: variants in order, each with its seeds
in order; sources.
Params: spec, {seeds: by variant, datasets, studies, variants: titles}.
Outputs: data (json), variants (csv), curves (csv).
"""

from cnnatlas.files import read_json, write_json
from cnnatlas.report.explorer import collect, write_tables
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec = snakemake.params.spec
    trainings = [(variant, seed) for variant, seeds in spec["seeds"].items() for seed in seeds]
    histories = dict(zip(trainings, snakemake.input.histories, strict=True))
    explorer = collect([read_json(path) for path in snakemake.input.comparisons], spec, histories)
    write_tables(explorer, snakemake.output.variants, snakemake.output.curves)
    write_json(snakemake.output.data, explorer)
