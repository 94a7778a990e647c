"""Draw one picture of the theory chapters.

Inputs: answers (json), arrays (npz), sources. Wildcards: picture, a key of cnnatlas.figures.theory.PICTURES.
Output: figure (svg).
"""

import numpy as np

from cnnatlas.figures import style, theory
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    drawn = theory.draw(snakemake.wildcards.picture, read_json(snakemake.input.answers), dict(arrays))
    style.save(drawn, snakemake.output.figure)
