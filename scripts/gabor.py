"""Fit Gabor functions to a network's filters and compare them with random filters.

Inputs: arrays (npz of the method `filters`), sources. Outputs: gabor (json).
Method: cnnatlas.evaluation.gabor.
"""

import numpy as np

from cnnatlas.evaluation.gabor import analyse
from cnnatlas.files import write_json
from cnnatlas.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    write_json(snakemake.output.gabor, analyse(arrays))
