"""Draw images beside what a method attributes to their pixels: those that are right, those that are wrong, or all.

Inputs: arrays (npz), record (json), sources. Wildcard: shown, one of right, wrong, all. Output: figure (png).
Where more images are shown than a page holds, the first are drawn.
"""

import numpy as np

from cnnatlas.figures import style
from cnnatlas.files import read_json
from cnnatlas.interpretation.figures import attribution
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    record, shown = read_json(snakemake.input.record), snakemake.wildcards.shown
    style.save(attribution.draw(*attribution.selected(arrays, record, shown)), snakemake.output.figure)
