"""Tabulate what one trained network answered for every image, from its saved softmax scores.

Inputs: scores (npz), split (npz), labels (npy), table (items.csv), dataset (json), sources.
Outputs: table (predictions.csv).
Method: cnnatlas.evaluation.predictions.
"""

from cnnatlas import tables
from cnnatlas.evaluation import predictions, scores
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    splits = scores.read(snakemake.input.scores, snakemake.input.split, snakemake.input.labels)
    ids = [item["id"] for item in tables.read(snakemake.input.table)]
    classes = read_json(snakemake.input.dataset)["classes"]
    tables.write(snakemake.output.table, predictions.COLUMNS, predictions.rows(splits, ids, classes))
