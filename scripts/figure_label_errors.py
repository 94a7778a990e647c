"""Draw the images of one data set with the strongest suspected label errors.

Inputs: label_errors (csv), images (npy), sources. Output: figure (png).
"""

import numpy as np

from cnnatlas import tables
from cnnatlas.figures import pictures, style
from cnnatlas.workflow.jobs import job

with job(snakemake):
    rows = tables.read(snakemake.input.label_errors)
    images = np.load(snakemake.input.images, mmap_mode="r")
    style.save(pictures.label_errors(rows, images), snakemake.output.figure)
