"""Draw the most confident validation images of one trained network: galleries of correctly and misclassified ones.

Inputs: extremes (csv), confusion (npz), images (npy), dataset (json), sources. Outputs: right (png), wrong (png).
"""

import numpy as np

from cnnatlas import tables
from cnnatlas.figures import gallery, style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    extremes = tables.read(snakemake.input.extremes)
    images = np.load(snakemake.input.images, mmap_mode="r")
    classes = read_json(snakemake.input.dataset)["classes"]
    with np.load(snakemake.input.confusion) as matrices:
        matrix = matrices["validation"]
    for kind in ("right", "wrong"):
        rows = [row for row in extremes if row["kind"] == kind]
        style.save(gallery.draw(rows, images, classes, matrix), snakemake.output[kind])
