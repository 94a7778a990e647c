"""Draw the duplicates of one data set: pairs side by side, and the similarities that distinguish them from other pairs.

Inputs: audit (json), pairs (csv), images (npy), sources. Outputs: pairs (png), similarity (svg).
"""

import numpy as np

from cnnatlas import tables
from cnnatlas.figures import pictures, similarity, style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    rows = tables.read(snakemake.input.pairs)
    style.save(pictures.duplicates(rows, np.load(snakemake.input.images, mmap_mode="r")), snakemake.output.pairs)
    style.save(similarity.draw(read_json(snakemake.input.audit)["duplicates"]), snakemake.output.similarity)
