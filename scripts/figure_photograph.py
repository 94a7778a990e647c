"""Draw one of the user's photographs beside what each network is shown of it, and its maps.

Inputs: arrays (npz), record (json), sources.
Params: spec = {methods: [{method, title, legend}], titles}: the columns, and the networks' titles by name.
Output: figure (png). Of a photograph that was skipped, it says so.
"""

import numpy as np

from cnnatlas.figures import style
from cnnatlas.files import read_json
from cnnatlas.prediction import figure
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    record = read_json(snakemake.input.record)
    style.save(figure.draw(dict(arrays), record, **snakemake.params.spec), snakemake.output.figure)
