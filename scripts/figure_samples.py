"""Draw random images of each class of one data set.

Inputs: images, labels (npy), dataset (json), sources. Output: figure (png).
"""

import numpy as np

from cnnatlas.figures import pictures, style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake):
    images = np.load(snakemake.input.images, mmap_mode="r")
    classes = read_json(snakemake.input.dataset)["classes"]
    style.save(pictures.samples(images, np.load(snakemake.input.labels), classes), snakemake.output.figure)
