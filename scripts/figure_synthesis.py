"""Draw what a method made from images: fooling images, maximised activations, or the responses of larger images.

Inputs: arrays (npz), record (json), sources. Params: spec = {figure}, the module of cnnatlas.figures.
Output: figure (png).
"""

from importlib import import_module

import numpy as np

from cnnatlas.figures import style
from cnnatlas.files import read_json
from cnnatlas.workflow.jobs import job

with job(snakemake), np.load(snakemake.input.arrays) as arrays:
    drawing = import_module(f"cnnatlas.interpretation.figures.{snakemake.params.spec['figure']}")
    style.save(drawing.draw(dict(arrays), read_json(snakemake.input.record)), snakemake.output.figure)
