"""Evaluate one trained network from its saved softmax scores: metrics, confusion matrices, most confident images.

Inputs: scores (npz), history (csv), split (npz), labels (npy), table (items.csv), dataset (json), sources.
Outputs: metrics (json, by split, and flags), confusion (npz), similarity (json), extremes (csv).
Method: cnnatlas.evaluation.{metrics,flags,confusion,confusion_similarity,extremes}; extremes are of the validation
split.
"""

import numpy as np

from cnnatlas import tables
from cnnatlas.evaluation import confusion, confusion_similarity, extremes, flags, metrics, scores
from cnnatlas.files import read_json, replacing, write_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    splits = scores.read(snakemake.input.scores, snakemake.input.split, snakemake.input.labels)
    classes = read_json(snakemake.input.dataset)["classes"]
    matrices = {name: confusion.counts(s.labels, s.predictions, len(classes)) for name, s in splits.items()}
    ids = [item["id"] for item in tables.read(snakemake.input.table)]
    confident = extremes.extremes(splits["validation"], ids, classes)
    flagged = {"flags": flags.of(splits, classes, tables.read(snakemake.input.history))}

    write_json(snakemake.output.metrics, metrics.evaluate(splits) | flagged)
    with replacing(snakemake.output.confusion) as temporary:
        np.savez(temporary, **matrices)
    write_json(snakemake.output.similarity, confusion_similarity.similarity(matrices))
    tables.write(snakemake.output.extremes, extremes.COLUMNS, confident)
