"""Divide a data set into training, validation and test.

Inputs: table (items.csv of prepare: class, group and partition of each image).
Outputs: split (.npz with sorted int64 indices `train`, `validation` and, where the data set has one, `test`).
Method: stratified by class, groups kept together, seeded (cnnatlas.data.split).
"""

import csv
from pathlib import Path

import numpy as np

from cnnatlas.data.split import split
from cnnatlas.files import replacing
from cnnatlas.jobs import job

with job(snakemake):
    with Path(snakemake.input.table).open(newline="", encoding="utf-8") as stream:
        items = list(csv.DictReader(stream))
    columns = [[row[key] for row in items] for key in ("class", "group", "partition")]
    parts = split(columns[0], np.array(columns[1], dtype=np.int64), columns[2], **snakemake.params.spec)
    with replacing(snakemake.output.split) as temporary:
        np.savez(temporary, **parts)
    print(", ".join(f"{name}: {len(indices)}" for name, indices in parts.items()))
