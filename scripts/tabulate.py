"""Tabulate every training's accuracies, counts and cost: all results of a run in one file.

Inputs: metrics, training, architecture (json, lists: variants in order, each with its seeds in order); sources.
Params: spec = {variants: [{study, name, title, seeds}]}.
Outputs: table (results.csv).
Method: cnnatlas.evaluation.results.
"""

from cnnatlas import tables
from cnnatlas.evaluation import results
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    trainings = [
        {"study": variant["study"], "variant": variant["name"], "title": variant["title"], "seed": seed}
        for variant in snakemake.params.spec["variants"]
        for seed in variant["seeds"]
    ]
    files = [snakemake.input[kind] for kind in ("metrics", "training", "architecture")]
    found = [
        row
        for named, *paths in zip(trainings, *files, strict=True)
        for row in results.rows(named, *map(read_json, paths))
    ]
    tables.write(snakemake.output.table, results.COLUMNS, found)
