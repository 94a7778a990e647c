"""Draw the confusion matrices of one trained network, in per cent and in images.

Inputs: confusion (npz), dataset (json), sources. Outputs: figure, counts (svg).
"""

import numpy as np

from cnnatlas.evaluation.scores import SPLITS
from cnnatlas.figures import confusion, style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    with np.load(snakemake.input.confusion) as saved:
        matrices = {split: saved[split] for split in SPLITS if split in saved}
    classes = read_json(snakemake.input.dataset)["classes"]
    style.save(confusion.draw(matrices, classes), snakemake.output.figure)
    style.save(confusion.draw_counts(matrices, classes), snakemake.output.counts)
