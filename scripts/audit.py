"""Audit one prepared data set: its composition, duplicates within and across splits, likely label errors.

Inputs: images, labels (npy), table (items.csv), dataset (json), split (npz), sources; where networks are named for the
data set, features (npy) of one that has not learned its labels, and scores (npz) of one that has.
Params: spec = {dataset, features: that network, variant, seed: this one}, null without them.
Outputs: audit (json), pairs (csv), label_errors (csv).
Method: cnnatlas.audit.{composition,duplicates,label_errors}; which networks: config/datasets.yaml.
"""

import numpy as np

from cnnatlas import tables
from cnnatlas.audit import duplicates, label_errors
from cnnatlas.audit.dataset import audit
from cnnatlas.evaluation import scores
from cnnatlas.files import read_json, write_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    spec, given = snakemake.params.spec, snakemake.input
    with np.load(given.split) as saved:
        split = {name: saved[name] for name in scores.SPLITS if name in saved}
    result, pairs, errors = audit(
        images=np.load(given.images, mmap_mode="r"),
        items=tables.read(given.table),
        record=read_json(given.dataset),
        split=split,
        features=np.load(given.features) if spec["features"] else None,
        scored=scores.read(given.scores, given.split, given.labels) if spec["variant"] else None,
    )
    tables.write(snakemake.output.pairs, duplicates.COLUMNS, pairs)
    tables.write(snakemake.output.label_errors, label_errors.COLUMNS, errors)
    write_json(snakemake.output.audit, {**spec, **result})
