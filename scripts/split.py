"""Divide a data set into training, validation and test.

Inputs: table (items.csv of prepare: class, group and partition of each image).
Outputs: split (.npz with sorted int64 indices `train`, `validation` and, where the data set has one, `test`).
Method: stratified by class, groups kept together, seeded (cnnatlas.data.split).
"""

import numpy as np

from cnnatlas.data.split import divide_table
from cnnatlas.files import replacing
from cnnatlas.workflow.jobs import job

with job(snakemake):
    parts = divide_table(snakemake.input.table, snakemake.params.spec)
    with replacing(snakemake.output.split) as temporary:
        np.savez(temporary, **parts)
    print(", ".join(f"{name}: {len(indices)}" for name, indices in parts.items()))
